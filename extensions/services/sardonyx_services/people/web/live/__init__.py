"""The servers of a class or an event while it lasts."""
