"""How much is in the data store of what may be, for pages: said from memory, and nobody waits for the store."""

import re
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request

from sardonyx_services.credentials.configuration import StoredLimits
from sardonyx_services.credentials.inventory import Inventory
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


def inventory_routes(
    inventory: Inventory, limits: StoredLimits, own_token: str, token_of: Callable[[Request], str]
) -> APIRouter:
    """Return the route that says how much is in every place, for the service of classes alone.

    Args:
        limits: that places have.
        own_token: that service's.
        token_of: returns the token of a request, or refuses it.
    """
    router = APIRouter()
    asked = told_by(own_token, token_of)

    @router.post("/inventory")
    async def everything(request: Request) -> dict[str, Any]:
        await asked(request)
        places = {
            place: {"bytes": counted.size, "limit": limits.of(place), "at": counted.at.isoformat(timespec="seconds")}
            for place, counted in inventory.seen().items()
            if WHOLE.fullmatch(place)
        }
        return {"is_whole": inventory.is_whole, "places": places}

    return router
