"""Events: what one is beside its people. When it begins and ends, what its servers are, and what became of it."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.event_models import EventRow
from sardonyx_services.people.groups import alone_with, new_group
from sardonyx_services.people.moments import aware, check_zone, in_tables
from sardonyx_spawner.amounts import memory_bytes
from sardonyx_spawner.class_limits import NO_LIMITS, Limits
from sardonyx_spawner.language import _
from sardonyx_spawner.material import from_kept
from sardonyx_spawner.repository import Material

LONGEST_TITLE, LONGEST_PLACE, LONGEST_WELCOME = 200, 200, 20_000
MOST_READ_HOURS = 24 * 30
USUAL_SIGN_INS = 30
"""Of one code: so often does nobody sign in at an event, and a code that is passed around ends."""
MOST_SIGN_INS = 1000
"""Whatever an operator allows: who has more to come in at once has the link."""
SHORTEST = timedelta(minutes=15)
_EARLIEST, _LATEST = datetime(2000, 1, 1).astimezone(), datetime(2200, 1, 1).astimezone()


class EventChangedError(PeopleError):
    """Somebody else has changed the same event since it was read."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else has changed this event meanwhile, and nothing of yours was kept."))


@dataclass(frozen=True)
class EventDetails:
    """What an event is beside its people.

    Args:
        begins: the moment from which its codes are good, with a time zone; so is `ends`, until which they are.
        place: where it is, in words; "" = nothing is said.
        welcome: what its people read first, in Markdown.
        zone: name of a time zone, by whose clocks its times are said.
        read_hours: so long after its end its people still read and copy what they have; then all of it is deleted.
        profile: slug of the profile that its servers are made from.
        answers: option of that profile -> what it is in this event; nobody is asked those.
        repositories: its material.
        sharing: one link lets people in, each into the next account that nobody has.
        link_round: which link that is.
        prefix: begin of the names of its accounts.
        changed: how often this was changed.
        closed: when its codes and all writing were ended; None = not yet.
        deleted: when all that is of it was deleted; None = not yet.
        report: what was deleted; {} = nothing yet.
        team_servers: each team works in one server, that of who starts first.
        sign_ins: so often each code lets somebody in.
        storage: all of it may have so much in the data store, such as "20G"; "" = as much as the operator allows.
        limits: what its servers have of what that profile offers.
    """

    begins: datetime
    ends: datetime
    place: str = ""
    welcome: str = ""
    zone: str = "UTC"
    read_hours: int = 24
    profile: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    repositories: tuple[Material, ...] = ()
    sharing: bool = False
    link_round: int = 1
    prefix: str = ""
    changed: int = 0
    closed: datetime | None = None
    deleted: datetime | None = None
    report: Mapping[str, int] = field(default_factory=dict)
    team_servers: bool = False
    sign_ins: int = USUAL_SIGN_INS
    storage: str = ""
    limits: Limits = NO_LIMITS

    @property
    def storage_bytes(self) -> int | None:
        """How much it may have in the data store; None = as much as the operator allows."""
        return memory_bytes(self.storage) if self.storage else None

    @property
    def goes(self) -> datetime:
        """The moment at which all that is of it is deleted. Who ran this place late has its people no less time."""
        return max(self.ends, self.closed or self.ends) + timedelta(hours=self.read_hours)

    def is_on(self, now: datetime) -> bool:
        """Tell whether its people come in and work."""
        return self.begins <= now < self.ends and self.closed is None


