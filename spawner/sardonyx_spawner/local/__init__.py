"""The engine of one machine: servers are processes."""
