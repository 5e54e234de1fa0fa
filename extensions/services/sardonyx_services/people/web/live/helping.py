"""Help for one person: being let into their server, which they decide, and a file of the material put back as it was."""

from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.hub import Hub
from sardonyx_services.people.web.live.live import Row
from sardonyx_services.people.web.live.rooms import Kind, Room
from sardonyx_services.people.web.live.servers import GroupServers
from sardonyx_spawner.errors import quote
from sardonyx_spawner.language import N_, _, speaking

LONGEST = 500
NO_SERVER: dict[Kind, str] = {
    "class": N_("{name} has no server of this class that runs now."),
    "event": N_("{name} has no server of this event that runs now."),
}
LETS_NOBODY_IN: dict[Kind, str] = {
    "class": N_("The servers of this class let nobody in: their profile is not for working together. Ask for that."),
    "event": N_(
        "The servers of this event let nobody in: their profile is not for working together. Choose another one in its settings."
    ),
}
ELSEWHERE: dict[Kind, str] = {
    "class": N_("No repository of this class is in the folder {folder}. They are in: {folders}."),
    "event": N_("No repository of this event is in the folder {folder}. They are in: {folders}."),
}


class Helping:
    """Helps; who may is asked of the servers.

    Args:
        language: of who has chosen none.
    """

    def __init__(self, servers: GroupServers, people: PeopleStore, hub: Hub, language: str) -> None:
        self._servers, self._people, self._hub = servers, people, hub
        self._language = language

    async def one(self, caller: Caller, group: str, name: str) -> tuple[Room, Row]:
        """Return a class or an event, and what somebody in it does now.

        Raises:
            RefusedError: the caller may not look, or they have no server that runs.
            AwayError: the hub does not answer.
        """
        room = await self._servers.room(caller, group)
        rows, _run = await self._servers.live(caller, group)
        row = next((row for row in rows if row.name == name), None)
        if row is None or row.state != "running":
            raise RefusedError(_(NO_SERVER[self._servers.kind]).format(name=name[:80]))
        return room, row

    async def ask(self, caller: Caller, group: str, name: str) -> str:
        """Ask somebody to let the caller into their server; return why they could not be asked, "" = JupyterLab asks them.

        Raises:
            RefusedError: the caller may not, nothing of theirs runs, or the profile is not for that.
            AwayError: the hub does not answer.
        """
        if not caller.name:
            raise RefusedError(_("They let in somebody with a browser. Ask on the page of the class or event."))
        room, row = await self.one(caller, group, name)
        if not room.lets_in:
            raise RefusedError(_(LETS_NOBODY_IN[self._servers.kind]))
        known = await run_in_threadpool(self._people.languages.of, name)
        with speaking(known or self._language):
            text = _("I would like to come into your server, to help you.")
        word = {"said_by": caller.shown_name, "text": text, "asker": caller.name}
        return await self._say(caller, group, row, "help", word)

    async def put_back(self, caller: Caller, group: str, name: str, path: str, folder: str = "") -> str:
        """Put a file of the material back as it was brought; what they wrote stays beside it. Return why not.

        Args:
            folder: of the repository that has it; "" = the first one that does.

        Raises:
            RefusedError: the caller may not, nothing of theirs runs, or no file or another folder is named.
            AwayError: the hub does not answer.
        """
        room, row = await self.one(caller, group, name)
        path = path.strip()
        if not path or len(path) > LONGEST:
            raise RefusedError(_("Say which file, as its path below the folder of the material: week-1/task.ipynb."))
        if folder and folder not in room.folders:
            text = _(ELSEWHERE[self._servers.kind])
            raise RefusedError(text.format(folder=quote(folder), folders=", ".join(room.folders)))
        word = {"said_by": caller.shown_name, "put_back": path, "folder": folder}
        return await self._say(caller, group, row, "put-back", word)

    async def _say(self, caller: Caller, group: str, row: Row, what: str, word: dict[str, str]) -> str:
        why = await self._hub.say(row.name, self._servers.profile(group), word, row.server)
        if not why:
            detail = "/".join(filter(None, (word.get("folder", ""), word.get("put_back", ""))))
            await run_in_threadpool(self._people.actions.add, caller.id, what, group, whom=(row.id,), detail=detail)
        return why
