"""The whole place, as its administrators see it."""
