"""How much is in the data store of what may be, for pages: said from memory, and nobody waits for the store."""

import re
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request

from sardonyx_services.credentials.own_service import told_by
from sardonyx_services.credentials.stored import StoredAmounts

WHOLE = re.compile(r"(home|class|team|event)/[a-z0-9]{8,64}/")


def stored_routes(stored: StoredAmounts, own_token: str, token_of: Callable[[Request], str]) -> APIRouter:
    """Return the route, which is for the hub and for the service of classes alone.

    Args:
        own_token: theirs.
        token_of: returns the token of a request, or refuses it.
    """
    router = APIRouter()
    asked = told_by(own_token, token_of)

    @router.post("/stored")
    async def how_much(request: Request) -> dict[str, dict[str, Any]]:
        (whole,) = await asked(request, "of")
        if not whole:
            return {name: {"bytes": amount.size, "limit": amount.limit} for name, amount in stored.all().items()}
        found = stored.asked(whole) if WHOLE.fullmatch(whole) else None
        return {whole: {"bytes": found[0], "limit": found[1]}} if found is not None else {}

    return router
