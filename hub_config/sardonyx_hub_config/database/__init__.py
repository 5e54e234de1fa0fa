"""Where the hub's tables and the people are, and how they move."""
