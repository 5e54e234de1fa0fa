"""The person's repositories: in place when a server starts, brought up to date, and never at the cost of their work."""
