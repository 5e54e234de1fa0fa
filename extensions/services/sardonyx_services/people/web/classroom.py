"""The servers of a class: what they do, and starting and stopping them."""

from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.groups import STAFF
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.desk import Desk, Member
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.hub import Hub
from sardonyx_services.people.web.live import Row, Watch, rows_of
from sardonyx_services.people.web.runs import Run, Runs
from sardonyx_services.people.web.seat import Caller, Level
from sardonyx_spawner.language import _

LONGEST = 1000
"""Of what is said to everybody; so much a server takes."""
SHOWN = 200
"""Of it, in the list of what was done."""


class Classroom:
    """What is done with servers; who may is asked of the desk.

    Args:
        address: of the pages of this service, as people open it, with a slash at its end.
    """

    def __init__(self, desk: Desk, people: PeopleStore, hub: Hub, address: str) -> None:
        self._desk, self._people, self._address = desk, people, address
        self._watch, self._runs = Watch(hub.servers), Runs(hub)

    def join_address(self, code: str) -> str:
        """Return the link of a code."""
        return f"{self._address}join/{code}"

    async def live(self, caller: Caller, class_id: str) -> tuple[list[Row], Run]:
        """Return what everybody in a class does now, and how far the last go through it is.

        Raises:
            RefusedError: the caller may not look.
            AwayError: the hub does not answer.
        """
        members = await run_in_threadpool(self._desk.members, caller, class_id)
        return await self._rows(class_id, members), self._runs.of(class_id)

    async def start(self, caller: Caller, class_id: str, names: Sequence[str] | None) -> Run:
        """Start the servers of people who are not here, in the background.

        Args:
            names: whose; None = those of all students and guests.

        Raises:
            RefusedError: the caller may not, the class has no servers or is over, or the last go is not through.
            AwayError: the hub does not answer.
        """
        seen = await run_in_threadpool(self._desk.seen, caller, class_id, Level.STAFF)
        if seen.is_over:
            raise RefusedError(_("This class is over: its servers are not started any more."))
        if not seen.details.profile:
            raise RefusedError(_("This class has no servers of its own yet. Choose what they are in its settings."))
        members = await run_in_threadpool(self._desk.members, caller, class_id)
        rows = await self._rows(class_id, members)
        here = {row.name for row in rows if row.state in {"running", "starting", "elsewhere"}}
        wanted = [each for each in _wanted(members, names) if each.person.name not in here]
        return await self._note(caller, class_id, "start", wanted)

    async def start_ahead(self, class_id: str) -> list[str]:
        """Start the servers of all students and guests who are not here, before a lesson; return their ids.

        Raises:
            RefusedError: the last go is not through.
            AwayError: the hub does not answer.
        """
        members = await run_in_threadpool(self._desk.everybody_in, class_id)
        rows = await self._rows(class_id, members)
        here = {row.name for row in rows if row.state in {"running", "starting", "elsewhere"}}
        wanted = [each.person for each in _wanted(members, None) if each.person.name not in here]
        self._runs.start(class_id, [person.name for person in wanted])
        return [person.id for person in wanted]

    async def stop(self, caller: Caller, class_id: str, names: Sequence[str] | None) -> Run:
        """Stop the servers of a class that run, in the background; other servers of its people go on.

        Args:
            names: whose; None = those of all students and guests.

        Raises:
            RefusedError: the caller may not, or the last go is not through.
            AwayError: the hub does not answer.
        """
        members = await run_in_threadpool(self._desk.members, caller, class_id)
        rows = await self._rows(class_id, members)
        here = {row.name for row in rows if row.state in {"running", "starting"}}
        wanted = [each for each in _wanted(members, names) if each.person.name in here]
        return await self._note(caller, class_id, "stop", wanted)

    async def say(self, caller: Caller, class_id: str, text: str) -> Run:
        """Say something to everybody whose server of the class runs: JupyterLab shows it; in the background.

        Raises:
            RefusedError: the caller may not, it is empty or too long, or the last go is not through.
            AwayError: the hub does not answer.
        """
        await run_in_threadpool(self._desk.seen, caller, class_id, Level.STAFF)
        text = " ".join(text.split())
        if not text or len(text) > LONGEST:
            raise RefusedError(_("Write what you want to say, in 1000 characters at most."))
        return await self.speak(caller, class_id, "message", {"text": text}, text)

    async def bring(self, caller: Caller, class_id: str) -> Run:
        """Bring new material to everybody whose server of the class runs, around what they changed; in the background.

        Raises:
            RefusedError: the caller may not, the class has no material, or the last go is not through.
            AwayError: the hub does not answer.
        """
        seen = await run_in_threadpool(self._desk.seen, caller, class_id, Level.STAFF)
        if not self._desk.has_material(seen):
            raise RefusedError(_("This class has no material. Name a repository in its settings."))
        return await self.speak(caller, class_id, "material", {}, "")

    async def close(self) -> None:
        """End what goes on."""
        await self._runs.close()

    async def be_free(self, caller: Caller, class_id: str) -> None:
        """Make sure that something can be done with the servers of a class now.

        Raises:
            RefusedError: the caller may not, or the last go is not through.
        """
        await run_in_threadpool(self._desk.seen, caller, class_id, Level.STAFF)
        self._runs.be_free(class_id)

    async def speak(self, caller: Caller, class_id: str, what: str, word: dict[str, str], detail: str) -> Run:
        """Say a word to all servers of a class that run, in the background, and write down what was done.

        Raises:
            RefusedError: the caller may not, or the last go is not through.
            AwayError: the hub does not answer.
        """
        members = await run_in_threadpool(self._desk.members, caller, class_id)
        here = [row.name for row in await self._rows(class_id, members) if row.state == "running"]
        run = self._runs.say(class_id, here, {"said_by": caller.full_name or caller.name, **word})
        await run_in_threadpool(self._people.actions.add, caller.id, what, class_id, detail=detail[:SHOWN])
        return run

    async def _rows(self, class_id: str, members: Sequence[Member]) -> list[Row]:
        run, servers = self._runs.of(class_id), await self._watch.servers()
        unsaid, refused = (run.refused, {}) if run.is_word else ({}, run.refused)
        return rows_of(members, servers, f"class-{class_id}", refused, unsaid)

    async def _note(self, caller: Caller, class_id: str, what: str, members: Sequence[Member]) -> Run:
        people = [member.person.name for member in members]

        async def is_there(name: str) -> bool:
            return any(
                (each.name, each.server, each.profile) == (name, "", f"class-{class_id}")
                for each in await self._watch.servers()
            )

        run = self._runs.start(class_id, people) if what == "start" else self._runs.stop(class_id, people, is_there)
        whom = [member.person.id for member in members]
        if whom:
            await run_in_threadpool(self._people.actions.add, caller.id, what, class_id, whom=whom)
        return run


def _wanted(members: Sequence[Member], names: Sequence[str] | None) -> list[Member]:
    """Return those whose servers are meant; None = students and guests.

    Raises:
        RefusedError: somebody is not in the class.
    """
    if names is None:
        return [member for member in members if member.role not in STAFF]
    missing = sorted(set(names) - {member.person.name for member in members})
    if missing:
        raise RefusedError(_("{name} is not in this class. Nothing was done.").format(name=missing[0][:80]))
    return [member for member in members if member.person.name in names]
