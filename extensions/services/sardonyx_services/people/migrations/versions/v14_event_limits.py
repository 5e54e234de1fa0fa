"""Events say how often each code lets somebody in, and how much they may have in the data store."""

import sqlalchemy as sa
from alembic import op

revision = "v14_event_limits"
down_revision = "v13_repositories"


def upgrade() -> None:
    """Add two columns; events of before let people in as often as all did then, and have what the operator allows."""
    op.add_column("events", sa.Column("sign_ins", sa.Integer, nullable=False, server_default="30"))
    op.add_column("events", sa.Column("storage", sa.String(20), nullable=False, server_default=""))
