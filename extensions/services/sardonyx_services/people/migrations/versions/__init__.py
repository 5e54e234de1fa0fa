"""A module for each of `models.REVISIONS`, never changed once it was released."""
