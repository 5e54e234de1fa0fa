"""Keys with which the service of classes reads or copies for somebody, or hands out a file for who leads a class or an event."""

import asyncio
import secrets
from collections.abc import Callable
from typing import cast

from fastapi import APIRouter, Request

from sardonyx_services.credentials.audit import COLLECT, EXPORT, HAND_OUT, KEEP, TEAM_COPY
from sardonyx_services.credentials.broker import AUDIENCE, Broker
from sardonyx_services.credentials.errors import NotAllowedError, UnavailableError
from sardonyx_services.credentials.identity import Caller
from sardonyx_services.credentials.own_service import told_by
from sardonyx_services.credentials.revocation import Person
from sardonyx_services.credentials.sts import Keys
from sardonyx_services.credentials.wish import SHORTEST_S, Wish
from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.groups import STAFF, Kind, Membership, Role, group_name
from sardonyx_spawner.language import _

LEADING: tuple[Role, ...] = (*STAFF, "organiser")
"""Who hands out files; only a class has something that is handed in."""
OPERATOR_ID = "operator"
"""Of whoever types commands, in the store and in the audit log; people have random ones, of more letters."""


Leaving = Callable[[str, str], Membership | None]


def _nobody(_group: str, _person: str) -> None:
    """Know of nobody who gets something of a class that has ended."""


class Collecting:
    """Makes them: each for one place, with the rights of who asks.

    Args:
        leaving: (id of a class that has ended, id of somebody) -> what they were in it, if something of it is copied for them.
    """

    def __init__(self, broker: Broker, leaving: Leaving = _nobody) -> None:
        self._broker, self._leaving = broker, leaving

    async def keys(self, name: str, class_id: str) -> Keys:
        """Return new keys with which somebody of the staff of a class reads what was handed in.

        Raises:
            CredentialsError: they are not of the staff, or there are none now.
        """
        refused = _("Only the instructors and assistants of a class read what is handed in.")
        wish = Wish(f"class-{class_id}", True, f"class/{class_id}/hand-in/", SHORTEST_S)  # noqa: FBT003 - only to read
        return await self._of_staff(name, COLLECT, wish, refused)

    async def hand_out_keys(self, name: str, group: str) -> Keys:
        """Return new keys with which somebody who leads a class or an event hands out files to it.

        Args:
            group: name of the class or the event.

        Raises:
            CredentialsError: they do not lead it, or there are none now.
        """
        kind, _hyphen, identifier = group.partition("-")
        refused = _("Only those who lead a class or an event hand out files to it.")
        wish = Wish(group, False, f"{kind}/{identifier}/shared/handed-out/", SHORTEST_S)  # noqa: FBT003 - to write
        return await self._of_staff(name, HAND_OUT, wish, refused)

    async def _of_staff(self, name: str, what: str, wish: Wish, refused: str) -> Keys:
        caller = _for(name, what)
        person = _operator(wish.group) if name == OPERATOR else self._broker.person(caller)
        roles = {group_name(membership): membership.role for membership in person.memberships}
        if roles.get(wish.group) not in LEADING:
            raise NotAllowedError(refused)
        return await self._issue(caller, person, wish)

    async def copy_keys(self, name: str, group: str) -> Keys:
        """Return new keys with which somebody copies what is theirs, and writes nothing.

        Args:
            group: name of their team or class; "" = none.

        Raises:
            CredentialsError: it is not their team or class, or there are no keys now.
        """
        caller = _for(name, COLLECT)
        wish = Wish(group, read_only=True, lifetime_s=SHORTEST_S)
        return await self._issue(caller, self._broker.person(caller), wish)

    async def team_copy_keys(self, name: str, group: str) -> Keys:
        """Return new keys with which what a team shares is copied for whoever has its link: they read that and nothing else.

        Args:
            name: of somebody in it.
            group: name of the team.

        Raises:
            CredentialsError: they are not in it, or there are no keys now.
        """
        caller, (kind, _hyphen, team) = _for(name, TEAM_COPY), group.partition("-")
        wish = Wish(group, read_only=True, prefix=f"{kind}/{team}/", lifetime_s=SHORTEST_S)
        return await self._issue(caller, self._broker.person(caller), wish)

    async def keep_keys(self, name: str, group: str) -> Keys:
        """Return new keys with which somebody copies what they may read of a class or team into a folder of their own data.

        Args:
            group: name of their team or class.

        Raises:
            CredentialsError: it is not their team or class, their own data does not last, or there are no keys now.
        """
        caller = _for(name, KEEP)
        person = self._broker.person(caller)
        if person.is_temporary:
            raise NotAllowedError(_("Your account ends with its event, and your data here with it. Take the archive."))
        return await self._issue(caller, person, Wish(group, lifetime_s=SHORTEST_S, keeps=True))

    async def export_keys(self, name: str, group: str) -> Keys:
        """Return new keys with which the service of classes copies, after the end of a class, what somebody made in it.

        They are as those for keeping; the store would refuse these, since nobody reaches a class that has ended.

        Args:
            group: name of the class.

        Raises:
            CredentialsError: nothing of it is copied for them, their place is full, or there are no keys now.
        """
        caller = _for(name, EXPORT)
        known = self._broker.person(caller)
        left = await asyncio.to_thread(self._leaving, group.removeprefix("class-"), known.id)
        if left is None:
            raise NotAllowedError(_("Nothing of that class is copied for them now."))
        person = Person(known.id, memberships=(left,))
        return await self._issue(caller, person, Wish(group, lifetime_s=SHORTEST_S, keeps=True), EXPORT)

    async def _issue(self, caller: Caller, person: Person, wish: Wish, service: str = AUDIENCE) -> Keys:
        if self._broker.refusal:
            raise UnavailableError(self._broker.refusal)
        session = self._broker.session(person, caller, wish)
        if any(place.is_full for place in session.places):
            raise NotAllowedError(
                _("The place in the data store for it is full. Delete something there, and try again in a few minutes.")
            )
        return await self._broker.issue(caller, session, service)


