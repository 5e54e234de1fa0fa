"""The tests of KubeSpawner itself, of a checkout of it, run against our spawner."""
