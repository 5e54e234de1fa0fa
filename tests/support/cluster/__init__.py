"""A real Kubernetes with one node, which the tests start themselves."""
