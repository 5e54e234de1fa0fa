"""The language that somebody has chosen, and tokens for private repositories."""

import sqlalchemy as sa
from alembic import op

revision = "v5_languages"
down_revision = "v4_full_names"


def upgrade() -> None:
    """Add the column and the table."""
    op.add_column("people", sa.Column("language", sa.String(10), nullable=False, server_default=""))
    op.create_table(
        "git_accounts",
        sa.Column("person", sa.String(32), sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("address", sa.String(300), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("made", sa.DateTime, nullable=False),
        sa.Column("used", sa.DateTime),
        sa.Column("is_refused", sa.Boolean, nullable=False),
        # Some of version 4 have it.
        if_not_exists=True,
    )
