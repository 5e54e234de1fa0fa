"""Classes and teams."""

import sqlalchemy as sa
from alembic import op

revision = "v3_groups"
down_revision = "v2_owed"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "groups",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("is_exam", sa.Boolean, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("ended", sa.DateTime),
    )
    op.create_table(
        "members",
        sa.Column("group", sa.String(32), sa.ForeignKey("groups.id"), primary_key=True),
        sa.Column("person", sa.String(32), sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("role", sa.String(10), nullable=False),
    )
    op.create_index("ix_members_person", "members", ["person"])
