"""Everybody who is or was here, as an operator looks for them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from sardonyx_services.people.models import AccountRow, MemberRow, PersonRow
from sardonyx_services.people.moments import aware
from sardonyx_services.people.records import EVENT, LOCAL

Show = Literal["all", "administrators", "instructors", "organisers", "event", "removed"]
LIVING = PersonRow.removed.is_(None)
THOSE: dict[Show, Any] = {
    "all": LIVING,
    "administrators": LIVING & PersonRow.is_admin,
    "instructors": LIVING & PersonRow.is_instructor,
    "organisers": LIVING & PersonRow.is_organiser,
    "event": LIVING & (PersonRow.provider == EVENT),
    "removed": PersonRow.removed.is_not(None),
}


@dataclass(frozen=True)
class Listed:
    """Somebody in the list.

    Args:
        provider: where they sign in.
        removed: when they were; None = they are here.
        erasure: how far it is that all that is theirs is deleted: "", "wanted", "going" or "done".
        erase_at: when that begins, or began; None = it does not.
        groups: in how many classes, events and teams they are, or were when those ended.
    """

    id: str
    name: str
    full_name: str
    mail: str
    provider: str
    is_admin: bool
    is_instructor: bool
    is_organiser: bool
    removed: datetime | None
    erasure: str
    erase_at: datetime | None
    groups: int

    @property
    def place(self) -> str:
        """Return where they are in the list, for what comes after them."""
        return f"{self.name}/{self.id}"


class Directory:
    """The list in the database."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def find(self, show: Show = "all", text: str = "", after: str = "", most: int = 200) -> list[Listed]:
        """Return people by name.

        Args:
            text: that is in their name, full name or address, in letters of any size; "" = everybody.
            after: whose `place` they come after; "" = from the first on.
        """
        found = _counted().where(THOSE[show]).order_by(PersonRow.name, PersonRow.id).limit(most)
        if text:
            columns = (PersonRow.name, PersonRow.full_name, PersonRow.mail)
            found = found.where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
        if after:
            name, _slash, person = after.rpartition("/")
            found = found.where(tuple_(PersonRow.name, PersonRow.id) > (name, person))
        with self._session() as session:
            return [_listed(row, groups) for row, groups in session.execute(found)]

    def of(self, person: str) -> Listed | None:
        """Return somebody by their id, also who was removed; None = there is nobody like that."""
        with self._session() as session:
            found = session.execute(_counted().where(PersonRow.id == person)).first()
            return _listed(*found) if found is not None else None

    def without_password(self, group: str) -> list[tuple[str, str]]:
        """Return id and name of who is in a class and has never chosen the password of their account, by name; of no administrator."""
        found = (
            select(PersonRow.id, PersonRow.name)
            .join(MemberRow, MemberRow.person == PersonRow.id)
            .join(AccountRow, AccountRow.person == PersonRow.id)
            .where(MemberRow.group == group, LIVING, PersonRow.provider == LOCAL, ~PersonRow.is_admin)
            .where(AccountRow.password_hash == "")
            .order_by(PersonRow.name)
        )
        with self._session() as session:
            return [(person, name) for person, name in session.execute(found)]

    def called(self, name: str) -> list[str]:
        """Return the ids of all who have or had a name."""
        with self._session() as session:
            return list(session.scalars(select(PersonRow.id).where(PersonRow.name == name)))


def _counted() -> Select[PersonRow, int]:
    counted = select(func.count()).where(MemberRow.person == PersonRow.id).correlate(PersonRow).scalar_subquery()
    return select(PersonRow, counted)


def _listed(row: PersonRow, groups: int) -> Listed:
    return Listed(
        row.id,
        row.name,
        row.full_name,
        row.mail,
        row.provider,
        row.is_admin,
        row.is_instructor,
        row.is_organiser,
        aware(row.removed) if row.removed else None,
        row.erasure,
        aware(row.erase_at) if row.erase_at else None,
        groups,
    )
