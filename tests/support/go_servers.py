"""Programs of others that tests of stores and of Vault run: each is compiled from its Go module."""

from support.go_programs import GoProgram

MC = GoProgram("mc", "github.com/minio/mc")
MINIO = GoProgram("minio", "github.com/minio/minio")
VAULT = GoProgram("vault", "github.com/hashicorp/vault", tags="minimal")
REGISTRY = GoProgram("registry", "github.com/google/go-containerregistry/cmd/crane")
"""Serves images, for a bench alone."""
