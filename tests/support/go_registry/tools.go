//go:build tools

// Package tools keeps the registry that bench compiles among the requirements of this module.
package tools

import _ "github.com/google/go-containerregistry/cmd/crane"
