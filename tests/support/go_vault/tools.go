//go:build tools

// Package vaultbuild names the server that the tests of secrets talk to; nothing of it is part of Sardonyx.
package vaultbuild

import _ "github.com/hashicorp/vault"
