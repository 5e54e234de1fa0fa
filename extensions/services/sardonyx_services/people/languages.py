"""The language that somebody has chosen: theirs in every browser, and in their servers."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sardonyx_services.people.models import PersonRow


class Languages:
    """The languages in people.sqlite."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def of(self, name: str) -> str:
        """Return what somebody has chosen; "" = nothing."""
        found = select(PersonRow.language).where(PersonRow.removed.is_(None), PersonRow.name == name)
        with self._session() as session:
            return session.scalars(found).first() or ""

    def choose(self, name: str, language: str) -> None:
        """Keep what somebody has chosen; of who has never signed in, nothing is kept."""
        chosen = update(PersonRow).where(PersonRow.removed.is_(None), PersonRow.name == name)
        with self._session() as session:
            session.execute(chosen.values(language=language))
