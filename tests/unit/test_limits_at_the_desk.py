"""What instructors and organisers say of tools and time, over the pages and the API, and what is refused."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from support.people_service import ROOT, parts_in

from sardonyx_services.people.database import Place
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.service import create_app
from sardonyx_spawner.class_limits import NO_LIMITS, Limits
from sardonyx_spawner.profiles import Gives, Profile

TIA = {"Authorization": "token tia"}
HOUR = 3600
PYTHON = Profile("python", "Python", tools=("vscode", "mlflow"), gives=Gives(lifetime_s=8 * HOUR, idle_stop_s=HOUR))
LESS = {"tools": ["mlflow"], "lifetime": "4h", "idle_stop": "30m"}
TOO_LONG = "A server of “Python” runs for 8 hours at most. Write no more than that, or nothing."
TOO_IDLE = "A server of “Python” goes unused for 1 hour at most. Write no more than that, or nothing."
NOT_THERE = "“Python” has no tool “rstudio”. It has: vscode, mlflow."


def hub(request: httpx.Request) -> httpx.Response:
    """Answer as the hub does, which knows tia."""
    if request.url.path == "/api/sardonyx/servers":
        return httpx.Response(200, json={"servers": []})
    return httpx.Response(
        200, json={"kind": "user", "name": "tia", "groups": [], "scopes": ["access:services!service=people"]}
    )


@pytest.fixture
def people(people_place: Place) -> Iterator[PeopleStore]:
    """Tia, who makes classes and events, in both kinds of database."""
    store = PeopleStore(people_place)
    store.add_account("tia", "")
    store.set_instructor("tia", is_instructor=True)
    store.set_organiser("tia", is_organiser=True)
    yield store
    store.close()


@pytest.fixture
def profiles() -> list[Profile]:
    """What classes are made from; a test may take away of it, as an operator does."""
    return [PYTHON]


@pytest.fixture
async def service(
    people: PeopleStore, profiles: list[Profile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """The service, in which tia asks."""
    async with client_of(people, profiles, tmp_path, monkeypatch) as client:
        yield client


def client_of(
    people: PeopleStore, profiles: list[Profile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> httpx.AsyncClient:
    """Return somebody who asks the service."""
    parts = parts_in(tmp_path, people, httpx.MockTransport(hub), monkeypatch, profiles=tuple(profiles))
    app = httpx.ASGITransport(create_app(parts), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=app, base_url=f"http://place{ROOT}", headers=TIA)


def hackathon() -> dict[str, Any]:
    """Return an event that is on."""
    now = datetime.now(UTC)
    begins, ends = (now - timedelta(hours=1)).isoformat(), (now + timedelta(hours=1)).isoformat()
    return {"title": "Hackathon", "begins": begins, "ends": ends, "profile": "python"}


@pytest.mark.parametrize("kind", ["classes", "events"])
async def test_they_go_over_the_api_as_they_are(service: httpx.AsyncClient, kind: str) -> None:
    """Nothing said is all that the profile has."""
    wish = {"title": "x", "profile": "python"} if kind == "classes" else {**hackathon(), "accounts": 1}
    made = (await service.post(f"api/{kind}", json={**wish, **LESS})).json()
    usual = (await service.post(f"api/{kind}", json=wish)).json()

    assert {name: made[name] for name in LESS} == LESS
    assert {name: usual[name] for name in LESS} == {"tools": None, "lifetime": "", "idle_stop": ""}
    for wrong, said in (
        ({"tools": ["vscode", "rstudio"]}, NOT_THERE),
        ({"lifetime": "9h"}, TOO_LONG),
        ({"idle_stop": "61m"}, TOO_IDLE),
        ({"lifetime": "4"}, "“4” is no time for a server. Write it as in 4h, 90m or 2d."),
    ):
        refused = await service.post(f"api/{kind}", json={**wish, **wrong})
        assert (refused.status_code, refused.json()["message"]) == (400, said)
    for odd in ({"tools": "vscode"}, {"tools": [1]}, {"tools": ["x" * 41]}, {"lifetime": None}, {"lifetime": "9" * 21}):
        assert (await service.post(f"api/{kind}", json={**wish, **odd})).status_code == 422


async def test_what_is_not_said_of_a_class_stays(service: httpx.AsyncClient) -> None:
    """Each by itself."""
    made = (await service.post("api/classes", json={"title": "x", "profile": "python", **LESS})).json()["id"]

    async def changed(**changes: Any) -> list[Any]:
        answer = (await service.patch(f"api/classes/{made}", json=changes)).json()
        return [answer[name] for name in LESS]

    assert await changed(title="y") == [["mlflow"], "4h", "30m"]
    assert await changed(lifetime="") == [["mlflow"], "", "30m"]
    assert await changed(tools=[]) == [[], "", "30m"]
    assert await changed(tools=None, lifetime="1h", idle_stop="") == [None, "1h", ""]
    assert await changed(profile="") == [None, "", ""]


async def test_who_changes_something_else_keeps_what_the_operator_allowed_then(
    service: httpx.AsyncClient, people: PeopleStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not allowed any more is not had, and no reason to refuse a title."""
    made = (await service.post("api/classes", json={"title": "x", "profile": "python", **LESS})).json()["id"]
    lower = Profile("python", "Python", tools=("vscode",), gives=Gives(lifetime_s=HOUR))

    async with client_of(people, [lower], tmp_path, monkeypatch) as client:
        kept = (await client.patch(f"api/classes/{made}", json={"title": "y"})).json()
        refused = await client.patch(f"api/classes/{made}", json={"lifetime": "2h"})

    only = Profile("python", "Python", tools=("mlflow",))
    async with client_of(people, [only], tmp_path, monkeypatch) as client:
        page = (await client.get(f"classes/{made}/settings")).text

    # All are ticked, and the class is still one that names its tools.
    assert (ticked(page), 'name="python.tools" value="="' in page) == (["MLflow"], True)
    assert {name: kept[name] for name in LESS} == LESS
    assert refused.json()["message"] == TOO_LONG.replace("8 hours", "1 hour")


