"""What runs beside the hub in a process of its own: keys for data, the object store, people."""
