"""The address at which the hub tells of servers that have stopped: what they were given is for nobody any more."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from sardonyx_services.credentials.errors import BadRequestError, NotAllowedError
from sardonyx_spawner.language import _


@dataclass(frozen=True)
class Ends:
    """Who hears of a server's end.

    Args:
        own_token: this service's own token in the hub, which the hub has, too.
        heard: called with the owner's name and the server's.
    """

    own_token: str
    heard: Sequence[Callable[[str, str], None]]


def end_routes(ends: Ends, token_of: Callable[[Request], str]) -> APIRouter:
    """Return the route; `token_of` is how this service reads a caller's token."""
    router = APIRouter()

    @router.post("/ended")
    async def ended(request: Request) -> Response:
        if not hmac.compare_digest(token_of(request).encode(), ends.own_token.encode()):
            raise NotAllowedError(_("Only the hub tells which servers have stopped."))
        name, server = await _server_in(request)
        for hears in ends.heard:
            hears(name, server)
        return Response(status_code=204)

    return router


async def _server_in(request: Request) -> tuple[str, str]:
    try:
        found = await request.json()
        name, server = found["name"], found["server"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadRequestError(_("Say which server: {example}").format(example='{"name": …, "server": …}')) from error
    return str(name), str(server)
