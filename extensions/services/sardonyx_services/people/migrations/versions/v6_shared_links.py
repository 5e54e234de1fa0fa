"""Links by which people share files."""

import sqlalchemy as sa
from alembic import op

revision = "v6_shared_links"
down_revision = "v5_languages"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "shared_links",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("person", sa.String(32), sa.ForeignKey("people.id"), nullable=False),
        sa.Column("key", sa.String(1024), nullable=False),
        sa.Column("made", sa.DateTime, nullable=False),
        sa.Column("ends", sa.DateTime, nullable=False),
        sa.Column("opened", sa.Integer, nullable=False),
    )
    op.create_index("ix_shared_links_person", "shared_links", ["person"])
