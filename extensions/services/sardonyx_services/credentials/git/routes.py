"""The addresses at which git in a server asks for a token."""

from collections.abc import Callable

from fastapi import APIRouter, Request

from sardonyx_services.credentials.git.access import GitAccess
from sardonyx_services.credentials.identity import Identity

LARGEST = 8192


def git_routes(access: GitAccess, identity: Identity, token_of: Callable[[Request], str]) -> APIRouter:
    """Return the routes; `token_of` is how this service reads a caller's token."""
    router = APIRouter()

    @router.get("/git")
    async def token(request: Request, address: str = "") -> dict[str, str]:
        found = await access.secret(await identity.of(token_of(request)), address)
        return {"username": found.username, "password": found.token}

    @router.post("/git/refused")
    async def refused(request: Request, address: str = "") -> dict[str, str]:
        caller = await identity.of(token_of(request))
        # In the body: addresses end up in logs.
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LARGEST:
                break
        await access.refused(caller, address, body.decode(errors="replace"))
        return {"status": "noted"}

    return router
