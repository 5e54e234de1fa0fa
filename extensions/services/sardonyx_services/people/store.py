"""The people of this place: who they are for good, whatever they are called."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, delete, event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sardonyx_services.people.errors import NameTakenError, PeopleError
from sardonyx_services.people.models import VERSION, AccountRow, Base, LinkRow, PersonRow, SchemaVersion

LOCAL = "local"
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
ID_LENGTH = 16
BUSY_S = 10


@dataclass(frozen=True)
class PersonRecord:
    """A person as kept: `id` never changes and is never given to anybody else."""

    id: str
    name: str
    provider: str
    subject: str
    is_admin: bool
    created: datetime


@dataclass(frozen=True)
class Account:
    """What is needed to check a local account's password."""

    person: PersonRecord
    password_hash: str


class PeopleStore:
    """people.sqlite; used at once by the hub, the keys service and the command line."""

    def __init__(self, path: Path) -> None:
        """Open the store, and make its tables on the first run.

        Raises:
            PeopleError: a newer version has written it.
        """
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        self._engine = _engine(path)
        Base.metadata.create_all(self._engine)
        with self._session() as session:
            version = session.scalars(select(SchemaVersion.version)).first()
            if version is None:
                session.add(SchemaVersion(version=VERSION))
            elif version > VERSION:
                raise PeopleError(
                    f"{path} was written by a newer Sardonyx. Upgrade this one, or restore the backup from before."
                )

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def signed_in(self, provider: str, subject: str, name: str) -> PersonRecord:
        """Return the person behind an identity at a provider; make them at the first sign-in.

        A person who is called otherwise by now keeps the first name: pages, tokens and servers go by it.

        Raises:
            NameTakenError: the name belongs to another person.
        """
        with self._session() as session:
            row = session.scalars(_living().where(PersonRow.provider == provider, PersonRow.subject == subject)).first()
            return _record(row or self._add(session, provider, subject, name))

    def by_name(self, name: str) -> PersonRecord | None:
        """Return the person who has this name now."""
        with self._session() as session:
            row = session.scalars(_living().where(PersonRow.name == name)).first()
            return _record(row) if row else None

    def everybody(self) -> list[PersonRecord]:
        """Return all who were not removed, by name."""
        with self._session() as session:
            return [_record(row) for row in session.scalars(_living().order_by(PersonRow.name))]

    def remove(self, name: str) -> PersonRecord:
        """Remove a person: the name is free, the id is gone for good, files and data stay under the id.

        Raises:
            PeopleError: there is nobody of that name.
        """
        with self._session() as session:
            row = self._named(session, name)
            row.removed = _now()
            account = session.get(AccountRow, row.id)
            if account:
                session.delete(account)
            return _record(row)

    def set_admin(self, name: str, *, is_admin: bool) -> None:
        """Make somebody an administrator, or not any more."""
        with self._session() as session:
            self._named(session, name).is_admin = is_admin

    def has_admin(self) -> bool:
        """Tell whether there is an administrator."""
        with self._session() as session:
            return session.scalars(_living().where(PersonRow.is_admin)).first() is not None

    def add_account(self, name: str, password_hash: str, *, is_admin: bool = False) -> PersonRecord:
        """Make a local account.

        Raises:
            PeopleError: the name is in use.
        """
        with self._session() as session:
            if session.scalars(_living().where(PersonRow.name == name)).first():
                raise PeopleError(f"There is already somebody called “{name}”. Choose another name.")
            row = self._add(session, LOCAL, name, name)
            row.is_admin = is_admin
            session.add(AccountRow(person=row.id, password_hash=password_hash))
            return _record(row)

    def account(self, name: str) -> Account | None:
        """Return the local account of that name."""
        with self._session() as session:
            row = session.scalars(_living().where(PersonRow.name == name, PersonRow.provider == LOCAL)).first()
            found = session.get(AccountRow, row.id) if row else None
            if row is None or found is None:
                return None
            return Account(_record(row), found.password_hash)

    def set_password(self, name: str, password_hash: str) -> None:
        """Give a local account a new password.

        Raises:
            PeopleError: there is no such local account.
        """
        with self._session() as session:
            row = self._named(session, name)
            account = session.get(AccountRow, row.id)
            if account is None:
                raise PeopleError(f"“{name}” signs in with a provider and has no password here.")
            account.password_hash = password_hash

    def replace_link(self, purpose: str, token_hash: str, expires: float) -> None:
        """Keep a new link for a purpose; the earlier ones end."""
        with self._session() as session:
            for row in session.scalars(select(LinkRow).where(LinkRow.purpose == purpose)):
                session.delete(row)
            session.add(LinkRow(token_hash=token_hash, purpose=purpose, expires=expires))

    def link_purpose(self, token_hash: str, now: float) -> str:
        """Return what a link is for; "" = it was used, replaced, or is too old."""
        with self._session() as session:
            row = session.get(LinkRow, token_hash)
            return row.purpose if row is not None and row.expires > now else ""

    def use_link(self, token_hash: str) -> bool:
        """Use a link up; False = somebody else was faster."""
        with self._session() as session:
            gone = delete(LinkRow).where(LinkRow.token_hash == token_hash).returning(LinkRow.token_hash)
            return session.scalars(gone).first() is not None

    def _add(self, session: Session, provider: str, subject: str, name: str) -> PersonRow:
        row = PersonRow(
            id=_new_id(), name=name, provider=provider, subject=subject, is_admin=False, created=_now(), removed=None
        )
        session.add(row)
        try:
            session.flush()
        except IntegrityError as error:
            raise NameTakenError(name) from error
        return row

    def _named(self, session: Session, name: str) -> PersonRow:
        row: PersonRow | None = session.scalars(_living().where(PersonRow.name == name)).first()
        if row is None:
            raise PeopleError(f"There is nobody called “{name}” here. See who there is with: sardonyx user list")
        return row

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with Session(self._engine) as session, session.begin():
            yield session


def _living() -> Any:
    return select(PersonRow).where(PersonRow.removed.is_(None))


def _record(row: PersonRow) -> PersonRecord:
    return PersonRecord(row.id, row.name, row.provider, row.subject, row.is_admin, row.created)


def _new_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_S})

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: object) -> None:
        # Readers do not wait for the writer, and a committed sign-in survives a power cut.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    return engine
