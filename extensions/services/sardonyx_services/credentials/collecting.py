"""Keys with which the service of classes collects, for somebody of the staff, what was handed in."""

import hmac
import json
import secrets
from collections.abc import Callable

from fastapi import APIRouter, Request

from sardonyx_services.credentials.audit import COLLECT
from sardonyx_services.credentials.broker import AUDIENCE, Broker
from sardonyx_services.credentials.errors import BadRequestError, NotAllowedError, UnavailableError
from sardonyx_services.credentials.identity import Caller
from sardonyx_services.credentials.sts import Keys
from sardonyx_services.credentials.wish import SHORTEST_S, Wish
from sardonyx_services.people.groups import STAFF, group_name
from sardonyx_spawner.language import _

LARGEST = 8192


class Collecting:
    """Makes them: they read what was handed in in one class, and nothing else."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    async def keys(self, name: str, class_id: str) -> Keys:
        """Return new keys for somebody of the staff of a class.

        Raises:
            CredentialsError: they are not of the staff, or there are none now.
        """
        caller = Caller(name, COLLECT, f"{COLLECT}-{secrets.token_hex(6)}", frozenset({AUDIENCE}))
        person = self._broker.person(caller)
        wish = Wish(f"class-{class_id}", True, f"class/{class_id}/hand-in/", SHORTEST_S)  # noqa: FBT003 - only to read
        roles = {group_name(membership): membership.role for membership in person.memberships}
        if roles.get(wish.group) not in STAFF:
            raise NotAllowedError(_("Only the instructors and assistants of a class read what is handed in."))
        if self._broker.refusal:
            raise UnavailableError(self._broker.refusal)
        return await self._broker.issue(caller, self._broker.session(person, caller, wish))


def collecting_routes(collecting: Collecting, own_token: str, token_of: Callable[[Request], str]) -> APIRouter:
    """Return the one route, which is for the service of classes alone.

    Args:
        own_token: that service's.
        token_of: returns the token of a request, or refuses it.
    """
    router = APIRouter()

    @router.post("/collect")
    async def collect(request: Request) -> dict[str, str]:
        if not hmac.compare_digest(token_of(request).encode(), own_token.encode()):
            raise NotAllowedError(_("Only the service of classes asks here."))
        body = await request.body()
        try:
            told = json.loads(body[:LARGEST])
            name, class_id = str(told["name"]), str(told["class"])
        except (ValueError, KeyError, TypeError) as error:
            raise BadRequestError(_('Say who and where, as JSON, with "name" and "class".')) from error
        return (await collecting.keys(name, class_id)).to_json()

    return router
