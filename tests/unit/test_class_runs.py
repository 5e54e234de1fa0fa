"""Going through the servers of a class: a few at a time, and none that is not of the class."""

import asyncio
import json

import httpx
import pytest

from sardonyx_services.people.web.hub import Hub, Server
from sardonyx_services.people.web.live.runs import MOST_AT_ONCE, Run, Runs
from sardonyx_services.people.web.live.words import LiveWords
from sardonyx_spawner.ends import stopped_by


def of_class(name: str, server: str = "") -> Server:
    """Return somebody's server of the class."""
    return Server(name, server, "running", "class-7mw2kfqd", None, None, None, None, {})


async def through(*runs: Run) -> None:
    """Wait until these are through."""
    for _turn in range(1000):
        if any(run.goes_on for run in runs):
            await asyncio.sleep(0.01)


async def test_who_runs_something_else_by_now_keeps_it() -> None:
    """A class of hundreds takes minutes to stop, in which somebody may have gone on with work of their own; also in one with a name."""
    stopped = []

    def hub(request: httpx.Request) -> httpx.Response:
        stopped.append(f"{request.method} {request.url.path}")
        assert json.loads(request.content)["why"]["en"] == "tia has stopped it."
        return httpx.Response(204)

    async def is_there(name: str, server: str) -> bool:
        return name == "amina" and server != "other"

    servers = [of_class("amina"), of_class("amina", "thesis"), of_class("amina", "other"), of_class("bob")]
    runs = Runs(Hub("http://hub/api", "token", httpx.AsyncClient(transport=httpx.MockTransport(hub))))
    run = runs.stop("class-7mw2kfqd", servers, stopped_by("tia"), is_there)
    await through(run)

    assert sorted(stopped) == ["DELETE /api/users/amina/server", "DELETE /api/users/amina/servers/thesis"]
    assert run.done == 4


async def test_servers_of_one_person_are_told_one_after_the_other() -> None:
    """They may have one home, in which git does not go well with another git; who could not be told is known by name."""
    now: set[str] = set()
    told = []

    async def hub(request: httpx.Request) -> httpx.Response:
        who, asked = request.url.path.split("/")[-2], json.loads(request.content)
        assert who not in now
        now.add(who)
        await asyncio.sleep(0.01)
        now.remove(who)
        told.append((who, asked["server"], asked["profile"]))
        return httpx.Response(200, json={"problem": "A merge." if asked["server"] else ""})

    servers = [of_class("amina"), of_class("amina", "thesis"), of_class("bob")]
    runs = Runs(Hub("http://hub/api", "token", httpx.AsyncClient(transport=httpx.MockTransport(hub))))
    run = runs.say("class-7mw2kfqd", servers, {"said_by": "tia"})
    await through(run)

    assert sorted(told) == sorted((each.name, each.server, each.profile) for each in servers)
    assert (run.done, run.refused) == (3, {"amina": "A merge."})


async def test_a_page_says_how_many_a_word_has_reached_also_when_it_is_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a while: the page of the next day says nothing of it."""

    def hub(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"problem": "A merge." if "/bob/" in request.url.path else ""})

    runs = Runs(Hub("http://hub/api", "token", httpx.AsyncClient(transport=httpx.MockTransport(hub))))
    servers = [of_class("amina"), of_class("bob"), of_class("bob", "thesis")]
    run = runs.say("class-7mw2kfqd", servers, {"said_by": "tia"})
    assert LiveWords().run(run) == "0 of 3 servers have it."
    await asyncio.gather(*runs._tasks)

    assert LiveWords().run(run) == "1 of 3 servers have it."
    monkeypatch.setattr("sardonyx_services.people.web.live.runs.SAID_FOR_S", 0.0)
    assert LiveWords().run(run) == ""


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

    async def is_there(_name: str, _server: str) -> bool:
        return True

    runs = Runs(Hub("http://hub/api", "token", httpx.AsyncClient(transport=httpx.MockTransport(hub))))
    servers = [of_class(f"student-{number}") for number in range(10)]
    begun = [runs.stop(f"class-{number}", servers, stopped_by("tia"), is_there) for number in range(10)]
    await through(*begun)

    assert most == MOST_AT_ONCE
    assert all(run.done == 10 for run in begun)
