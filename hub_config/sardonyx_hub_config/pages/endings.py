"""What the first page says of classes that end in the next days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sardonyx_services.people.classes import ClassDetails
from sardonyx_services.people.ending_soon import say_ending
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.store import PeopleStore


@dataclass(frozen=True)
class EndingShown:
    """A class that ends, and how that is said.

    Args:
        group: its id.
    """

    group: str
    said: str


class EndingClasses:
    """What templates call.

    Args:
        clock: returns the moment that it is, with its time zone.
    """

    def __init__(
        self, people: Callable[[], PeopleStore], clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._people, self._clock = people, clock

    def of(self, name: str) -> tuple[EndingShown, ...]:
        """Return the classes of a person of which something ends in the next days, the oldest first."""
        now = self._clock()
        try:
            titles, details = self._classes(name)
        except PeopleError:
            # The people are away, which the page is not to be for.
            return ()
        found = ((group, say_ending(title, details[group], now)) for group, title in titles.items())
        return tuple(EndingShown(group, said) for group, said in found if said)

    def _classes(self, name: str) -> tuple[dict[str, str], dict[str, ClassDetails]]:
        people = self._people()
        record = people.by_name(name)
        memberships = people.groups.of(record.id) if record is not None else ()
        titles = {each.group: each.title for each in memberships if each.kind == "class"}
        return titles, people.classes.of_many(list(titles))
