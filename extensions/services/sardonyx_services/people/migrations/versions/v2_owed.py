"""What the hub owes to people."""

import sqlalchemy as sa
from alembic import op

revision = "v2_owed"
down_revision = "v1_people"


def upgrade() -> None:
    """Add the column, with what the release before left of removed people in the hub."""
    op.add_column("people", sa.Column("owed", sa.String(10), nullable=False, server_default=""))
    # The word is that of this release, whatever it is called later.
    op.execute("UPDATE people SET owed = 'let-go' WHERE removed IS NOT NULL")
