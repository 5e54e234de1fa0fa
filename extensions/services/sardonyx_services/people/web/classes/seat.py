"""Who may do what in a class: by the seat that somebody has in it. Decided here alone, for pages and API."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.groups import STAFF, Role
from sardonyx_services.people.web.errors import NotOpenError, NotThereError
from sardonyx_spawner.language import N_, _

Makers = Literal["administrators", "instructors", "everybody"]
NO_CLASSES = N_("You cannot make classes here. Ask the people who run this place.")
NO_EVENTS = N_("You cannot make events here. Ask the people who run this place.")
NO_SERVERS = N_(
    "Servers cannot be kept apart on this machine, so people of a class or an event could start none. Ask the people who"
    " run this place to look at it."
)


class Level(IntEnum):
    """What somebody has to be in a class to do something; each may do all that those before may."""

    OUTSIDE = 0
    MEMBER = 1
    STAFF = 2
    INSTRUCTOR = 3


@dataclass(frozen=True)
class Caller:
    """Whoever asks.

    Args:
        id: immutable, of the person.
        name: as JupyterHub calls them.
        is_admin: an administrator of this place, who may do everything.
        may_make: they may make classes.
        may_make_events: they may make events.
        is_temporary: their account is one of an event.
        could_start: people of a class or an event could have servers here; else none of these is made.
    """

    id: str
    name: str
    full_name: str = ""
    is_admin: bool = False
    may_make: bool = False
    may_make_events: bool = False
    is_temporary: bool = False
    could_start: bool = True

    @property
    def shown_name(self) -> str:
        """What people call them."""
        return self.full_name or self.name


def operator(called: str = "") -> Caller:
    """Return whoever types commands on the machine itself.

    Args:
        called: what people read who are spoken to.
    """
    return Caller(OPERATOR, "", called, is_admin=True, may_make_events=True)


def level_of(caller: Caller, role: Role | None) -> Level:
    """Return what somebody is in a class; None = they are not in it."""
    if caller.is_admin or role == "instructor":
        return Level.INSTRUCTOR
    if role in STAFF:
        return Level.STAFF
    return Level.OUTSIDE if role is None else Level.MEMBER


def need(level: Level, found: Level) -> None:
    """Make sure that somebody may do what needs a level.

    Raises:
        NotThereError: they are not in the class, so for them there is none.
        NotOpenError: they are in it, as something less.
    """
    if found >= level:
        return
    if found == Level.OUTSIDE:
        raise NotThereError
    if level == Level.STAFF:
        raise NotOpenError(_("This is for the instructors and assistants of the class. Ask one of them."))
    raise NotOpenError(_("This is for the instructors of the class. Ask one of them."))


def need_administrator(caller: Caller) -> None:
    """Make sure that somebody may do what is done to the whole place.

    Raises:
        NotOpenError: they may not.
    """
    if not caller.is_admin:
        raise NotOpenError(_("This is for administrators of this place. Ask one of them."))


def need_to_make(caller: Caller, refused: str, *, may: bool) -> None:
    """Make sure that somebody may make a class or an event, and that it would be of use.

    Args:
        refused: what they read who may not.

    Raises:
        NotOpenError: they may not, or its people could have no servers.
    """
    if not may:
        raise NotOpenError(_(refused))
    if not caller.could_start:
        raise NotOpenError(_(NO_SERVERS))


def may_make(makers: Makers, *, is_admin: bool, is_instructor: bool) -> bool:
    """Tell whether somebody may make classes."""
    return is_admin or makers == "everybody" or (makers == "instructors" and is_instructor)
