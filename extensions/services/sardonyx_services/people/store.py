"""The people of this place: who they are for good, whatever they are called."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm import Session

from sardonyx_services.people.actions import Actions
from sardonyx_services.people.class_export import ClassExports
from sardonyx_services.people.class_removal import ClassRemoval
from sardonyx_services.people.classes import Classes
from sardonyx_services.people.courses import Courses
from sardonyx_services.people.database import Place, open_database
from sardonyx_services.people.directory import Directory
from sardonyx_services.people.entries import Entries
from sardonyx_services.people.erasure import Erasure
from sardonyx_services.people.errors import AwayError, InUseError, PeopleError, RemovedError
from sardonyx_services.people.event_removal import EventRemoval
from sardonyx_services.people.events import Events
from sardonyx_services.people.following import Following
from sardonyx_services.people.git_accounts import GitAccounts
from sardonyx_services.people.groups import Groups
from sardonyx_services.people.hours import Hours
from sardonyx_services.people.invitations import Invitations
from sardonyx_services.people.languages import Languages
from sardonyx_services.people.leading import Leading
from sardonyx_services.people.leaving import come_back, leave
from sardonyx_services.people.lessons import Lessons
from sardonyx_services.people.models import CLEAR, LET_GO, SIGN_OUT, AccountRow, MemberRow, PersonRow
from sardonyx_services.people.names import Names
from sardonyx_services.people.new_person import add_person
from sardonyx_services.people.one_time_links import OneTimeLinks, end_links
from sardonyx_services.people.personal import Personal
from sardonyx_services.people.records import LOCAL, Account, Owed, PersonRecord
from sardonyx_services.people.seats import Seats
from sardonyx_services.people.shared_links import SharedLinks
from sardonyx_spawner.language import _


class PeopleStore:
    """The people in people.sqlite or in a PostgreSQL; used at once by the hub, the keys service and the command line."""

    def __init__(self, place: Place) -> None:
        """Open the store, and make its tables on the first run.

        Raises:
            PeopleError: a newer version has written it, or a PostgreSQL cannot be used.
        """
        self._engine = open_database(place)
        self.groups = Groups(self._session)
        self.leading = Leading(self._session)
        self.following = Following(self._session)
        self.invitations = Invitations(self._session)
        self.courses = Courses(self._session)
        self.names = Names(self._session)
        self.directory = Directory(self._session)
        self.languages = Languages(self._session)
        self.shared_links = SharedLinks(self._session)
        self.one_time_links = OneTimeLinks(self._session)
        self.classes = Classes(self._session)
        self.class_exports = ClassExports(self._session)
        self.class_removal = ClassRemoval(self._session)
        self.personal = Personal(self._session)
        self.erasure = Erasure(self._session)
        self.events = Events(self._session)
        self.event_removal = EventRemoval(self._session)
        self.hours = Hours(self._session)
        self.lessons = Lessons(self._session)
        self.seats = Seats(self._session)
        self.entries = Entries(self._session)
        self.actions = Actions(self._session)

    def git_accounts(self, key: bytes) -> GitAccounts:
        """Return what people have for private repositories; `key` opens it."""
        return GitAccounts(self._session, key)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def signed_in(
        self,
        provider: str,
        subject: str,
        name: str,
        *,
        full_name: str = "",
        mail: str = "",
        mail_is_verified: bool = False,
    ) -> PersonRecord:
        """Return the person behind an identity at a provider; make them at the first sign-in.

        A person who is called otherwise by now keeps the first name: pages, tokens and servers go by it. What the
        provider says besides is kept as it says it now.

        Raises:
            NameTakenError: the name belongs to another person.
            RemovedError: the person was removed here.
        """
        with self._session() as session:
            same = select(PersonRow).where(PersonRow.provider == provider, PersonRow.subject == subject)
            row = session.scalars(same.order_by(PersonRow.removed.is_not(None), PersonRow.removed.desc())).first()
            if row is not None and row.removed is not None:
                raise RemovedError
            row = row or add_person(session, provider, subject, name)
            row.full_name, row.mail, row.mail_is_verified = full_name, mail, mail_is_verified
            return _record(row)

    def by_name(self, name: str) -> PersonRecord | None:
        """Return the person who has this name now."""
        with self._session() as session:
            row = session.scalars(_living().where(PersonRow.name == name)).first()
            return _record(row) if row else None

    def everybody(self, group: str = "") -> list[PersonRecord]:
        """Return all who were not removed, by name; those of a class or team, if one is given."""
        found = _living().join(MemberRow).where(MemberRow.group == group) if group else _living()
        with self._session() as session:
            return [_record(row) for row in session.scalars(found.order_by(PersonRow.name))]

    def remove(self, name: str, *, with_home: bool = False) -> PersonRecord:
        """Remove a person: the name is free, the id is gone for good, files and data stay under the id.

        What they had for private repositories is deleted, and so are the links by which they shared files.

        Args:
            with_home: the hub deletes their home, too.

        Raises:
            PeopleError: there is nobody of that name.
        """
        with self._session() as session:
            row = self._named(session, name)
            leave(session, row, CLEAR if with_home else LET_GO)
            return _record(row)

    def readmit(self, who: str) -> PersonRecord:
        """Let somebody come back who was removed: the same person, with the same id and what is kept under it.

        Who was to be erased is not, also where the name is in use again.

        Args:
            who: their name, or their id.

        Raises:
            PeopleError: nobody like that was removed, the name is in use again, or all of theirs is being deleted.
        """
        removed = select(PersonRow.id).where(PersonRow.removed.is_not(None), PersonRow.name == who)
        with self._session() as session:
            person = session.scalars(removed.order_by(PersonRow.removed.desc())).first() or who
        is_in_time = self.erasure.take_back(person)
        with self._session() as session:
            return _record(come_back(session, person, who, is_in_time=is_in_time))

    def owed(self, name: str | None = None) -> list[Owed]:
        """Return what the hub has still to do: for everybody, or for those who have or had a name."""
        with self._session() as session:
            found = select(PersonRow).where(PersonRow.owed != "")
            rows = session.scalars(found if name is None else found.where(PersonRow.name == name))
            return sorted((Owed(row.id, row.name, row.owed) for row in rows), key=lambda owed: owed.what)

    def settle(self, owed: Owed, left: str = "") -> None:
        """Note that the hub has done what it owed, or all of it but what is left, unless it owes something else by now."""
        done = update(PersonRow).where(PersonRow.id == owed.person, PersonRow.owed == owed.what)
        with self._session() as session:
            session.execute(done.values(owed=left))

    def set_admin(self, name: str, *, is_admin: bool) -> None:
        """Make somebody an administrator, or not any more."""
        with self._session() as session:
            self._named(session, name).is_admin = is_admin

    def set_instructor(self, name: str, *, is_instructor: bool) -> None:
        """Let somebody make classes, or not any more.

        Raises:
            PeopleError: there is nobody of that name.
        """
        with self._session() as session:
            self._named(session, name).is_instructor = is_instructor

    def set_organiser(self, name: str, *, is_organiser: bool) -> None:
        """Let somebody make events, or not any more; it raises what `set_instructor` does."""
        with self._session() as session:
            self._named(session, name).is_organiser = is_organiser

    def has_admin(self) -> bool:
        """Tell whether there is an administrator."""
        with self._session() as session:
            return session.scalars(_living().where(PersonRow.is_admin)).first() is not None

    def add_account(self, name: str, password_hash: str, *, is_admin: bool = False) -> PersonRecord:
        """Make a local account; it is in the classes into which somebody of that name is invited.

        Raises:
            PeopleError: the name is in use.
        """
        with self._session() as session:
            if session.scalars(_living().where(PersonRow.name == name)).first():
                raise InUseError(name)
            row = add_person(session, LOCAL, name, name)
            row.is_admin = is_admin
            session.add(AccountRow(person=row.id, password_hash=password_hash))
            made = _record(row)
        self.invitations.settle(made.id, by_name=True)
        return made

    def account(self, name: str) -> Account | None:
        """Return the local account of that name."""
        with self._session() as session:
            row = session.scalars(_living().where(PersonRow.name == name, PersonRow.provider == LOCAL)).first()
            found = session.get(AccountRow, row.id) if row else None
            if row is None or found is None:
                return None
            return Account(_record(row), found.password_hash)

    def local(self, name: str) -> PersonRecord:
        """Return the person of a local account.

        Raises:
            PeopleError: there is none of that name.
        """
        with self._session() as session:
            return _record(self._local(session, name)[0])

    def renew_hash(self, person: str, password_hash: str) -> None:
        """Keep a stronger hash of the same password."""
        with self._session() as session:
            account = session.get(AccountRow, person)
            if account is not None:
                account.password_hash = password_hash

    def set_password(self, name: str, password_hash: str) -> None:
        """Give a local account a new password ("" = none until they choose one); sessions and links end.

        Raises:
            PeopleError: there is no such local account.
        """
        with self._session() as session:
            row, account = self._local(session, name)
            account.password_hash = password_hash
            row.owed = SIGN_OUT
            end_links(session, row.id)

    def by_id(self, person: str) -> PersonRecord | None:
        """Return a person who was not removed."""
        with self._session() as session:
            row = session.get(PersonRow, person)
            return _record(row) if row is not None and row.removed is None else None

    def _local(self, session: Session, name: str) -> tuple[PersonRow, AccountRow]:
        row = self._named(session, name)
        account = session.get(AccountRow, row.id)
        if account is None:
            raise PeopleError(f"“{name}” signs in with a provider and has no password here.")
        return row, account

    def _named(self, session: Session, name: str) -> PersonRow:
        row: PersonRow | None = session.scalars(_living().where(PersonRow.name == name)).first()
        if row is None:
            raise PeopleError(f"There is nobody called “{name}” here. See who there is with: sardonyx user list")
        return row

    @contextmanager
    def _session(self) -> Iterator[Session]:
        try:
            with Session(self._engine) as session, session.begin():
                yield session
        except OperationalError as error:
            # A file is always there; what is wrong with one, such as a full disk, is in the error.
            if self._engine.dialect.name == "sqlite":
                raise
            raise AwayError from error
        except DataError as error:
            raise PeopleError(_("This holds signs that cannot be kept, or is too long.")) from error


def _living() -> Any:
    return select(PersonRow).where(PersonRow.removed.is_(None))


def _record(row: PersonRow) -> PersonRecord:
    return PersonRecord(
        row.id,
        row.name,
        row.provider,
        row.subject,
        row.is_admin,
        row.created,
        row.full_name,
        row.mail,
        row.is_instructor,
        row.is_organiser,
    )
