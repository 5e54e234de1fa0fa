//go:build tools

// Package miniobuild names a store that the tests talk to; nothing of it is part of Sardonyx.
package miniobuild

import _ "github.com/minio/minio"
