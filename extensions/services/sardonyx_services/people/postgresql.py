"""People in a PostgreSQL: in a schema of their own, because JupyterHub's tables beside it have the same names."""

from dataclasses import dataclass, field
from getpass import getuser

from sqlalchemy import URL, Connection, Engine, create_engine, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.schema import CreateSchema

from sardonyx_services.people.errors import DatabaseAwayError, DatabaseError, PeopleError
from sardonyx_services.people.revisions import LATEST, bring_forward, revision_of

SCHEMA = "sardonyx_people"
"""Not simply “sardonyx”: in a schema with the name of its role, PostgreSQL looks before all others, and JupyterHub with it."""
VARIABLE = "SARDONYX_DATABASE"
"""Has the address for a service that is a process of its own."""
FORM = "Write postgresql://NAME:PASSWORD@HOST/DATABASE, with %-codes for special characters in the password."
KINDS = {"postgresql", "postgres", "postgresql+psycopg"}
MAKING = 7_282_669
"""Number of the lock under which tables are made; it means nothing, and nobody else has it."""
PATIENCE_S = 5
NOT_ALLOWED = "42501"
"""SQLSTATE insufficient_privilege (PostgreSQL's manual, appendix A)."""
AWAY = ("refused", "timeout", "resolve", "translate host name", "No such file", "is starting up", "is shutting down")
"""What is in the words of an error where nobody answers, or not yet."""


@dataclass(frozen=True)
class Postgresql:
    """A database of a PostgreSQL.

    Args:
        address: with the password, so it is never shown.
    """

    address: str = field(repr=False)

    def url(self) -> URL:
        """Return the address as SQLAlchemy takes it; it hides the password wherever it is shown.

        Raises:
            DatabaseError: it is no address of a database of PostgreSQL.
        """
        try:
            url = make_url(self.address)
        except (ArgumentError, ValueError):
            # Their words would have a part of the address, and so perhaps of the password.
            raise DatabaseError(f"the address of the database cannot be read. {FORM}") from None
        if url.drivername not in KINDS:
            raise DatabaseError(f"the address of the database is not one of a PostgreSQL. {FORM}")
        if not url.database:
            raise DatabaseError(f"the address of the database names no database. {FORM}")
        if "password" in url.query:
            # JupyterHub hides it in its log only there.
            raise DatabaseError(f"the password in the address of the database belongs before the @. {FORM}")
        usual = {"connect_timeout": str(PATIENCE_S), "application_name": "sardonyx"}
        return url.set(drivername="postgresql+psycopg", query={**usual, **url.query})


def open_postgresql(database: Postgresql) -> Engine:
    """Open the database; make our tables on the first run, and those of an earlier version new.

    Raises:
        PeopleError: a newer version has written it.
        DatabaseAwayError: it does not answer.
        DatabaseError: it does not let us in.
    """
    url = database.url()
    # A connection that broke since it was used last is made anew. No log has hashes of passwords in it.
    engine = create_engine(url, pool_pre_ping=True, hide_parameters=True).execution_options(
        schema_translate_map={None: SCHEMA}
    )
    try:
        with engine.begin() as connection:
            if revision_of(connection) != LATEST:
                _make_tables(connection, url)
    except DBAPIError as error:
        engine.dispose()
        raise _fault(error, url) from None
    except PeopleError:
        engine.dispose()
        raise
    return engine


def look_at(database: Postgresql) -> str:
    """Return what there is, in words for the operator; nothing is made.

    Raises:
        DatabaseAwayError: it does not answer.
        DatabaseError: it does not let us in, or JupyterHub could not make its tables.
    """
    url = database.url()
    engine = create_engine(url).execution_options(schema_translate_map={None: SCHEMA})
    try:
        with engine.begin() as connection:
            version = connection.exec_driver_sql("SHOW server_version").scalar_one()
            _check_rights(connection, url)
            revision = revision_of(connection)
    except DBAPIError as error:
        raise _fault(error, url) from None
    finally:
        engine.dispose()
    tables = "has our tables" if revision == LATEST else "gets our tables at the next start"
    return f"PostgreSQL {version} answers at {_place(url)}; its database “{url.database}” {tables}"


