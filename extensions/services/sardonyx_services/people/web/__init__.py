"""The service on which people make, lead and join classes: pages, and the same as a REST API."""
