"""The object store of one machine: SeaweedFS, alone in namespaces of its own, reached through one socket."""
