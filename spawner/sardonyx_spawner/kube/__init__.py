"""Servers on Kubernetes."""
