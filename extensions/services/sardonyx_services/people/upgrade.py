"""Alembic, brought to the tables of an earlier release."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def configuration() -> Config:
    """Return where Alembic finds the revisions."""
    config = Config()
    config.set_main_option("script_location", "sardonyx_services.people:migrations")
    return config


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the tables to a revision, the last one by default, in the transaction that is open."""
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
