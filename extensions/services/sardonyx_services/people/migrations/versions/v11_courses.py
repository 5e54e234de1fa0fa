"""Courses of learning platforms, and who is in a class by one."""

import sqlalchemy as sa
from alembic import op

revision = "v11_courses"
down_revision = "v10_lessons"


def upgrade() -> None:
    """Add a table and a column."""
    op.create_table(
        "courses",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("platform", sa.String(30), nullable=False),
        sa.Column("deployment", sa.String(255), nullable=False),
        sa.Column("course", sa.String(255), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("group", sa.String(32), sa.ForeignKey("groups.id"), unique=True),
        sa.Column("teacher", sa.String(32), sa.ForeignKey("people.id")),
    )
    op.create_index("one_course_per_id", "courses", ["platform", "deployment", "course"], unique=True)
    op.create_index("ix_courses_teacher", "courses", ["teacher"])
    op.add_column("members", sa.Column("by_course", sa.Boolean, nullable=False, server_default=sa.false()))
