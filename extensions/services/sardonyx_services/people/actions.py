"""What was done to what is not one's own: who, what, in which class, to whom, and when."""

import secrets
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from sardonyx_services.people.models import ActionRow
from sardonyx_services.people.moments import aware, in_tables, utc_now

OPERATOR = ""
"""Stands for whoever types commands on the machine itself."""
LONGEST_DETAIL = 300
PART = 200
"""So many are read at a time."""


@dataclass(frozen=True)
class Action:
    """Something that was done, to one or to many at once.

    Args:
        at: with its time zone.
        who: id of a person, or `OPERATOR`.
        what: a word of ours, such as "join"; `people/web/words.py` says them.
        group: id of the class or team; "" = none.
        people: ids of those to whom it was done; () = to nobody alone.
        detail: what else there is to know, such as a title.
    """

    at: datetime
    who: str
    what: str
    group: str = ""
    people: tuple[str, ...] = ()
    detail: str = ""

    @property
    def whom(self) -> str:
        """The id of the only one to whom it was done; "" = to nobody alone, or to several."""
        return self.people[0] if len(self.people) == 1 else ""


@dataclass(frozen=True)
class Asked:
    """Which of them are looked for.

    Args:
        what: that word alone; "" = all.
        since: from this moment on, and before `until`; None = there is no such end.
        skip: so many of the latest are left out.
        most: so many are returned.
    """

    what: str = ""
    since: datetime | None = None
    until: datetime | None = None
    skip: int = 0
    most: int = PART

    def those(self) -> list[ColumnElement[bool]]:
        """Return what is true of them in the table."""
        found = [ActionRow.what == self.what] if self.what else []
        found += [ActionRow.at >= in_tables(self.since)] if self.since else []
        return found + ([ActionRow.at < in_tables(self.until)] if self.until else [])


ALL = Asked()


class Actions:
    """The actions in the database; they are only ever added."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def add(self, who: str, what: str, group: str = "", *, whom: Sequence[str] = ("",), detail: str = "") -> None:
        """Write down that something was done, once for each person to whom it was."""
        now = utc_now()
        with self._session() as session:
            session.add_all(action_row(who, what, group, each, detail, at=now) for each in whom)

    def latest(self, people: Collection[str] = (), asked: Asked = ALL) -> list[Action]:
        """Return what was done everywhere, the latest first.

        Args:
            people: only what they did, or what was done to them; none = everybody.
        """
        those = [or_(ActionRow.who.in_(people), ActionRow.whom.in_(people))] if people else []
        return self._find(asked, *those)

    def of(self, group: str, asked: Asked = ALL) -> list[Action]:
        """Return what was done in a class or team, the latest first."""
        return self._find(asked, ActionRow.group == group)

    def words(self, group: str) -> list[str]:
        """Return the words for all that was ever done in a class or team."""
        with self._session() as session:
            return list(session.scalars(select(ActionRow.what).where(ActionRow.group == group).distinct()))

    def _find(self, asked: Asked, *those: ColumnElement[bool]) -> list[Action]:
        # What was done to many at once was written down at one moment: that is one action.
        one = (ActionRow.at.desc(), ActionRow.who, ActionRow.what, ActionRow.group, ActionRow.detail)
        found = select(ActionRow).where(*asked.those(), *those).order_by(*one, ActionRow.id)
        found = found.execution_options(yield_per=PART)
        with self._session() as session, closing(session.scalars(found)) as rows:
            alike = groupby(rows, lambda row: (row.at, row.who, row.what, row.group, row.detail))
            return [
                Action(aware(at), who, what, group, tuple(row.whom for row in same if row.whom), detail)
                for (at, who, what, group, detail), same in islice(alike, asked.skip, asked.skip + asked.most)
            ]


def action_row(who: str, what: str, group: str, whom: str, detail: str, *, at: datetime | None = None) -> ActionRow:
    """Return what writes down that something was done, now if nothing else is said."""
    return ActionRow(
        id=secrets.token_hex(16),
        at=at or utc_now(),
        who=who,
        what=what,
        group=group,
        whom=whom,
        detail=detail[:LONGEST_DETAIL],
    )
