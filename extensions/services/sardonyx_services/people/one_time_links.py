"""Links that are good once: for the first administrator, and for somebody who chooses a password."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import delete
from sqlalchemy.orm import Session

from sardonyx_services.people.models import LinkRow


class OneTimeLinks:
    """The one-time links in the database."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def replace(self, purpose: str, token_hash: str, expires: float) -> None:
        """Keep a new link for a purpose; the earlier ones end."""
        with self._session() as session:
            end_links(session, purpose)
            session.add(LinkRow(token_hash=token_hash, purpose=purpose, expires=expires))

    def purpose(self, token_hash: str, now: float) -> str:
        """Return what a link is for; "" = it was used, replaced, or is too old."""
        with self._session() as session:
            row = session.get(LinkRow, token_hash)
            return row.purpose if row is not None and row.expires > now else ""

    def forget_expired(self, now: float) -> None:
        """Delete the links that are too old: nobody can tell one of them from a link that was never made."""
        with self._session() as session:
            session.execute(delete(LinkRow).where(LinkRow.expires <= now))

    def end(self, purpose: str) -> None:
        """End every link for a purpose."""
        with self._session() as session:
            end_links(session, purpose)


def end_links(session: Session, purpose: str) -> None:
    """End every link for a purpose, in the transaction that is open."""
    session.execute(delete(LinkRow).where(LinkRow.purpose == purpose))
