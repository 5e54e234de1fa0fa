"""Classes and events say which tools of their profile their servers have, and for how long these run."""

import sqlalchemy as sa
from alembic import op

revision = "v15_class_limits"
down_revision = "v14_event_limits"


def upgrade() -> None:
    """Add a column to each; those of before have all that their profile has."""
    for name in ("classes", "events"):
        op.add_column(name, sa.Column("limits", sa.Text, nullable=False, server_default="{}"))
