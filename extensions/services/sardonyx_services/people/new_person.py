"""A new person in the database."""

import secrets

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sardonyx_services.people.errors import NameTakenError
from sardonyx_services.people.models import PersonRow
from sardonyx_services.people.moments import utc_now

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
ID_LENGTH = 16


def add_person(session: Session, provider: str, subject: str, name: str) -> PersonRow:
    """Make a person, in the transaction that is open.

    Raises:
        NameTakenError: the name belongs to another person.
    """
    row = PersonRow(id=_new_id(), name=name, provider=provider, subject=subject, created=utc_now(), removed=None)
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise NameTakenError(name) from error
    return row


def _new_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))
