"""Going through the servers of a class: a few at a time, and none that is not of the class."""

import asyncio

import httpx

from sardonyx_services.people.web.hub import Hub
from sardonyx_services.people.web.live.runs import Runs


async def test_who_runs_something_else_by_now_keeps_it() -> None:
    """A class of hundreds takes minutes to stop, in which somebody may have gone on with work of their own."""
    stopped = []

    def hub(request: httpx.Request) -> httpx.Response:
        stopped.append(f"{request.method} {request.url.path}")
        return httpx.Response(204)

    async def is_there(name: str) -> bool:
        return name == "amina"

    runs = Runs(Hub("http://hub/api", "token", httpx.AsyncClient(transport=httpx.MockTransport(hub))))
    run = runs.stop("7mw2kfqd", ["amina", "bob"], is_there)
    for _turn in range(1000):
        if run.goes_on:
            await asyncio.sleep(0.01)

    assert stopped == ["DELETE /api/users/amina/server"]
    assert run.done == 2
