"""The end of a class as its people meet it: what comes when, what becomes of its data, and ending it by hand."""

from collections.abc import Callable
from datetime import UTC, datetime

from sardonyx_services.people.class_details import AfterEnd
from sardonyx_services.people.class_end import are_copies_open
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.desk import Desk, Seen
from sardonyx_services.people.web.classes.seat import Caller, Level
from sardonyx_services.people.web.classes.timeline import Step, timeline
from sardonyx_services.people.web.errors import NotOpenError
from sardonyx_services.people.web.kept.export_words import say_behind
from sardonyx_spawner.language import _


class Endings:
    """The ends of classes; who may is asked of the desk.

    Args:
        clock: returns the moment that it is, with its time zone.
    """

    def __init__(
        self, desk: Desk, people: PeopleStore, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._desk, self._people, self._clock = desk, people, clock

    def steps(self, caller: Caller, class_id: str) -> tuple[Seen, tuple[Step, ...]]:
        """Return a class, and what comes when in it.

        Raises:
            RefusedError: there is none for the caller.
        """
        seen = self._desk.seen(caller, class_id, Level.MEMBER)
        return seen, timeline(seen, self._clock())

    def behind(self, seen: Seen) -> list[str]:
        """Say for staff who has not got a copy of what they made in a class, and why; [] = all have."""
        if not seen.is_staff or not any(seen.details.exports.values()):
            return []
        names = {each.id: each.name for each in self._people.everybody(seen.group.id)}
        return say_behind(seen.details, seen.group.ended, names, self._clock())

    def may_copy(self, seen: Seen) -> bool:
        """Tell whether it matters still if what was handed in is copied to the people of a class."""
        return are_copies_open(seen.group.ended, seen.details, self._clock())

    def copy_out(self, caller: Caller, class_id: str, *, exporting: bool) -> None:
        """Say whether what was handed in is copied to its people when a class has ended, also while that goes on.

        Raises:
            RefusedError: the caller may not.
            PeopleError: the data is gone, or goes just now.
        """
        seen = self._desk.seen(caller, class_id, Level.INSTRUCTOR)
        self._people.class_exports.decide(class_id, exporting=exporting)
        what = "copies-on" if exporting else "copies-off"
        self._people.actions.add(caller.id, what, class_id, detail=seen.group.title)

    def decide(self, caller: Caller, class_id: str, after_end: AfterEnd) -> None:
        """Say what becomes of the data of a class, which may have ended.

        Raises:
            RefusedError: the caller may not.
            PeopleError: the data is gone, or goes just now.
        """
        seen = self._desk.seen(caller, class_id, Level.INSTRUCTOR)
        self._people.class_removal.decide(class_id, after_end)
        self._people.actions.add(caller.id, f"data-{after_end}", class_id, detail=seen.group.title)

    def end(self, caller: Caller, class_id: str) -> None:
        """End a class: nobody reaches its data any more, and a day later it is deleted, if that is wanted.

        Raises:
            RefusedError: the caller may not.
        """
        seen = self._desk.seen(caller, class_id, Level.INSTRUCTOR)
        self._people.groups.end(class_id)
        self._people.actions.add(caller.id, "end", class_id, detail=seen.group.title)

    def leaving_with(self, caller: Caller, class_id: str) -> Seen:
        """Return a class of which somebody takes a copy of what is theirs to read.

        Raises:
            RefusedError: they are not in it, or nobody reaches its data any more.
        """
        seen = self._desk.seen(caller, class_id, Level.MEMBER)
        if seen.role is None or seen.group.ended is not None:
            raise NotOpenError(_("Only who is in a class copies what is in it, until it ends."))
        return seen
