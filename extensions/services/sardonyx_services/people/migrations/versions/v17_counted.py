"""Until when hours were counted, for who counts on after a restart."""

import sqlalchemy as sa
from alembic import op

revision = "v17_counted"
down_revision = "v16_invitations"


def upgrade() -> None:
    """Make the table; what was counted before does not say until when, and is not gone on with."""
    op.create_table(
        "counted",
        sa.Column("what", sa.String(10), primary_key=True),
        sa.Column("until", sa.DateTime, nullable=False),
    )
