"""When a class has ended, what was handed in is copied into its people's own data."""

import sqlalchemy as sa
from alembic import op

revision = "v18_class_exports"
down_revision = "v17_counted"


def upgrade() -> None:
    """Add three columns; of classes that ended before nothing is copied any more: their data may go just now."""
    op.add_column("classes", sa.Column("exporting", sa.Boolean, nullable=False, server_default=sa.true()))
    op.add_column("classes", sa.Column("exported", sa.DateTime))
    op.add_column("classes", sa.Column("exports", sa.Text, nullable=False, server_default="{}"))
    classes = sa.table("classes", sa.column("group"), sa.column("exporting"))
    groups = sa.table("groups", sa.column("id"), sa.column("ended"))
    ended = sa.select(groups.c.id).where(groups.c.ended.is_not(None))
    op.execute(sa.update(classes).where(classes.c.group.in_(ended)).values(exporting=False))
