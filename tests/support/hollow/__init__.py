"""Hollow nodes: a cluster of many machines without the machines. The control plane is real, and so is the hub."""