def _make_tables(connection: Connection, url: URL) -> None:
    _check_rights(connection, url)
    # One process at a time; the others wait here, and find everything done. It ends with the transaction.
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MAKING})
    if not inspect(connection).has_schema(SCHEMA):
        connection.execute(CreateSchema(SCHEMA))
    # Alembic's own statements name no schema.
    connection.exec_driver_sql(f"SET LOCAL search_path TO {SCHEMA}")
    bring_forward(connection, f"The database “{url.database}”")


def _check_rights(connection: Connection, url: URL) -> None:
    """JupyterHub makes its tables in the usual schema, and would show a trace where it may not."""
    if _who(url) == SCHEMA:
        raise DatabaseError(
            f"the role “{SCHEMA}” has the name of our schema, so that JupyterHub would take our tables for its own."
            " Let another role own the database."
        )
    may = "SELECT to_regclass('alembic_version') IS NOT NULL OR has_schema_privilege(current_schema(), 'CREATE')"
    if not connection.exec_driver_sql(may).scalar():
        raise DatabaseError(
            f"“{_who(url)}” may not make tables in the database “{url.database}”."
            f' As an administrator of PostgreSQL: ALTER DATABASE "{url.database}" OWNER TO "{_who(url)}"'
        )


def _who(url: URL) -> str:
    # As libpq does it; over a socket of this machine that may be all that is needed.
    return url.username or getuser()


def _place(url: URL) -> str:
    host = url.host or url.query.get("host") or "this machine"
    return f"{host}:{url.port}" if url.port else str(host)


def _fault(error: DBAPIError, url: URL) -> DatabaseError:
    """Say what is wrong and what to do; where that is not known, in PostgreSQL's own words."""
    words = " ".join(str(error.orig).split())
    if refusal := _refusal(error, words, url):
        return DatabaseError(refusal)
    # One name may have several addresses: whatever one of them says counts more than that another is silent.
    if any(sign in words for sign in AWAY):
        return DatabaseAwayError(
            f"no PostgreSQL answers at {_place(url)}. Look whether it runs, and correct the address of the database."
        )
    return DatabaseError(f"PostgreSQL at {_place(url)} refuses: {words[:300]}")


def _refusal(error: DBAPIError, words: str, url: URL) -> str:
    """Say what a PostgreSQL that answers has against us; "" = that is not known."""
    if getattr(error.orig, "sqlstate", None) == NOT_ALLOWED:
        return (
            f"“{_who(url)}” may not make or use the schema {SCHEMA} in the database “{url.database}”. As an administrator"
            f' of PostgreSQL, there: CREATE SCHEMA IF NOT EXISTS {SCHEMA}; ALTER SCHEMA {SCHEMA} OWNER TO "{_who(url)}"'
        )
    if "certificate verify failed" in words:
        return (
            f"the certificate of PostgreSQL at {_place(url)} is not signed by whom sslrootcert in the address of the database"
            " names. Name the file with who has signed it there."
        )
    if "root certificate file" in words:
        return (
            f"the address of the database wants the certificate of PostgreSQL at {_place(url)} to be looked at, and the file with"
            f" who has signed it is not there: {words[:300]}. Correct sslrootcert in it."
        )
    # Before somebody is let in there is no code for what is wrong, only words.
    if "authentication failed" in words or "no password supplied" in words:
        return (
            f"PostgreSQL at {_place(url)} does not let “{_who(url)}” in: the name or the password is wrong."
            " Correct the address of the database."
        )
    if f'database "{url.database}" does not exist' in words:
        return (
            f"PostgreSQL at {_place(url)} has no database “{url.database}”."
            f' As an administrator of PostgreSQL: CREATE DATABASE "{url.database}" OWNER "{_who(url)}"'
        )
    return ""
