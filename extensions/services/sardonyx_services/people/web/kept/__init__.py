"""What somebody takes with them, and what is deleted."""
