"""The links by which people share single files with whoever has them: whose, which file, until when, how often opened."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.models import SharedLinkRow
from sardonyx_services.people.moments import aware, utc_now
from sardonyx_spawner.language import _

REMEMBERED = timedelta(days=30)
"""So long after its end a link still says that it has ended."""
MARK_LENGTH = 12


@dataclass(frozen=True)
class SharedLink:
    """A link.

    Args:
        token_hash: SHA-256 of what makes its address.
        person: id of who shares.
        key: of the object.
        ends: with its time zone, as `made`.
        opened: how often the file was read from its beginning.
    """

    token_hash: str
    person: str
    key: str
    made: datetime
    ends: datetime
    opened: int

    @property
    def mark(self) -> str:
        """What stands for the link in logs and on pages: enough to tell links apart, and of no use to open one."""
        return self.token_hash[:MARK_LENGTH]

    @property
    def file(self) -> str:
        """The name of the file."""
        return self.key.rpartition("/")[2]


class SharedLinks:
    """The links in people.sqlite."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def add(self, token_hash: str, person: str, key: str, life_s: int, most: int) -> SharedLink:
        """Keep a new link.

        Args:
            most: so many may somebody have at once.

        Raises:
            PeopleError: they have as many.
        """
        now = utc_now()
        with self._session() as session:
            has = select(func.count()).where(SharedLinkRow.person == person, SharedLinkRow.ends > now)
            if (session.scalar(has) or 0) >= most:
                raise PeopleError(
                    _(
                        "You share {count} files by links already, which is as many as you may."
                        " Take one back on the page “Data” of the hub, or wait until one ends."
                    ).format(count=most)
                )
            row = SharedLinkRow(
                token_hash=token_hash, person=person, key=key, made=now, ends=now + timedelta(seconds=life_s), opened=0
            )
            session.add(row)
            return _link(row)

    def forget_ended(self) -> None:
        """Delete the links that have ended so long ago that nobody is told so any more."""
        with self._session() as session:
            session.execute(delete(SharedLinkRow).where(SharedLinkRow.ends < utc_now() - REMEMBERED))

    def find(self, token_hash: str) -> SharedLink | None:
        """Return a link, also one that has ended."""
        with self._session() as session:
            row = session.get(SharedLinkRow, token_hash)
            return _link(row) if row is not None else None

    def of(self, person: str) -> list[SharedLink]:
        """Return the links of somebody that have not ended, newest first."""
        found = (
            select(SharedLinkRow)
            .where(SharedLinkRow.person == person, SharedLinkRow.ends > utc_now())
            .order_by(SharedLinkRow.made.desc(), SharedLinkRow.token_hash)
        )
        with self._session() as session:
            return [_link(row) for row in session.scalars(found)]

    def take_back(self, person: str, mark: str) -> SharedLink | None:
        """Forget a link of somebody; return what it was, or None where they have none with this mark."""
        link = next((link for link in self.of(person) if link.mark == mark), None)
        if link is None:
            return None
        with self._session() as session:
            gone: CursorResult[Any] = session.execute(  # type: ignore[assignment]  # a delete's result has a count
                delete(SharedLinkRow).where(SharedLinkRow.token_hash == link.token_hash)
            )
            return link if gone.rowcount else None

    def end_all(self) -> int:
        """Forget every link; return how many there were."""
        with self._session() as session:
            gone: CursorResult[Any] = session.execute(delete(SharedLinkRow))  # type: ignore[assignment]  # as above
            return gone.rowcount

    def first(self, token_hash: str) -> bool:
        """Count a link that was never opened before; return whether it was so."""
        row = update(SharedLinkRow).where(SharedLinkRow.token_hash == token_hash, SharedLinkRow.opened == 0)
        with self._session() as session:
            done: CursorResult[Any] = session.execute(row.values(opened=1))  # type: ignore[assignment]  # as above
            return bool(done.rowcount)

    def count(self, opened: Mapping[str, int]) -> None:
        """Add to how often links, by their hashes, were opened."""
        with self._session() as session:
            for token_hash, times in opened.items():
                row = update(SharedLinkRow).where(SharedLinkRow.token_hash == token_hash)
                session.execute(row.values(opened=SharedLinkRow.opened + times))


def forget_links(session: Session, person: str) -> None:
    """Forget every link of somebody who is removed."""
    session.execute(delete(SharedLinkRow).where(SharedLinkRow.person == person))


def _link(row: SharedLinkRow) -> SharedLink:
    return SharedLink(row.token_hash, row.person, row.key, aware(row.made), aware(row.ends), row.opened)
