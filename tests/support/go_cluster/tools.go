//go:build tools

// Package clusterbuild names programs of others that a cluster of the tests consists of; nothing of it is part of Sardonyx.
package clusterbuild

import (
	_ "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2"
	_ "helm.sh/helm/v3/cmd/helm"
)
