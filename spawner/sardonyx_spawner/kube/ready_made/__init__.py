"""Servers that are made before anybody wants them, and become one person's when they do."""
