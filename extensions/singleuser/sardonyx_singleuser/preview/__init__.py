"""Previews of tables, in a process of their own that reads only what it shows."""
