"""Going through the servers of a class: a few at a time, and none that is not of the class."""

import asyncio
import json

import httpx

from sardonyx_services.people.web.hub import Hub, Server
from sardonyx_services.people.web.live.runs import MOST_AT_ONCE, Runs
from sardonyx_spawner.ends import stopped_by


async def test_who_runs_something_else_by_now_keeps_it() -> None:
    """A class of hundreds takes minutes to stop, in which somebody may have gone on with work of their own."""
    stopped = []

    def hub(request: httpx.Request) -> httpx.Response:
        stopped.append(f"{request.method} {request.url.path}")
        assert json.loads(request.content)["why"]["en"] == "tia has stopped it."
        return httpx.Response(204)

    async def is_there(name: str) -> bool:
        return name == "amina"

    runs = Runs(Hub("http://hub/api", "token", httpx.AsyncClient(transport=httpx.MockTransport(hub))))
    run = runs.stop("7mw2kfqd", ["amina", "bob"], stopped_by("tia"), is_there)
    for _turn in range(1000):
        if run.goes_on:
            await asyncio.sleep(0.01)

    assert stopped == ["DELETE /api/users/amina/server"]
    assert run.done == 2


async def test_all_servers_are_stopped_but_what_is_another_one_by_now() -> None:
    """Also one that has a name of its own."""
    stopped = []

    def hub(request: httpx.Request) -> httpx.Response:
        stopped.append(f"{request.method} {request.url.path}")
        assert json.loads(request.content)["why"]["en"] == "tia has stopped it."
        return httpx.Response(204)

    async def is_there(server: Server) -> bool:
        return server.name != "bob"

    named = (("amina", ""), ("amina", "thesis"), ("bob", ""))
    servers = [Server(*name, "running", "class-7mw2kfqd", None, None, None, None, {}) for name in named]
    runs = Runs(Hub("http://hub/api", "token", httpx.AsyncClient(transport=httpx.MockTransport(hub))))
    run = runs.stop_all("class-7mw2kfqd", servers, stopped_by("tia"), is_there)
    for _turn in range(1000):
        if run.goes_on:
            await asyncio.sleep(0.01)

    assert sorted(stopped) == ["DELETE /api/users/amina/server", "DELETE /api/users/amina/servers/thesis"]
    assert run.done == 3


async def test_the_hub_is_asked_for_so_many_at_once_by_all_classes_together() -> None:
    """Whoever stops a hundred classes keeps nobody else's calls from being answered."""
    now, most = 0, 0

    async def hub(_request: httpx.Request) -> httpx.Response:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1
        return httpx.Response(204)

    async def is_there(_name: str) -> bool:
        return True

    runs = Runs(Hub("http://hub/api", "token", httpx.AsyncClient(transport=httpx.MockTransport(hub))))
    names = [f"student-{number}" for number in range(10)]
    begun = [runs.stop(f"class-{number}", names, stopped_by("tia"), is_there) for number in range(10)]
    for _turn in range(1000):
        if any(run.goes_on for run in begun):
            await asyncio.sleep(0.01)

    assert most == MOST_AT_ONCE
    assert all(run.done == 10 for run in begun)
