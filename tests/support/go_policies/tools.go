//go:build tools

// Package tools keeps what enforces NetworkPolicies among the requirements of this module.
package tools

import _ "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router"
