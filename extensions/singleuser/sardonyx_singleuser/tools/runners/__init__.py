"""Programs that run in environments of the person's own, in which nothing of ours may be: each is one file."""
