"""Events, their accounts made ahead, and who may make one."""

import sqlalchemy as sa
from alembic import op

revision = "v8_events"
down_revision = "v7_classes"


def upgrade() -> None:
    """Make the tables; a team of before is of no event."""
    op.add_column("people", sa.Column("is_organiser", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("groups", sa.Column("within", sa.String(32), nullable=False, server_default=""))
    op.create_index("ix_groups_within", "groups", ["within"])
    with op.batch_alter_table("members") as members:
        members.alter_column("role", type_=sa.String(20), existing_type=sa.String(10), existing_nullable=False)
    op.create_table(
        "events",
        sa.Column("group", sa.String(32), sa.ForeignKey("groups.id"), primary_key=True),
        sa.Column("prefix", sa.String(40), nullable=False, unique=True),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("welcome", sa.Text, nullable=False),
        sa.Column("begins", sa.DateTime, nullable=False),
        sa.Column("ends", sa.DateTime, nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("read_hours", sa.Integer, nullable=False),
        sa.Column("profile", sa.String(30), nullable=False),
        sa.Column("answers", sa.Text, nullable=False),
        sa.Column("repository", sa.String(2000), nullable=False),
        sa.Column("branch", sa.String(200), nullable=False),
        sa.Column("sharing", sa.Boolean, nullable=False),
        sa.Column("link_round", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("closed", sa.DateTime),
        sa.Column("going", sa.DateTime),
        sa.Column("deleted", sa.DateTime),
        sa.Column("report", sa.Text, nullable=False),
    )
    op.create_table(
        "seats",
        sa.Column("event", sa.String(32), sa.ForeignKey("groups.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("team", sa.String(32), nullable=False),
        sa.Column("code_round", sa.Integer, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("person", sa.String(32), sa.ForeignKey("people.id")),
        sa.Column("taken", sa.DateTime),
        sa.Column("sign_ins", sa.Integer, nullable=False),
        sa.Column("is_kept", sa.Boolean, nullable=False),
    )
    op.create_index("ix_seats_person", "seats", ["person"])
