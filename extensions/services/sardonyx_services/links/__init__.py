"""Opens links by which people share files: for anybody who has one, from wherever this place is reached."""
