"""What pages of the hub call whoever reads them."""

from collections.abc import Callable

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.store import PeopleStore


class Called:
    """What templates call."""

    def __init__(self, people: Callable[[], PeopleStore]) -> None:
        self._people = people

    def of(self, name: str) -> str:
        """Return what somebody wants to be called whose account is of an event; of others, the name with which they sign in."""
        try:
            record = self._people().by_name(name)
        except PeopleError:
            # The people are away, which the page is not to be for.
            return name
        return record.full_name or name if record is not None and record.is_temporary else name
