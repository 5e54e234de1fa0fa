"""Until when students hand in, and who has more time than the others."""

from datetime import datetime

from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.desk import Desk, Seen
from sardonyx_services.people.web.classes.seat import Caller, Level
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_spawner.language import _


class Deadlines:
    """The deadlines; who may is asked of the desk."""

    def __init__(self, desk: Desk, people: PeopleStore) -> None:
        self._desk, self._people = desk, people

    def extend(self, caller: Caller, class_id: str, name: str, until: datetime | None) -> None:
        """Let a student hand in longer than the others; None = as long as they.

        Raises:
            RefusedError: the caller may not, they are no student of the class, or nobody needs more time.
        """
        seen = self._desk.seen(caller, class_id, Level.STAFF)
        person = self._desk.person(name)
        if self._people.groups.role(class_id, person.id) != "student":
            raise RefusedError(_("{name} is no student of this class.").format(name=name))
        if seen.details.hand_in_until is None:
            raise RefusedError(_("Everybody hands in for as long as the class goes on: nobody needs more time."))
        if until is not None and until <= seen.details.hand_in_until:
            raise RefusedError(_("That is not longer than the others have."))
        self._people.classes.extend(class_id, person.id, until)
        self._people.actions.add(caller.id, "extend", class_id, whom=(person.id,))

    def of(self, caller: Caller, seen: Seen) -> datetime | None:
        """Return until when somebody hands in; None = always, or they hand in nothing."""
        until = seen.details.hand_in_until
        if until is None or seen.role != "student":
            return None
        return max(until, self._people.classes.extensions(seen.group.id).get(caller.id, until))

    def extensions(self, caller: Caller, class_id: str) -> dict[str, datetime]:
        """Return until when those hand in who have more time, by id."""
        self._desk.seen(caller, class_id, Level.STAFF)
        return self._people.classes.extensions(class_id)
