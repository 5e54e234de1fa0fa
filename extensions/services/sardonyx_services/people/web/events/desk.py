"""Everything that is done with an event, but for its servers and its end: who may is looked at here, and it is written down."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock

from sardonyx_services.people.actions import Action, Asked
from sardonyx_services.people.ending_soon import is_event_over
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.event_checks import checked_event_title
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.faults import Faults
from sardonyx_services.people.groups import Group, Role
from sardonyx_services.people.records import PersonRecord
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.seat import NO_EVENTS, Caller, Level, need_to_make
from sardonyx_services.people.web.configuration import EventRules
from sardonyx_services.people.web.errors import NoEventError, NotOpenError, RefusedError
from sardonyx_services.people.web.events.checks import EventChecks
from sardonyx_services.people.web.events.new_seats import NewSeats, Wanted
from sardonyx_spawner.class_profile import repositories_of
from sardonyx_spawner.language import SaidError, _
from sardonyx_spawner.profiles import Profile
from sardonyx_spawner.repository import Repository


@dataclass(frozen=True)
class EventSeen:
    """An event, as somebody meets it.

    Args:
        role: what they are in it; None = nothing, and they are an administrator.
        state: "before", "on", "read" (over, and its people still copy what they have) or "gone".
    """

    group: Group
    details: EventDetails
    role: Role | None
    level: Level
    state: str

    @property
    def is_organiser(self) -> bool:
        """Whether they may change it."""
        return self.level >= Level.INSTRUCTOR


class EventDesk:
    """The events of this place, for one caller after the other; for several threads at once.

    Args:
        seats: makes the accounts.
        profiles: what servers of events can be made from.
        clock: returns the moment that it is, with its time zone.
    """

    def __init__(
        self,
        people: PeopleStore,
        seats: NewSeats,
        profiles: Sequence[Profile],
        rules: EventRules,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._people, self._seats, self._rules, self._clock = people, seats, rules, clock
        self._bases = {profile.slug: profile for profile in profiles}
        self._checks = EventChecks(self._bases, rules, clock)
        # From looking who is left to changing it: of the last two organisers only one goes at a time.
        self._turn = Lock()

    @property
    def rules(self) -> EventRules:
        """What events can be here."""
        return self._rules

    def seen(self, caller: Caller, event: str, level: Level) -> EventSeen:
        """Return an event, for something that needs a level.

        Raises:
            RefusedError: there is none for the caller, or they are less than that in it.
        """
        role = self._people.groups.role(event, caller.id)
        found = _level(caller, role)
        if found == Level.OUTSIDE:
            raise NoEventError
        if found < level:
            raise NotOpenError(_("This is for the organisers of the event. Ask one of them."))
        try:
            group = self._people.groups.get("event", event)
            return self._seen(group, self._people.events.details(event), role, found)
        except PeopleError as error:
            raise NoEventError from error

    def mine(self, caller: Caller) -> list[EventSeen]:
        """Return the events that somebody is in, the latest first; for administrators, all."""
        roles = self._people.groups.roles_of(caller.id)
        groups = [group for group in self._people.groups.all("event") if caller.is_admin or group.id in roles]
        details = self._people.events.of_many([group.id for group in groups])
        return [
            self._seen(group, details[group.id], role := roles.get(group.id), _level(caller, role))
            for group in reversed(groups)
        ]

    def make(
        self,
        caller: Caller,
        title: str,
        details: EventDetails,
        wanted: Wanted,
        organiser: str = "",
        *,
        unread: Sequence[SaidError] = (),
    ) -> str:
        """Make an event with its accounts; return its id.

        Args:
            organiser: name of who leads it; "" = the caller.
            unread: what of it could not be read: it is said with all else that is wrong.

        Raises:
            RefusedError: they may not, or there is nobody of that name.
            SaidError: it cannot be so; all of what is wrong.
        """
        need_to_make(caller, NO_EVENTS, may=caller.may_make_events)
        faults = Faults(unread)
        with faults.noted():
            checked_event_title(title)
        details = self._checks.settled(details, faults, has_teams=wanted.teams > 0)
        with faults.noted():
            self._checks.check_storage(details)
        with faults.noted():
            self._seats.check(wanted)
        faults.say()
        leader = self._leader(organiser).id if organiser else caller.id
        made = self._people.events.add(title, details)
        self._people.groups.join(made, leader, "organiser")
        self._seats.add(made, wanted)
        self._people.actions.add(caller.id, "event-make", made, detail=title)
        if leader != caller.id:
            self._people.actions.add(caller.id, "role", made, whom=(leader,), detail="organiser")
        return made

    def change(
        self, caller: Caller, event: str, title: str, details: EventDetails, *, unread: Sequence[SaidError] = ()
    ) -> None:
        """Change an event.

        Args:
            unread: what of it could not be read: it is said with all else that is wrong.

        Raises:
            RefusedError: the caller may not.
            SaidError: it cannot be so, all of what is wrong; or it was changed meanwhile.
        """
        before = self.seen(caller, event, Level.INSTRUCTOR).details
        faults = Faults(unread)
        with faults.noted():
            checked_event_title(title)
        details = self._checks.settled(details, faults, before, has_teams=bool(self._people.seats.teams(event)))
        if details.storage != before.storage:
            with faults.noted():
                self._checks.check_storage(details, event)
        faults.say()
        kept = replace(before, **{name: getattr(details, name) for name in CHANGEABLE})
        self._people.events.change(event, kept, title=title)
        self._people.actions.add(caller.id, "event-change", event, detail=title)

    def end(self, caller: Caller, event: str) -> None:
        """End an event now: codes and writing end, and all of it is deleted once its people had the time to copy it."""
        seen = self.seen(caller, event, Level.INSTRUCTOR)
        if self._people.events.close(event, self._clock(), early=True):
            self._people.actions.add(caller.id, "event-end", event, detail=seen.group.title)

    def material(self, seen: EventSeen) -> tuple[Repository, ...]:
        """Return what servers of an event bring: repositories of its own, then of its profile."""
        return repositories_of(seen.details.repositories, self._bases.get(seen.details.profile))

    def is_for_working_together(self, seen: EventSeen) -> bool:
        """Tell whether people can be let into servers of an event."""
        base = self._bases.get(seen.details.profile)
        return base is not None and base.collaboration

    def organisers(self, caller: Caller, event: str) -> list[PersonRecord]:
        """Return who leads an event, by name."""
        self.seen(caller, event, Level.INSTRUCTOR)
        roles = self._people.groups.members(event)
        return [each for each in self._people.everybody(event) if roles.get(each.id) == "organiser"]

    def set_organiser(self, caller: Caller, event: str, name: str, *, is_organiser: bool) -> None:
        """Let somebody lead an event, or not any more.

        Raises:
            RefusedError: the caller may not, there is nobody of that name, or nobody would be left.
        """
        self.seen(caller, event, Level.INSTRUCTOR)
        person = self._leader(name)
        with self._turn:
            leading = {each.id for each in self.organisers(caller, event)}
            if is_organiser:
                self._people.groups.join(event, person.id, "organiser")
            elif leading == {person.id}:
                raise RefusedError(_("Nobody would lead this event. Name another organiser first."))
            elif person.id in leading:
                self._people.groups.leave(event, person.id)
        what = "role" if is_organiser else "leave"
        self._people.actions.add(caller.id, what, event, whom=(person.id,), detail="organiser" if is_organiser else "")

    def actions(self, caller: Caller, event: str, asked: Asked) -> list[Action]:
        """Return what was done in an event, the latest first."""
        self.seen(caller, event, Level.INSTRUCTOR)
        return self._people.actions.of(event, asked)

    def _leader(self, name: str) -> PersonRecord:
        person = self._people.by_name(name)
        if person is None or person.is_temporary:
            raise RefusedError(
                _("There is nobody called “{name}” here. People sign in once before they can lead an event.").format(
                    name=name[:80]
                )
            )
        return person

    def _seen(self, group: Group, details: EventDetails, role: Role | None, level: Level) -> EventSeen:
        return EventSeen(group, details, role, level, state_of(details, self._clock()))


CHANGEABLE = (
    "begins",
    "ends",
    "place",
    "welcome",
    "zone",
    "read_hours",
    "profile",
    "answers",
    "repositories",
    "changed",
    "team_servers",
    "sign_ins",
    "storage",
    "limits",
)
"""What a form of an event says; the rest is kept as it is."""


def state_of(details: EventDetails, now: datetime) -> str:
    """Return how far an event is: "before", "on", "read" (over, and still read) or "gone"."""
    if details.deleted is not None or details.goes <= now:
        return "gone"
    if is_event_over(details, now):
        return "read"
    return "on" if details.begins <= now else "before"


def _level(caller: Caller, role: Role | None) -> Level:
    if caller.is_admin or role == "organiser":
        return Level.INSTRUCTOR
    return Level.OUTSIDE if role is None else Level.MEMBER
