"""What a class is beside its people, who may make one, and what was done in it."""

import sqlalchemy as sa
from alembic import op

revision = "v7_classes"
down_revision = "v6_shared_links"


def upgrade() -> None:
    """Make the tables; whoever was staff of a class is its instructor."""
    op.add_column("people", sa.Column("is_instructor", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute("UPDATE members SET role = 'instructor' WHERE role = 'staff'")
    op.create_table(
        "classes",
        sa.Column("group", sa.String(32), sa.ForeignKey("groups.id"), primary_key=True),
        sa.Column("description", sa.String(500), nullable=False),
        sa.Column("profile", sa.String(30), nullable=False),
        sa.Column("answers", sa.Text, nullable=False),
        sa.Column("repository", sa.String(2000), nullable=False),
        sa.Column("branch", sa.String(200), nullable=False),
        sa.Column("first_day", sa.Date),
        sa.Column("last_day", sa.Date),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("kept_days", sa.Integer, nullable=False),
        sa.Column("hand_in_until", sa.DateTime),
        sa.Column("joining", sa.Boolean, nullable=False),
        sa.Column("join_round", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
    )
    op.create_table(
        "extensions",
        sa.Column("group", sa.String(32), sa.ForeignKey("groups.id"), primary_key=True),
        sa.Column("person", sa.String(32), sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("until", sa.DateTime, nullable=False),
    )
    op.create_table(
        "actions",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("who", sa.String(32), nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("group", sa.String(32), nullable=False),
        sa.Column("whom", sa.String(32), nullable=False),
        sa.Column("detail", sa.String(300), nullable=False),
    )
    op.create_index("ix_actions_at", "actions", ["at"])
    op.create_index("ix_actions_group", "actions", ["group"])
