"""What the store says of people."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PersonRecord:
    """A person as kept: `id` never changes and is never given to anybody else.

    Args:
        full_name: as the provider calls them, for pages and commits; so is `mail`; "" = it does not say.
        is_instructor: they may make classes.
    """

    id: str
    name: str
    provider: str
    subject: str
    is_admin: bool
    created: datetime
    full_name: str = ""
    mail: str = ""
    is_instructor: bool = False


@dataclass(frozen=True)
class Account:
    """What is needed to check a local account's password."""

    person: PersonRecord
    password_hash: str


@dataclass(frozen=True)
class Owed:
    """What the hub has still to do for a person: `SIGN_OUT` or `LET_GO`."""

    person: str
    name: str
    what: str
