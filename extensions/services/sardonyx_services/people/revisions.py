"""Which of the revisions the tables of a database are, and how they become the last one."""

from sqlalchemy import Connection, PrimaryKeyConstraint, String, insert, inspect, select, text
from sqlalchemy.orm import Mapped, mapped_column

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.models import Base

REVISIONS = (
    "v1_people",
    "v2_owed",
    "v3_groups",
    "v4_full_names",
    "v5_languages",
    "v6_shared_links",
    "v7_classes",
    "v8_events",
    "v9_ends",
    "v10_lessons",
    "v11_courses",
    "v12_team_servers",
    "v13_repositories",
    "v14_event_limits",
    "v15_class_limits",
    "v16_invitations",
    "v17_counted",
    "v18_class_exports",
)
"""What the tables have been, the last one as they are in `models.py`: `migrations/versions` leads from each to the next."""
LATEST = REVISIONS[-1]


class RevisionRow(Base):
    """One row: which of the revisions the tables are. It is Alembic's table, made as Alembic makes it."""

    __tablename__ = "alembic_version"
    __table_args__ = (PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),)

    version_num: Mapped[str] = mapped_column(String(32))


def revision_of(connection: Connection) -> str:
    """Return what the tables are; "" = there are none, or they are from before Alembic."""
    if not _has(connection, RevisionRow.__tablename__):
        return ""
    return connection.scalar(select(RevisionRow.version_num)) or ""


def bring_forward(connection: Connection, name: str) -> None:
    """Make the tables, or those of an earlier release new, in the transaction that is open.

    Args:
        name: what the database is called where something is said about it.

    Raises:
        PeopleError: a newer release has written it.
    """
    revision = revision_of(connection) or _take_over(connection)
    if not revision:
        Base.metadata.create_all(connection)
        connection.execute(insert(RevisionRow).values(version_num=LATEST))
    elif revision not in REVISIONS:
        raise PeopleError(
            f"{name} was written by a newer Sardonyx. Upgrade this one, or restore the backup from before."
        )
    elif revision != LATEST:
        # It takes half as long to import as all the rest of a command, and hardly any needs it.
        from sardonyx_services.people.upgrade import upgrade  # noqa: PLC0415

        upgrade(connection)


def _take_over(connection: Connection) -> str:
    """Give tables from before Alembic their revision; return it, or "" where there are none.

    Those have a number: 1 for the first of `REVISIONS`, 2 for the second, and so on.
    """
    if not _has(connection, "schema_version"):
        return ""
    version = connection.scalar(text("SELECT version FROM schema_version"))
    revision = dict(enumerate(REVISIONS, start=1)).get(version, f"version {version}")
    Base.metadata.create_all(connection, tables=[Base.metadata.tables[RevisionRow.__tablename__]])
    connection.execute(insert(RevisionRow).values(version_num=revision))
    connection.exec_driver_sql("DROP TABLE schema_version")
    return revision


def _has(connection: Connection, table: str) -> bool:
    # In the schema that is ours: beside it, JupyterHub's tables have a revision, too.
    schema = connection.schema_for_object(Base.metadata.tables[RevisionRow.__tablename__])
    return inspect(connection).has_table(table, schema=schema)
