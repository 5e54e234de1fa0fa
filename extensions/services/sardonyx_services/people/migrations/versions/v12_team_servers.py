"""Teams of events that work in one server each."""

import sqlalchemy as sa
from alembic import op

revision = "v12_team_servers"
down_revision = "v11_courses"


def upgrade() -> None:
    """Add a column; in events of before each has a server of their own."""
    op.add_column("events", sa.Column("team_servers", sa.Boolean, nullable=False, server_default=sa.false()))
