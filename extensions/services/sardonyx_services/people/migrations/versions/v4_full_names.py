"""What providers call people, and their addresses."""

import sqlalchemy as sa
from alembic import op

revision = "v4_full_names"
down_revision = "v3_groups"


def upgrade() -> None:
    """Add the columns; they are filled at the next sign-in."""
    op.add_column("people", sa.Column("full_name", sa.String(200), nullable=False, server_default=""))
    op.add_column("people", sa.Column("mail", sa.String(254), nullable=False, server_default=""))
