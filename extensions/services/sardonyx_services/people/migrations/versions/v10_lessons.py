"""The weekly hours of classes."""

import sqlalchemy as sa
from alembic import op

revision = "v10_lessons"
down_revision = "v9_ends"


def upgrade() -> None:
    """Add a table."""
    op.create_table(
        "lessons",
        sa.Column("group", sa.String(32), sa.ForeignKey("groups.id"), primary_key=True),
        sa.Column("weekly", sa.String(1000), nullable=False),
        sa.Column("ahead_min", sa.Integer, nullable=False),
        sa.Column("only_then", sa.Boolean, nullable=False),
        sa.Column("prepared", sa.DateTime),
    )