class Events:
    """The events in the database."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def add(self, title: str, details: EventDetails) -> str:
        """Make an event; return its id.

        Raises:
            PeopleError: it cannot be so.
        """
        title = checked_event_title(title)
        check_event(details)
        with self._session() as session:
            group = new_group(session, "event", title).id
            taken = set(session.scalars(select(EventRow.prefix)))
            session.add(_row(group, replace(details, prefix=free_prefix(title, taken), changed=0)))
            return group

    def details(self, event: str) -> EventDetails:
        """Return what an event is.

        Raises:
            PeopleError: there is none with this id.
        """
        with self._session() as session:
            row = session.get(EventRow, event)
            if row is None:
                raise PeopleError(_("There is no such event, or it has ended."))
            return _details(row)

    def storage_bytes(self, event: str) -> int | None:
        """Return how much an event may have in the data store; None = as much as the operator allows, or there is none."""
        with self._session() as session:
            row = session.get(EventRow, event)
            return _details(row).storage_bytes if row is not None else None

    def of_many(self, events: Sequence[str]) -> dict[str, EventDetails]:
        """Return what events are, by id."""
        with self._session() as session:
            found = session.scalars(select(EventRow).where(EventRow.group.in_(events)))
            return {row.group: _details(row) for row in found} if events else {}

    def going_on(self) -> dict[str, EventDetails]:
        """Return those of which not all is deleted, by id."""
        found = select(EventRow).where(EventRow.deleted.is_(None))
        with self._session() as session:
            return {row.group: _details(row) for row in session.scalars(found)}

    def change(self, event: str, details: EventDetails, *, title: str = "") -> EventDetails:
        """Keep what an event is now; return it as it is kept.

        Args:
            details: with `changed` as it was read.
            title: a new one; "" = as it is.

        Raises:
            PeopleError: something in it cannot be, or there is no such event, or it has ended.
            EventChangedError: it was changed since.
        """
        check_event(details)
        with self._session() as session:
            above = alone_with(session, event)
            row = session.get(EventRow, event)
            if above is None or row is None or row.closed is not None:
                raise PeopleError(_("There is no such event, or it has ended."))
            if row.changed != details.changed:
                raise EventChangedError
            kept = replace(details, changed=details.changed + 1, prefix=row.prefix)
            session.merge(_row(event, kept))
            if title:
                above.title = checked_event_title(title)
            return kept

    def close(self, event: str, now: datetime, *, early: bool = False, changed: int | None = None) -> bool:
        """End codes and writing of an event; return whether that was not so before.

        Args:
            early: also before its time: it ends now, and what is of it is deleted so much earlier.
            changed: how often it was changed when it was read, or `EventChangedError` is raised; None = no matter.
        """
        with self._session() as session:
            alone_with(session, event)
            row = session.get(EventRow, event)
            if row is None or row.closed is not None or (row.ends > in_tables(now) and not early):
                return False
            if changed not in {None, row.changed}:
                raise EventChangedError
            row.closed = in_tables(now)
            row.ends = min(row.ends, row.closed)
            row.begins = min(row.begins, row.ends)
            row.changed += 1
            return True


def checked_event_title(text: str) -> str:
    """Return a title as it is kept.

    Raises:
        PeopleError: it is none.
    """
    title = " ".join(text.split())
    if not title or len(title) > LONGEST_TITLE or not title.isprintable():
        raise PeopleError(_("An event needs a title, of 200 characters at most."), field="title")
    return title


def check_event(details: EventDetails) -> None:
    """Make sure that an event can be so.

    Raises:
        PeopleError: what cannot be, and what to do.
    """
    check_zone(details.zone)
    for name, moment in (("begins", details.begins), ("ends", details.ends)):
        if not _EARLIEST <= moment < _LATEST:
            said = _("{day} is no day on which an event can begin or end.").format(day=moment.date().isoformat())
            raise PeopleError(said, field=name)
    if details.ends - details.begins < SHORTEST:
        raise PeopleError(_("An event ends a quarter of an hour after its beginning, or later."), field="ends")
    if not 1 <= details.read_hours <= MOST_READ_HOURS:
        said = _("People read what they have for 1 to 720 hours after the end of an event.")
        raise PeopleError(said, field="read_hours")
    if not 1 <= details.sign_ins <= MOST_SIGN_INS:
        raise PeopleError(_("A code lets people in 1 to 1,000 times."), field="sign_ins")
    _check_amount(details.storage)
    if len(details.place) > LONGEST_PLACE or len(details.welcome) > LONGEST_WELCOME:
        name = "place" if len(details.place) > LONGEST_PLACE else "welcome"
        raise PeopleError(_("The place has 200 characters at most, and the welcome 20,000."), field=name)


def _check_amount(text: str) -> None:
    try:
        memory_bytes(text or "1M")
    except ValueError as error:
        said = _("“{text}” is no amount. Write one such as 512M or 20G.")
        raise PeopleError(said.format(text=text[:40]), field="storage") from error


def free_prefix(title: str, taken: set[str]) -> str:
    """Return the begin of the names of an event's accounts: its title, as names can be, which no other event has."""
    words = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in title.lower())
    plain = "-".join(filter(None, words.split("-")))[:24].strip("-") or "event"
    number, found = 1, plain
    while found in taken:
        number += 1
        found = f"{plain}-{number}"
    return found


def _details(row: EventRow) -> EventDetails:
    return EventDetails(
        begins=aware(row.begins),
        ends=aware(row.ends),
        place=row.place,
        welcome=row.welcome,
        zone=row.zone,
        read_hours=row.read_hours,
        profile=row.profile,
        answers=json.loads(row.answers),
        repositories=from_kept(json.loads(row.repositories)),
        sharing=row.sharing,
        link_round=row.link_round,
        prefix=row.prefix,
        changed=row.changed,
        closed=aware(row.closed) if row.closed else None,
        deleted=aware(row.deleted) if row.deleted else None,
        report=json.loads(row.report or "{}"),
        team_servers=row.team_servers,
        sign_ins=row.sign_ins,
        storage=row.storage,
        limits=Limits.from_kept(json.loads(row.limits)),
    )


def _row(event: str, kept: EventDetails) -> EventRow:
    return EventRow(
        group=event,
        prefix=kept.prefix,
        place=kept.place,
        welcome=kept.welcome,
        begins=in_tables(kept.begins),
        ends=in_tables(kept.ends),
        zone=kept.zone,
        read_hours=kept.read_hours,
        profile=kept.profile,
        answers=json.dumps(dict(kept.answers), sort_keys=True),
        repositories=json.dumps([each.kept() for each in kept.repositories]),
        sharing=kept.sharing,
        link_round=kept.link_round,
        changed=kept.changed,
        closed=in_tables(kept.closed) if kept.closed else None,
        deleted=in_tables(kept.deleted) if kept.deleted else None,
        report=json.dumps(dict(kept.report)),
        team_servers=kept.team_servers,
        sign_ins=kept.sign_ins,
        storage=kept.storage,
        limits=json.dumps(kept.limits.kept()),
    )
