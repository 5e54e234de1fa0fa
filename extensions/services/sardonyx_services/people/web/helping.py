"""Help for one student: being let into their server, which they decide, and a file of the material put back as it was."""

from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classroom import Classroom
from sardonyx_services.people.web.desk import Desk, Seen
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.hub import Hub
from sardonyx_services.people.web.live import Row
from sardonyx_services.people.web.seat import Caller, Level
from sardonyx_spawner.language import _, speaking

LONGEST = 500


class Helping:
    """Helps; who may is asked of the desk.

    Args:
        language: of who has chosen none.
    """

    def __init__(self, desk: Desk, classroom: Classroom, people: PeopleStore, hub: Hub, language: str) -> None:
        self._desk, self._classroom, self._people, self._hub = desk, classroom, people, hub
        self._language = language

    async def one(self, caller: Caller, class_id: str, name: str) -> tuple[Seen, Row]:
        """Return a class, and what somebody in it does now.

        Raises:
            RefusedError: the caller may not look, or they have no server that runs.
            AwayError: the hub does not answer.
        """
        seen = await run_in_threadpool(self._desk.seen, caller, class_id, Level.STAFF)
        rows, _run = await self._classroom.live(caller, class_id)
        row = next((row for row in rows if row.name == name), None)
        if row is None or row.state != "running":
            raise RefusedError(_("{name} has no server of this class that runs now.").format(name=name[:80]))
        return seen, row

    async def ask(self, caller: Caller, class_id: str, name: str) -> str:
        """Ask a student to let the caller into their server; return why they could not be asked, "" = JupyterLab asks them.

        Raises:
            RefusedError: the caller may not, nothing of theirs runs, or the profile of the class is not for that.
            AwayError: the hub does not answer.
        """
        seen, row = await self.one(caller, class_id, name)
        if not self._desk.is_for_working_together(seen):
            raise RefusedError(
                _("The servers of this class let nobody in: their profile is not for working together. Ask for that.")
            )
        known = await run_in_threadpool(self._people.languages.of, name)
        with speaking(known or self._language):
            text = _("I would like to come into your server, to help you.")
        word = {"said_by": caller.full_name or caller.name, "text": text, "asker": caller.name}
        return await self._say(caller, class_id, row, "help", word)

    async def put_back(self, caller: Caller, class_id: str, name: str, path: str) -> str:
        """Put a file of the material back as it was brought; what the student wrote stays beside it. Return why not.

        Raises:
            RefusedError: the caller may not, nothing of theirs runs, or no file is named.
            AwayError: the hub does not answer.
        """
        _seen, row = await self.one(caller, class_id, name)
        path = path.strip()
        if not path or len(path) > LONGEST:
            raise RefusedError(_("Say which file, as its path below the folder of the material: week-1/task.ipynb."))
        word = {"said_by": caller.full_name or caller.name, "put_back": path}
        return await self._say(caller, class_id, row, "put-back", word)

    async def _say(self, caller: Caller, class_id: str, row: Row, what: str, word: dict[str, str]) -> str:
        why = await self._hub.say(row.name, f"class-{class_id}", word)
        if not why:
            detail = word.get("put_back", "")
            await run_in_threadpool(self._people.actions.add, caller.id, what, class_id, whom=(row.id,), detail=detail)
        return why
