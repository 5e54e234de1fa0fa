"""The servers of classes: beside what is done with those of events, they are started before a lesson."""

from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.desk import Desk
from sardonyx_services.people.web.hub import Hub
from sardonyx_services.people.web.live.rooms import ClassRooms
from sardonyx_services.people.web.live.servers import GroupServers


class Classroom(GroupServers):
    """What is done with them; who may is asked of the desk.

    Args:
        address: of the pages of this service, as people open it, with a slash at its end.
    """

    def __init__(self, desk: Desk, people: PeopleStore, hub: Hub, address: str) -> None:
        super().__init__(ClassRooms(desk), people, hub)
        self._desk, self._address = desk, address

    def join_address(self, code: str) -> str:
        """Return the link of a code."""
        return f"{self._address}join/{code}"

    def page_address(self, class_id: str, page: str = "") -> str:
        """Return the address of a page of a class, as somebody sends it to somebody else."""
        return f"{self._address}classes/{class_id}{page}"

    async def start_ahead(self, class_id: str) -> list[str]:
        """Start the servers of all students and guests who are not here, before a lesson; return their ids.

        Raises:
            RefusedError: the last go is not through.
            AwayError: the hub does not answer.
        """
        members = await run_in_threadpool(self._desk.everybody_in, class_id)
        wanted = [each.person for each in await self._absent(class_id, members, None)]
        self._runs.start(self.profile(class_id), [person.name for person in wanted])
        return [person.id for person in wanted]