@pytest.mark.parametrize("kind", ["class", "event"])
async def test_the_form_asks_says_how_far_it_goes_and_loses_nothing(
    service: httpx.AsyncClient, people: PeopleStore, kind: str
) -> None:
    """New, where something was wrong, and of what there is."""
    path = "new" if kind == "class" else "events/new"
    new = (await service.get(path)).text
    assert ticked(new) == ["VS Code", "MLflow"]
    assert "One of “Python” runs for 8 hours at most." in new
    assert "One of “Python” goes unused for 1 hour at most." in new
    days = [("begins", "2100-01-01T09:00"), ("ends", "2100-01-02T09:00"), ("read_hours", "24"), ("accounts", "1")]
    usual = [("title", "x"), ("profile", "python"), ("kept_days", "30"), ("_xsrf", xsrf_of(new))]
    usual += days if kind == "event" else []
    less = [("python.tools", ""), ("python.tools", "mlflow"), ("changed", "0")]

    again = await post(service, path, [*usual, *less, ("lifetime", "9h")])
    assert (again.status_code, TOO_LONG in again.text, ticked(again.text)) == (400, True, ["MLflow"])
    assert 'value="9h"' in again.text
    made = await post(service, path, [*usual, *less, ("lifetime", "4h"), ("idle_stop", "30m")])
    assert made.status_code == 303, made.text
    group = re.search(r"(?:classes|events)/(\w+)", made.headers["location"])
    assert group is not None
    stored = people.classes if kind == "class" else people.events
    assert stored.details(group[1]).limits == Limits(("mlflow",), "4h", "30m")

    page = f"{'classes' if kind == 'class' else 'events'}/{group[1]}/settings"
    settings = (await service.get(page)).text
    assert ticked(settings) == ["MLflow"]
    assert 'value="4h"' in settings
    assert 'value="30m"' in settings
    every = [
        ("python.tools", ""),
        ("python.tools", "vscode"),
        ("python.tools", "mlflow"),
        ("changed", changed(settings)),
    ]
    assert (await post(service, page, [*usual, *every])).status_code == 303
    assert stored.details(group[1]).limits == NO_LIMITS


def ticked(page: str) -> list[str]:
    """Return the tools that are ticked on a page."""
    found = re.findall(r'name="python\.tools" value="\w+"( checked)?><span class="form-check-label">([^<]+)', page)
    return [title for is_ticked, title in found if is_ticked]


def xsrf_of(page: str) -> str:
    """Return what a form has to send."""
    found = re.search(r'name="_xsrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def changed(page: str) -> str:
    """Return how often something was changed."""
    found = re.search(r'name="changed" value="(\d+)"', page)
    assert found is not None
    return found[1]


async def post(service: httpx.AsyncClient, path: str, fields: list[tuple[str, str]]) -> httpx.Response:
    """Send a form, as a browser does."""
    content = urlencode(fields)
    return await service.post(path, content=content, headers={"Content-Type": "application/x-www-form-urlencoded"})
