"""What the first page says of classes and events that end in the next days."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sardonyx_services.page_words import timed
from sardonyx_services.people.ending_soon import is_event_over, say_ending, say_event_ending
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.groups import Membership
from sardonyx_services.people.records import PersonRecord
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.dates import say_local


@dataclass(frozen=True)
class EndingShown:
    """A class or an event that ends, and how that is said.

    Args:
        path: of its page, from the first one of classes and events on.
    """

    path: str
    said: str


class Endings:
    """What templates call.

    Args:
        clock: returns the moment that it is, with its time zone.
        archives_have_homes: what is in homes can still be had after an event; else only while servers start.
    """

    def __init__(
        self,
        people: Callable[[], PeopleStore],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        archives_have_homes: bool = True,
    ) -> None:
        self._people, self._clock, self._archives_have_homes = people, clock, archives_have_homes

    def of(self, name: str) -> tuple[EndingShown, ...]:
        """Return the classes and events of a person of which something ends in the next days, the oldest class first."""
        try:
            record = self._people().by_name(name)
            found = self._memberships(record)
            return tuple(each for each in (*self._classes(found), *self._events(found)) if each.said)
        except PeopleError:
            # The people are away, which the page is not to be for.
            return ()

    def over(self, name: str) -> str:
        """Return the path of the event of somebody whose account is of it alone, if it is over: they start nothing more; else ""."""
        now = self._clock()
        events = self._events_alone(name).items()
        return next((f"events/{event}" for event, details in events if is_event_over(details, now)), "")

    def files_until(self, name: str) -> datetime | None:
        """Return until when somebody has the files in their home whose account is of an event alone; None = they stay."""
        return next(map(self._have_files_until, self._events_alone(name).values()), None)

    def say_files_until(self, name: str) -> str:
        """Say the same by the clocks of the event, with the marks of a page; "" = they stay."""
        today = self._clock().date()
        for details in self._events_alone(name).values():
            until = self._have_files_until(details)
            return timed(until, say_local(until, details.zone, today))
        return ""

    def _have_files_until(self, details: EventDetails) -> datetime:
        return details.goes if self._archives_have_homes else details.ends

    def _events_alone(self, name: str) -> dict[str, EventDetails]:
        """Return the event that somebody's account is of alone, by id; {} = it is another account, or the people are away."""
        try:
            record = self._people().by_name(name)
            if record is None or not record.is_temporary:
                return {}
            return self._people().events.of_many(list(_titles(self._memberships(record), "event")))
        except PeopleError:
            return {}

    def _memberships(self, record: PersonRecord | None) -> list[Membership]:
        """Return in what somebody is, but for events that they organise: they know when these end."""
        found = self._people().groups.of(record.id) if record is not None else ()
        return [each for each in found if each.role != "organiser"]

    def _classes(self, memberships: Sequence[Membership]) -> Iterator[EndingShown]:
        titles, now = _titles(memberships, "class"), self._clock()
        details = self._people().classes.of_many(list(titles))
        for group, title in titles.items():
            yield EndingShown(f"classes/{group}", say_ending(title, details[group], now))

    def _events(self, memberships: Sequence[Membership]) -> Iterator[EndingShown]:
        titles, now = _titles(memberships, "event"), self._clock()
        details = self._people().events.of_many(list(titles))
        for group, title in titles.items():
            yield EndingShown(f"events/{group}", say_event_ending(title, details[group], now))


def _titles(memberships: Sequence[Membership], kind: str) -> dict[str, str]:
    return {each.group: each.title for each in memberships if each.kind == kind}
