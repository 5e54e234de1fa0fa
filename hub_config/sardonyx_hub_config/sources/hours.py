"""For how long servers ran in this month, as the service of classes has counted it."""

from collections.abc import Callable
from datetime import UTC, datetime

from sardonyx_services.people.store import PeopleStore


class MonthHours:
    """The hours of this month, as the quotas ask for them.

    Args:
        clock: returns the moment that it is, with its time zone.
    """

    def __init__(
        self, people: Callable[[], PeopleStore], clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._people, self._clock = people, clock

    def of(self, kind: str, key: str) -> int:
        """Return the seconds of a person, by id, of a class or an event, by slug, or of the whole place."""
        first = self._clock().astimezone(UTC).date().replace(day=1)
        hours = self._people().hours
        if kind == "person":
            return hours.of_person(key, first)
        return hours.of_profile(key, first) if key else hours.of_all(first)
