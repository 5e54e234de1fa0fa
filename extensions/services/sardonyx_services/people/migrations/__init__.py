"""Alembic's side: what each revision of the tables changes, for databases that an earlier release has written."""
