"""The addresses at which links are made, looked up and taken back; none of them is for browsers."""

import hmac
import json
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from sardonyx_services.credentials.errors import BadRequestError, NotAllowedError
from sardonyx_services.credentials.identity import Identity
from sardonyx_services.credentials.links.sharing import Sharing
from sardonyx_spawner.language import _

LARGEST = 8192


def link_routes(sharing: Sharing, identity: Identity, own_token: str, token_of: Callable[[Request], str]) -> APIRouter:
    """Return the routes: one for servers, two for the service that opens links, one for the page “Data”.

    Args:
        own_token: that of the service which opens them.
        token_of: returns the token of a request, or refuses it.
    """
    router = APIRouter(prefix="/links")

    @router.post("")
    async def make(request: Request) -> dict[str, str]:
        caller = await identity.of(token_of(request))
        told = await _told(request)
        return await sharing.make(caller, told.get("key"), told.get("seconds"))

    @router.post("/open")
    async def look(request: Request) -> dict[str, Any]:
        return await sharing.open(await _link(request))

    @router.post("/opened")
    async def opened(request: Request) -> Response:
        await sharing.opened(await _link(request))
        return Response(status_code=204)

    @router.post("/end")
    async def end(request: Request, mark: str = "") -> dict[str, str]:
        await sharing.take_back(await identity.at_the_page(token_of(request)), mark)
        return {"status": "ended"}

    async def _link(request: Request) -> str:
        if not hmac.compare_digest(token_of(request).encode(), own_token.encode()):
            raise NotAllowedError(_("Only the service that opens links asks here."))
        # In the body: addresses end up in logs.
        return str((await _told(request)).get("link", ""))

    return router


async def _told(request: Request) -> dict[str, Any]:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise BadRequestError(_("This is more than anybody has to say here."))
    try:
        found = json.loads(body)
    except ValueError as error:
        raise BadRequestError(_('Say what, as JSON, with "key" and "seconds".')) from error
    return found if isinstance(found, dict) else {}
