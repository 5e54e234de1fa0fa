"""What a server on one machine can see and do: its own files, its own processes, and the system read-only."""
