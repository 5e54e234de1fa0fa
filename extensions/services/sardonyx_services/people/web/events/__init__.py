"""Events on their pages and over the API."""
