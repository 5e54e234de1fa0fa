"""Links by which people share single files: who may make one, and what it opens now."""
