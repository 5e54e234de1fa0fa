"""What the store says of people."""

from dataclasses import dataclass
from datetime import datetime

LOCAL, EVENT = "local", "event"
"""Providers that are none: accounts of this place, and those of its events."""


@dataclass(frozen=True)
class PersonRecord:
    """A person as kept: `id` never changes and is never given to anybody else.

    Args:
        full_name: as the provider calls them, for pages and commits; so is `mail`; "" = it does not say.
        is_instructor: they may make classes.
        is_organiser: they may make events.
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
    is_organiser: bool = False

    @property
    def is_temporary(self) -> bool:
        """Whether it is an account of an event, which ends with it."""
        return self.provider == EVENT


@dataclass(frozen=True)
class Account:
    """What is needed to check a local account's password."""

    person: PersonRecord
    password_hash: str


@dataclass(frozen=True)
class Owed:
    """What the hub has still to do for a person: `SIGN_OUT`, `LET_GO`, `CLEAR` or `HOME`."""

    person: str
    name: str
    what: str
