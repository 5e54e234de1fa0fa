"""The pages of all classes and all events, as a browser without a script has them, and the same over the API."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from support.people_service import OPERATOR_TOKEN, ROOT, parts_in

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.database import Place
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.service import create_app

TIA = {"Authorization": "token tia"}
COMMANDS = {"Authorization": f"token {OPERATOR_TOKEN}"}
TODAY = datetime.now(UTC).date()


def hub(request: httpx.Request) -> httpx.Response:
    """Answer as the hub does, where nothing runs, and as the keys service, where nothing is stored."""
    if request.url.path == "/stored":
        return httpx.Response(200, json={})
    if request.url.path == "/api/sardonyx/servers":
        return httpx.Response(200, json={"servers": []})
    if request.url.path == "/api/oauth2/token":
        return httpx.Response(200, json={"access_token": "tia"})
    scopes = ["access:services!service=people"]
    return httpx.Response(200, json={"kind": "user", "name": "tia", "groups": [], "scopes": scopes})


@pytest.fixture
def people(people_place: Place) -> Iterator[PeopleStore]:
    """An administrator and somebody else, in both kinds of database."""
    store = PeopleStore(people_place)
    store.add_account("tia", "", is_admin=True)
    store.add_account("bob", "")
    yield store
    store.close()


@pytest.fixture
async def service(people: PeopleStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """A browser or program that asks the service."""
    app = create_app(parts_in(tmp_path, people, httpx.MockTransport(hub), monkeypatch))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://place{ROOT}", headers=TIA) as client:
        yield client


@pytest.fixture
def courses(people: PeopleStore) -> dict[str, str]:
    """The ids of a class that bob leads, and of one that nobody does and whose profile is gone."""
    led, alone = (people.groups.add("class", title) for title in ("Statistics", "Left <alone>"))
    people.classes.change(led, ClassDetails(profile="python", last_day=TODAY + timedelta(days=3)))
    people.classes.change(alone, ClassDetails(profile="r"))
    people.groups.join(led, people.names.ids(["bob"])["bob"], "instructor")
    return {"led": led, "alone": alone}


def text_of(answer: httpx.Response) -> str:
    """Return what somebody reads on a page."""
    main = re.sub(r"(?s)^.*<main|</main>.*$", "", answer.text)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def fields(answer: httpx.Response) -> dict[str, list[str]]:
    """Return the hidden fields of a page."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.text):
        found.setdefault(name, []).append(unescape(value))
    return found


async def test_a_filter_is_an_address(service: httpx.AsyncClient, courses: dict[str, str]) -> None:
    """That can be sent to a colleague; each row says in words what is wrong, and each filter how many it has."""
    page = await service.get("operation/classes?show=wrong&text=alone")

    said = text_of(page)
    assert "Nobody leads it. Its profile “r” is not there any more, so none of its servers starts." in said
    assert "Statistics" not in said
    assert "With a problem 1" in said
    assert "That go on 1" in said
    assert "Over 0 End soon 0" in said
    assert "Store nearly full" not in said
    assert "Left &lt;alone&gt;" in page.text
    assert 'href="/services/people/operation/classes?show=leader&amp;text=alone"' in page.text
    soon = text_of(await service.get("operation/classes?show=soon&days=2"))
    assert "There is none like that." in soon
    assert "Its last day is" in text_of(await service.get("operation/classes?show=soon"))
    assert courses["led"] in (await service.get("operation/classes?text=BOB")).text


@pytest.mark.parametrize(
    ("query", "kept"),
    [("show=wrong&text=caf%C3%A9+x", "?show=wrong&text=caf%C3%A9+x"), ("", ""), (f"text={'x' * 3000}", "")],
    ids=["a filter", "none", "more than a cookie takes"],
)
async def test_whoever_has_to_sign_in_first_comes_to_what_was_looked_for(
    service: httpx.AsyncClient, query: str, kept: str
) -> None:
    """An address that was sent is the same for a colleague who has not been here yet today."""
    begun = await service.get(f"operation/classes?{query}", headers={"Authorization": ""})
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]

    back = await service.get(f"oauth_callback?state={state}&code=c", headers={"Authorization": ""})

    assert back.headers["location"] == f"{ROOT}operation/classes{kept}"


async def test_the_page_of_the_whole_place_leads_to_what_is_wrong(
    service: httpx.AsyncClient, courses: dict[str, str]
) -> None:
    """With how many there are of it."""
    page = await service.get("operation")

    assert courses["alone"] in page.text
    assert '/operation/classes?show=leader">Led by nobody <span class="sx-num">1</span>' in page.text
    assert "Profile gone or changed 1" in text_of(page)
    assert "Servers with a problem" not in text_of(page)


