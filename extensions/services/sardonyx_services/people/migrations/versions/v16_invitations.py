"""Invitations into classes, and whether somebody's provider says that their mail address is verified."""

import sqlalchemy as sa
from alembic import op

revision = "v16_invitations"
down_revision = "v15_class_limits"


def upgrade() -> None:
    """Add a table and a column; of nobody's address it is known before their next sign-in."""
    op.add_column("people", sa.Column("mail_is_verified", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "invitations",
        sa.Column("group", sa.String(32), sa.ForeignKey("groups.id"), primary_key=True),
        sa.Column("who", sa.String(254), primary_key=True),
        sa.Column("mail", sa.String(254), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("made", sa.DateTime, nullable=False),
    )
    op.create_index("ix_invitations_who", "invitations", ["who"])
    op.create_index("ix_invitations_mail", "invitations", ["mail"])
