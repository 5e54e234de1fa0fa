"""What a person and their servers ask of the keys service beside keys for a server."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request

from sardonyx_services.credentials.access import Access
from sardonyx_services.credentials.identity import Identity
from sardonyx_services.credentials.laptop import LaptopKeys
from sardonyx_services.credentials.links.sharing import Sharing
from sardonyx_services.credentials.wish import wish_of


def person_routes(
    identity: Identity,
    access: Access,
    laptop: LaptopKeys,
    token_of: Callable[[Request], str],
    sharing: Sharing | None = None,
) -> APIRouter:
    """Return the routes: two for servers, and the rest for the hub's page “Data”.

    Args:
        token_of: returns the token of a request, or refuses it.
        sharing: None = nobody shares files by links.
    """
    router = APIRouter()

    @router.get("/access")
    async def of_server(request: Request) -> dict[str, Any]:
        return await access.of_server(await identity.of(token_of(request)))

    @router.get("/access/server/{group}")
    async def of_server_of_group(request: Request, group: str) -> dict[str, Any]:
        return await access.of_server(await identity.of(token_of(request)), group)

    @router.get("/access/all")
    async def of_person(request: Request) -> dict[str, Any]:
        name = await identity.at_the_page(token_of(request))
        links = await sharing.of_person(name) if sharing is not None else []
        return {**await access.of_person(name), "links": links}

    async def make(request: Request, group: str) -> dict[str, str]:
        name = await identity.at_the_page(token_of(request))
        return (await laptop.make(name, wish_of(group, request.query_params.multi_items()))).to_json()

    @router.post("/laptop")
    async def of_laptop(request: Request) -> dict[str, str]:
        return await make(request, "")

    @router.post("/laptop/{group}")
    async def of_laptop_for_group(request: Request, group: str) -> dict[str, str]:
        return await make(request, group)

    return router
