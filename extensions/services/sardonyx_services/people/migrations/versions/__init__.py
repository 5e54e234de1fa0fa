"""A module for each of `revisions.REVISIONS`, never changed once it was released."""
