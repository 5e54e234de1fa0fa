"""Everybody, the passwords of local accounts, one-time links."""

import sqlalchemy as sa
from alembic import op

revision = "v1_people"
down_revision = None

LIVING = sa.text("removed IS NULL")


def upgrade() -> None:
    """Make the tables of the first release."""
    op.create_table(
        "people",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("provider", sa.String(30), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("is_admin", sa.Boolean, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("removed", sa.DateTime),
    )
    for name, columns in (("one_person_per_name", ["name"]), ("one_person_per_subject", ["provider", "subject"])):
        op.create_index(name, "people", columns, unique=True, sqlite_where=LIVING, postgresql_where=LIVING)
    op.create_table(
        "accounts",
        sa.Column("person", sa.String(32), sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("password_hash", sa.String(255), nullable=False),
    )
    op.create_table(
        "links",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("purpose", sa.String(100), nullable=False),
        sa.Column("expires", sa.Double, nullable=False),
    )
