//go:build tools

// Package mcbuild names a client that the tests run; nothing of it is part of Sardonyx.
package mcbuild

import _ "github.com/minio/mc"
