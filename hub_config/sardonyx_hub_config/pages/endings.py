"""What the first page says of classes and events that end in the next days."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sardonyx_services.people.ending_soon import is_event_over, say_ending, say_event_ending
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.groups import Membership
from sardonyx_services.people.records import PersonRecord
from sardonyx_services.people.store import PeopleStore


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
    """

    def __init__(
        self, people: Callable[[], PeopleStore], clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._people, self._clock = people, clock

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
        try:
            record = self._people().by_name(name)
            if record is None or not record.is_temporary:
                return ""
            events = self._people().events.of_many(list(_titles(self._memberships(record), "event")))
        except PeopleError:
            return ""
        return next((f"events/{event}" for event, details in events.items() if is_event_over(details, now)), "")

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