async def test_it_is_asked_first_how_many_and_which_are_meant(
    service: httpx.AsyncClient, people: PeopleStore, courses: dict[str, str]
) -> None:
    """Then it is done, to each as it was ticked, and said of each what became of it."""
    ticked = {"group": [f"{courses['led']}.1", f"{courses['alone']}.1"], "show": "wrong", "text": "a"}
    asked = await service.post("operation/classes", data={**ticked, "do": "end"})
    assert "End these now?" in text_of(asked)
    assert "2 classes:" in text_of(asked)
    assert "Statistics" in text_of(asked)
    assert people.groups.get("class", courses["led"]).ended is None
    people.classes.change(courses["alone"], ClassDetails(changed=1))
    late = await service.post("operation/classes", data={**ticked, "do": "end"})
    assert "Changed since you ticked it." in text_of(late)
    sure = fields(late)
    assert sure["sure"] == ["yes"]
    assert (sure["show"], sure["text"], sure["group"]) == (["wrong"], ["a"], ticked["group"])

    done = await service.post("operation/classes", data=sure)

    assert done.status_code == 400
    assert "Done, but not with all of them" in text_of(done)
    assert "Left <alone> : Somebody else has changed this class meanwhile" in text_of(done)
    assert "Statistics : It has ended." in text_of(done)
    assert 'href="/services/people/operation/classes?show=wrong&amp;text=a"' in done.text
    assert people.groups.get("class", courses["led"]).ended is not None
    assert people.groups.get("class", courses["alone"]).ended is None


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"do": "leader", "leader": "nobody"}, "There is nobody called “nobody” here who could lead them."),
        ({"do": "move"}, "Say by how many days, or to which day. Nothing was changed."),
        ({"do": "move", "by_days": "soon"}, "“soon” is no number of days."),
        ({"do": "move", "to_day": "2026-02-30"}, "“2026-02-30” is no day. Write it as 2026-09-07."),
        ({"do": "say", "said": " "}, "Write what you want to say, in 1000 characters at most."),
    ],
)
async def test_what_was_typed_wrong_is_said_beside_it(
    service: httpx.AsyncClient, courses: dict[str, str], said: dict[str, str], fault: str
) -> None:
    """On the page that asks, with what was typed; nothing is done."""
    page = await service.post("operation/classes", data={**said, "group": f"{courses['led']}.1", "sure": "yes"})

    assert page.status_code == 400
    assert fault in text_of(page)
    assert "1 class:" in text_of(page)


async def test_many_are_changed_over_the_api_and_by_commands(
    service: httpx.AsyncClient, people: PeopleStore, courses: dict[str, str]
) -> None:
    """By who has a key for programs, and by who types commands on the machine."""
    [found] = (await service.get("api/operation/classes?show=leader", headers=COMMANDS)).json()
    assert (found["title"], found["changed"], found["leaders"]) == ("Left <alone>", 1, [])
    assert [fault["what"] for fault in found["faults"]] == ["leader", "profile"]
    wish = {"do": "move", "groups": [{"id": courses["led"], "changed": 1}, {"id": courses["alone"]}], "days": 7}

    said = (await service.post("api/operation/classes", json=wish, headers=COMMANDS)).json()

    assert [(each["id"], each["is_done"]) for each in said] == [(courses["led"], True), (courses["alone"], False)]
    assert people.classes.details(courses["led"]).last_day == TODAY + timedelta(days=10)
    [action] = people.actions.of(courses["led"])
    assert (action.who, action.what) == ("", "move")
    wish = {"do": "leader", "name": "bob", "groups": [{"id": courses["alone"]}]}
    [done] = (await service.post("api/operation/classes", json=wish)).json()
    assert (done["is_done"], done["message"]) == (True, "bob leads it now.")
    unknown = await service.post("api/operation/classes", json={**wish, "groups": [{"id": "xyz"}]})
    assert unknown.status_code == 400
    assert "One of these is not known here any more." in unknown.json()["message"]


async def test_events_are_found_and_changed_alike(service: httpx.AsyncClient, people: PeopleStore) -> None:
    """With their own words."""
    begins = datetime.now(UTC) - timedelta(days=1)
    event = people.events.add("Hackathon", EventDetails(begins=begins, ends=begins + timedelta(days=3), profile="r"))
    listed = text_of(await service.get("operation/events?show=leader"))
    assert "Hackathon" in listed
    assert "Nobody leads it." in listed
    asked = await service.post("operation/events", data={"do": "move", "group": f"{event}.0"})
    assert "Only the day is another one; the time of day stays, by the clocks of each event." in text_of(asked)
    day = (begins + timedelta(days=5)).date()

    done = await service.post("operation/events", data={**fields(asked), "to_day": day.isoformat()})

    assert done.status_code == 200
    assert "Hackathon : It ends on" in text_of(done)
    assert people.events.details(event).ends.date() == day
    [shown] = (await service.get("api/operation/events?show=soon")).json()
    assert shown["title"] == "Hackathon"


async def test_nobody_else_sees_or_does_any_of_it(service: httpx.AsyncClient, people: PeopleStore) -> None:
    """Pages and API say who can."""
    people.set_admin("tia", is_admin=False)
    for path in ("operation/classes", "operation/events", "api/operation/classes", "api/operation/events"):
        shown = await service.get(path)
        assert shown.status_code == 403
        assert "This is for administrators of this place. Ask one of them." in shown.text
    for path in ("operation/classes", "operation/events"):
        assert (await service.post(path, data={"do": "end", "group": "x.1", "sure": "yes"})).status_code == 403
        wish = {"do": "end", "groups": [{"id": "x"}]}
        assert (await service.post(f"api/{path}", json=wish)).status_code == 403
