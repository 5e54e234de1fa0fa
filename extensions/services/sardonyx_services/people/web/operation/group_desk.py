"""What administrators do to many classes or events at once: what could not be done to one keeps no other from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import get_args

from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.events import EventChangedError
from sardonyx_services.people.leading import LEADERS
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.desk import Desk, Seen
from sardonyx_services.people.web.classes.seat import Caller, need_administrator
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.events.desk import EventDesk, EventSeen
from sardonyx_services.people.web.events.words import EventWords
from sardonyx_services.people.web.live.rooms import Kind
from sardonyx_services.people.web.live.servers import LONGEST, GroupServers
from sardonyx_services.people.web.operation.group_list import Act, GroupSeen
from sardonyx_services.people.web.operation.group_look import GroupLook
from sardonyx_services.people.web.operation.moved_end import NOWHERE, Move, moved_class, moved_event
from sardonyx_spawner.dates import say_date
from sardonyx_spawner.language import N_, SaidError, _, ngettext

ENDED: dict[Kind, str] = {
    "class": N_("There is no such class, or it has ended."),
    "event": N_("There is no such event, or it has ended."),
}


@dataclass(frozen=True)
class Chosen:
    """A class or an event that is meant.

    Args:
        changed: how often it was changed when it was read; None = whatever it is now.
    """

    id: str
    changed: int | None = None

    @classmethod
    def of(cls, key: str) -> "Chosen":
        """Return what a form says; see `GroupSeen.key`."""
        group, _dot, changed = key.partition(".")
        return cls(group, int(changed) if changed.isascii() and changed.isdecimal() and len(changed) < 9 else None)  # noqa: PLR2004 - what nobody changes so often


@dataclass(frozen=True)
class Deed:
    """What is to be done.

    Args:
        name: who leads them then, by the name with which they sign in.
        move: where their end is moved.
        text: what is said to everybody who is there.
    """

    do: Act
    name: str = ""
    move: Move = NOWHERE
    text: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one of them.

    Args:
        text: what was done, or why it was not.
    """

    id: str
    title: str
    is_done: bool
    text: str


class GroupDesk:
    """Does it, one after the other, by what their own desks do; only for administrators.

    Args:
        servers: those of classes, and those of events.
        clock: returns the moment that it is, with its time zone.
    """

    def __init__(
        self,
        people: PeopleStore,
        look: GroupLook,
        desks: tuple[Desk, EventDesk],
        servers: tuple[GroupServers, GroupServers],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._people, self._look, self._clock = people, look, clock
        self._desk, self._events = desks
        self._servers = {each.kind: each for each in servers}

    async def chosen(self, caller: Caller, kind: Kind, chosen: Sequence[Chosen]) -> list[GroupSeen]:
        """Return what is meant, as it is now.

        Raises:
            RefusedError: the caller is no administrator, or one is not known, or there are none.
            AwayError: the hub does not answer.
        """
        return await self._look.those(caller, kind, [each.id for each in chosen])

    async def act(self, caller: Caller, kind: Kind, deed: Deed, chosen: Sequence[Chosen]) -> list[Outcome]:
        """Do something to many; return what became of each.

        Raises:
            RefusedError: the caller is no administrator, one is not known, or it cannot be done at all: then nothing is.
            AwayError: the hub does not answer.
        """
        groups = await self.chosen(caller, kind, chosen)
        await run_in_threadpool(self._check, caller, deed)
        as_read, outcomes = {each.id: each.changed for each in chosen}, []
        for group in groups:
            changed = as_read[group.id]
            try:
                said = await self._do(caller, deed, group, group.changed if changed is None else changed)
                outcomes.append(Outcome(group.id, group.title, is_done=True, text=said))
            except SaidError as error:
                outcomes.append(Outcome(group.id, group.title, is_done=False, text=error.message))
        return outcomes

    def _check(self, caller: Caller, deed: Deed) -> None:
        need_administrator(caller)
        if deed.do not in get_args(Act):
            raise RefusedError(_("Choose what is to be done. Nothing was changed."))
        if deed.do == "leader":
            person = self._people.by_name(deed.name)
            if person is None or person.is_temporary:
                said = _(
                    "There is nobody called “{name}” here who could lead them. People sign in once before they can."
                    " Nothing was changed."
                )
                raise RefusedError(said.format(name=deed.name[:80]))
        if deed.do == "move":
            deed.move.check()
        if deed.do == "say" and not 0 < len(" ".join(deed.text.split())) <= LONGEST:
            raise RefusedError(_("Write what you want to say, in 1000 characters at most."))

    async def _do(self, caller: Caller, deed: Deed, group: GroupSeen, changed: int) -> str:
        seen = group.seen
        servers = self._servers["class" if isinstance(seen, Seen) else "event"]
        if deed.do == "stop":
            run = await servers.stop_all(caller, group.id)
            said = ngettext("{count} server is stopped now.", "{count} servers are stopped now.", run.total)
            return said.format(count=run.total) if run.total else _("None of its servers runs.")
        if deed.do == "say":
            run = await servers.say(caller, group.id, deed.text)
            said = ngettext("It is said in {count} server now.", "It is said in {count} servers now.", run.total)
            return said.format(count=run.total) if run.total else _("None of its servers runs.")
        if deed.do == "leader":
            return await run_in_threadpool(self._lead, caller, seen, deed.name)
        if deed.do == "move":
            return await run_in_threadpool(self._move, caller, seen, deed.move, changed)
        return await run_in_threadpool(self._end, caller, seen, changed)

    def _lead(self, caller: Caller, seen: Seen | EventSeen, name: str) -> str:
        kind: Kind = "class" if isinstance(seen, Seen) else "event"
        if seen.group.ended is not None:
            raise RefusedError(_(ENDED[kind]))
        person = self._people.by_name(name)
        if person is not None and self._people.groups.role(seen.group.id, person.id) == LEADERS[kind]:
            return _("{name} leads it already.").format(name=name)
        if kind == "class":
            self._desk.set_role(caller, seen.group.id, name, "instructor")
        else:
            self._events.set_organiser(caller, seen.group.id, name, is_organiser=True)
        return _("{name} leads it now.").format(name=name)

    def _move(self, caller: Caller, seen: Seen | EventSeen, move: Move, changed: int) -> str:
        now, group = self._clock(), seen.group.id
        if isinstance(seen, Seen):
            course = moved_class(replace(seen.details, changed=changed), move, now)
            self._people.classes.change(group, course)
            day = say_date(course.last_day, now.date()) if course.last_day is not None else ""
            said, detail = _("Its last day is {day} now.").format(day=day), str(course.last_day)
        else:
            before = replace(seen.details, changed=changed)
            if before.closed is not None:
                raise RefusedError(_(ENDED["event"]))
            event = moved_event(before, move, now, self._events.rules.longest_days)
            self._people.events.change(group, event)
            said = _("It ends on {moment} now.").format(moment=EventWords().moment(event.ends, event.zone))
            detail = f"{event.ends:%Y-%m-%d %H:%M} UTC"
        self._people.actions.add(caller.id, "move", group, detail=detail)
        return said

    def _end(self, caller: Caller, seen: Seen | EventSeen, changed: int) -> str:
        group, title = seen.group.id, seen.group.title
        if isinstance(seen, Seen):
            self._people.classes.end(group, changed)
        else:
            if seen.details.changed != changed:
                raise EventChangedError
            if not self._people.events.close(group, self._clock(), early=True, changed=changed):
                raise RefusedError(_(ENDED["event"]))
        self._people.actions.add(caller.id, "end" if isinstance(seen, Seen) else "event-end", group, detail=title)
        return _("It has ended.")
