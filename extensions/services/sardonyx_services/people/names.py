"""From names to ids and back, for many people at once."""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager

from sqlalchemy import select
from sqlalchemy.orm import Session

from sardonyx_services.people.models import PersonRow


class Names:
    """The names in the database."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def ids(self, names: Collection[str]) -> dict[str, str]:
        """Return the ids of people by the names with which they sign in; of who was removed there is none."""
        found = select(PersonRow.name, PersonRow.id).where(PersonRow.removed.is_(None), PersonRow.name.in_(names))
        with self._session() as session:
            return {row.name: row.id for row in session.execute(found)} if names else {}

    def shown(self) -> dict[str, str]:
        """Return what people call everybody who was not removed, by id."""
        found = select(PersonRow.id, PersonRow.full_name, PersonRow.name).where(PersonRow.removed.is_(None))
        with self._session() as session:
            return {row.id: row.full_name or row.name for row in session.execute(found)}

    def of(self, people: Collection[str]) -> dict[str, str]:
        """Return the names that people have or had, by id; of whom all is erased there is none."""
        found = select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(people), PersonRow.erasure != "done")
        with self._session() as session:
            return {row.id: row.name for row in session.execute(found)} if people else {}

    def ever(self) -> dict[str, str]:
        """Return the names with which everybody signs in or did, by id; of whom all is erased there is none."""
        with self._session() as session:
            found = session.execute(select(PersonRow.id, PersonRow.name).where(PersonRow.erasure != "done"))
            return {row.id: row.name for row in found}

    def removed(self) -> dict[str, str]:
        """Return the names that those had who were removed, by id; of whom all is erased there is none."""
        found = select(PersonRow.id, PersonRow.name).where(PersonRow.removed.is_not(None), PersonRow.erasure != "done")
        with self._session() as session:
            return {row.id: row.name for row in session.execute(found)}