def _operator(group: str) -> Person:
    """Return whoever types commands on the machine itself, as one of those who lead a class or an event."""
    kind, _hyphen, identifier = group.partition("-")
    role: Role = "instructor" if kind == "class" else "organiser"
    return Person(OPERATOR_ID, memberships=(Membership(cast("Kind", kind), identifier, role, title=""),))


def _for(name: str, what: str) -> Caller:
    # No server has such a run, so each is a session of its own.
    return Caller(name, what, f"{what}-{secrets.token_hex(6)}", frozenset({AUDIENCE}))


def collecting_routes(collecting: Collecting, own_token: str, token_of: Callable[[Request], str]) -> APIRouter:
    """Return the routes, which are for the service of classes alone.

    Args:
        own_token: that service's.
        token_of: returns the token of a request, or refuses it.
    """
    router = APIRouter()
    asked = told_by(own_token, token_of)

    @router.post("/collect")
    async def collect(request: Request) -> dict[str, str]:
        name, class_id = await asked(request, "name", "class")
        return (await collecting.keys(name, class_id)).to_json()

    @router.post("/hand-out")
    async def hand_out(request: Request) -> dict[str, str]:
        name, group = await asked(request, "name", "group")
        return (await collecting.hand_out_keys(name, group)).to_json()

    @router.post("/copy")
    async def copy(request: Request) -> dict[str, str]:
        name, group = await asked(request, "name", "group")
        return (await collecting.copy_keys(name, group)).to_json()

    @router.post("/team-copy")
    async def team_copy(request: Request) -> dict[str, str]:
        name, group = await asked(request, "name", "group")
        return (await collecting.team_copy_keys(name, group)).to_json()

    @router.post("/keep")
    async def keep(request: Request) -> dict[str, str]:
        name, group = await asked(request, "name", "group")
        return (await collecting.keep_keys(name, group)).to_json()

    @router.post("/export")
    async def export(request: Request) -> dict[str, str]:
        name, group = await asked(request, "name", "group")
        return (await collecting.export_keys(name, group)).to_json()

    return router
