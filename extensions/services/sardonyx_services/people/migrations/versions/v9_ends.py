"""What becomes of the data of classes that have ended and of people who are to be erased; for how long servers ran; provider groups."""

import sqlalchemy as sa
from alembic import op

revision = "v9_ends"
down_revision = "v8_events"


def upgrade() -> None:
    """Add columns; of a class of before nothing is deleted, as its people were told."""
    op.add_column("classes", sa.Column("after_end", sa.String(10), nullable=False, server_default="keep"))
    op.add_column("classes", sa.Column("going", sa.DateTime))
    op.add_column("classes", sa.Column("deleted", sa.DateTime))
    op.add_column("classes", sa.Column("report", sa.Text, nullable=False, server_default=""))
    op.add_column("classes", sa.Column("decided", sa.DateTime))
    op.add_column("classes", sa.Column("provider_group", sa.String(255), nullable=False, server_default=""))
    op.create_index("ix_classes_provider_group", "classes", ["provider_group"])
    op.add_column("members", sa.Column("by_group", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("people", sa.Column("erasure", sa.String(10), nullable=False, server_default=""))
    op.add_column("people", sa.Column("erase_at", sa.DateTime))
    op.create_table(
        "hours",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("person", sa.String(32), primary_key=True),
        sa.Column("profile", sa.String(40), primary_key=True),
        sa.Column("seconds", sa.Integer, nullable=False),
    )
    op.create_index("ix_hours_person", "hours", ["person"])
