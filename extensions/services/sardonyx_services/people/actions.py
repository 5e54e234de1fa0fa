"""What was done to what is not one's own: who, what, in which class, to whom, and when."""

import secrets
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from sardonyx_services.people.models import ActionRow
from sardonyx_services.people.moments import aware, utc_now

OPERATOR = ""
"""Stands for whoever types commands on the machine itself."""
LONGEST_DETAIL = 300


@dataclass(frozen=True)
class Action:
    """Something that was done.

    Args:
        at: with its time zone.
        who: id of a person, or `OPERATOR`.
        what: a word of ours, such as "join"; `people/web/words.py` says them.
        group: id of the class or team; "" = none.
        whom: id of the person to whom it was done; "" = to nobody alone.
        detail: what else there is to know, such as a title.
    """

    at: datetime
    who: str
    what: str
    group: str = ""
    whom: str = ""
    detail: str = ""


class Actions:
    """The actions in the database; they are only ever added."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def add(self, who: str, what: str, group: str = "", *, whom: Sequence[str] = ("",), detail: str = "") -> None:
        """Write down that something was done, once for each person to whom it was."""
        now = utc_now()
        with self._session() as session:
            session.add_all(action_row(who, what, group, each, detail, at=now) for each in whom)

    def latest(self, people: Collection[str] = (), most: int = 200) -> list[Action]:
        """Return what was done everywhere, the latest first.

        Args:
            people: only what they did, or what was done to them; none = everybody.
        """
        those = [or_(ActionRow.who.in_(people), ActionRow.whom.in_(people))] if people else []
        return self._latest(most, *those)

    def of(self, group: str, most: int = 100) -> list[Action]:
        """Return what was done in a class or team, the latest first."""
        return self._latest(most, ActionRow.group == group)

    def _latest(self, most: int, *those: ColumnElement[bool]) -> list[Action]:
        found = select(ActionRow).where(*those).order_by(ActionRow.at.desc(), ActionRow.id).limit(most)
        with self._session() as session:
            return [
                Action(aware(row.at), row.who, row.what, row.group, row.whom, row.detail)
                for row in session.scalars(found)
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
