"""The servers of a class or an event: what they do, starting and stopping them, and what is said to them."""

from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.groups import group_name_of
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.hub import Hub, Server
from sardonyx_services.people.web.live.live import HERE, Row, Watch, first_of_teams, rows_of
from sardonyx_services.people.web.live.rooms import Kind, Room, Rooms
from sardonyx_services.people.web.live.runs import Run, Runs
from sardonyx_services.people.web.members import LEADING, Member
from sardonyx_spawner.ends import stopped_by
from sardonyx_spawner.language import N_, _

LONGEST = 1000
"""Of what is said to everybody; so much a server takes."""
SHOWN = 200
"""Of it, in the list of what was done."""
NOT_IN_IT: dict[Kind, str] = {
    "class": N_("{name} is not in this class. Nothing was done."),
    "event": N_("{name} is not in this event. Nothing was done."),
}
NO_MATERIAL: dict[Kind, str] = {
    "class": N_("This class has no material. Name a repository in its settings."),
    "event": N_("This event has no material. Name a repository in its settings."),
}


class GroupServers:
    """What is done with servers; who may is asked of the rooms."""

    def __init__(self, rooms: Rooms, people: PeopleStore, hub: Hub) -> None:
        self._rooms, self._people = rooms, people
        self._watch, self._runs = Watch(hub.servers), Runs(hub)

    @property
    def kind(self) -> Kind:
        """Of what the servers are."""
        return self._rooms.kind

    def profile(self, group: str) -> str:
        """Return the slug of what the servers of a class or an event are."""
        return group_name_of(self.kind, group)

    async def room(self, caller: Caller, group: str) -> Room:
        """Return a class or an event, for who leads it.

        Raises:
            RefusedError: the caller does not.
        """
        return await run_in_threadpool(self._rooms.room, caller, group)

    async def live(self, caller: Caller, group: str) -> tuple[list[Row], Run]:
        """Return what everybody does now, and how far the last go through them is.

        Raises:
            RefusedError: the caller may not look.
            AwayError: the hub does not answer.
        """
        members = await run_in_threadpool(self._rooms.members, caller, group)
        return await self._rows(group, members), self._runs.of(self.profile(group))

    async def start(self, caller: Caller, group: str, names: Sequence[str] | None) -> Run:
        """Start the servers of people who are not here, in the background.

        Args:
            names: whose; None = those of all but who leads it, and one for each team that works in one.

        Raises:
            RefusedError: the caller may not, there are no servers or not now, or the last go is not through.
            AwayError: the hub does not answer.
        """
        room = await self.room(caller, group)
        if room.why_not:
            raise RefusedError(room.why_not)
        members = await run_in_threadpool(self._rooms.members, caller, group)
        wanted = await self._absent(group, members, names)
        if names is None and room.in_teams:
            wanted = first_of_teams(wanted, await self._watch.servers())
        run = self._runs.start(self.profile(group), [member.person.name for member in wanted])
        whom = [member.person.id for member in wanted]
        if whom:
            await run_in_threadpool(self._people.actions.add, caller.id, "start", group, whom=whom)
        return run

    async def stop(self, caller: Caller, group: str, names: Sequence[str] | None) -> Run:
        """Stop the servers that run, whatever their names are, in the background; what else these people run goes on.

        Args:
            names: whose; None = those of all but who leads it.

        Raises:
            RefusedError: the caller may not, or the last go is not through.
            AwayError: the hub does not answer.
        """
        members = await run_in_threadpool(self._rooms.members, caller, group)
        wanted = {member.person.name for member in self._wanted(members, names)}
        return await self._stop(
            caller, group, [each for each in await self._on(group, is_new=True) if each.name in wanted]
        )

    async def stop_all(self, caller: Caller, group: str) -> Run:
        """Stop all that runs of it, in the background: also of who leads it, and of who is in it no more.

        Raises:
            RefusedError: the caller may not, or the last go is not through.
            AwayError: the hub does not answer.
        """
        await self.room(caller, group)
        return await self._stop(caller, group, await self._on(group, is_new=True))

    async def say(self, caller: Caller, group: str, text: str) -> Run:
        """Say something to everybody whose server runs: JupyterLab shows it; in the background.

        Raises:
            RefusedError: the caller may not, it is empty or too long, or the last go is not through.
            AwayError: the hub does not answer.
        """
        await self.room(caller, group)
        text = " ".join(text.split())
        if not text or len(text) > LONGEST:
            raise RefusedError(_("Write what you want to say, in 1000 characters at most."))
        return await self.speak(caller, group, "message", {"text": text}, text)

    async def bring(self, caller: Caller, group: str) -> Run:
        """Bring new material to everybody whose server runs, around what they changed; in the background.

        Raises:
            RefusedError: the caller may not, there is no material, or the last go is not through.
            AwayError: the hub does not answer.
        """
        if not (await self.room(caller, group)).has_material:
            raise RefusedError(_(NO_MATERIAL[self.kind]))
        return await self.speak(caller, group, "material", {}, "")

    async def close(self) -> None:
        """End what goes on."""
        await self._runs.close()

    async def be_free(self, caller: Caller, group: str) -> None:
        """Make sure that something can be done with the servers now.

        Raises:
            RefusedError: the caller may not, or the last go is not through.
        """
        await self.room(caller, group)
        self._runs.be_free(self.profile(group))

    async def speak(self, caller: Caller, group: str, what: str, word: dict[str, str], detail: str) -> Run:
        """Say a word to all servers that run, in the background, and write down what was done.

        Raises:
            RefusedError: the caller may not, or the last go is not through.
            AwayError: the hub does not answer.
        """
        members = {each.person.name for each in await run_in_threadpool(self._rooms.members, caller, group)}
        here = [each for each in await self._on(group) if each.state == "running" and each.name in members]
        run = self._runs.say(self.profile(group), here, {"said_by": caller.shown_name, **word})
        await run_in_threadpool(self._people.actions.add, caller.id, what, group, detail=detail[:SHOWN])
        return run

    async def _rows(self, group: str, members: Sequence[Member]) -> list[Row]:
        run, servers = self._runs.of(self.profile(group)), await self._watch.servers()
        unsaid, refused = (run.refused, {}) if run.is_word else ({}, run.refused)
        return rows_of(members, servers, self.profile(group), refused, unsaid)

    async def _on(self, group: str, *, is_new: bool = False) -> list[Server]:
        """Return all servers of it that run or start."""
        profile = self.profile(group)
        return [each for each in await self._watch.servers(is_new=is_new) if each.profile == profile and each.is_on]

    async def _stop(self, caller: Caller, group: str, servers: Sequence[Server]) -> Run:
        async def is_there(name: str, server: str) -> bool:
            return any((each.name, each.server) == (name, server) for each in await self._on(group))

        run = self._runs.stop(self.profile(group), servers, stopped_by(caller.shown_name), is_there)
        ids = await run_in_threadpool(self._people.names.ids, {each.name for each in servers})
        if ids:
            await run_in_threadpool(self._people.actions.add, caller.id, "stop", group, whom=list(ids.values()))
        return run

    async def _absent(self, group: str, members: Sequence[Member], names: Sequence[str] | None) -> list[Member]:
        """Return those of `_wanted` who have no server."""
        here = {row.name for row in await self._rows(group, members) if row.state in HERE}
        return [each for each in self._wanted(members, names) if each.person.name not in here]

    def _wanted(self, members: Sequence[Member], names: Sequence[str] | None) -> list[Member]:
        """Return those whose servers are meant; None = all but who leads it.

        Raises:
            RefusedError: somebody is not in it.
        """
        if names is None:
            return [member for member in members if member.role not in LEADING]
        missing = sorted(set(names) - {member.person.name for member in members})
        if missing:
            raise RefusedError(_(NOT_IN_IT[self.kind]).format(name=missing[0][:80]))
        return [member for member in members if member.person.name in names]
