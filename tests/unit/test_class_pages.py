"""What pages of classes offer and say: only what is so in this place, and only what does something. In the real service."""

import re
from collections.abc import Awaitable, Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from support.people_service import ROOT, parts_in, quiet_hub

from sardonyx_hub_config.pages import handlers
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.database import Place
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.configuration import EventRules
from sardonyx_services.people.web.service import create_app
from sardonyx_spawner.language_in_templates import Translation
from sardonyx_spawner.profiles import Profile
from sardonyx_spawner.repository import Material

PROFILES = (Profile("python", "Python"), Profile("together", "Together", collaboration=True))
MATERIAL = Material("https://git.example.org/course.git")
TEMPLATES = Path(handlers.__file__).parent / "templates"
Read = Callable[..., Awaitable[str]]
LET_IN, PUT_BACK = "Ask to be let in by kim", "Put a file back for kim"


@pytest.fixture
def people(people_place: Place) -> Iterator[PeopleStore]:
    """An administrator and a student, in both kinds of database."""
    store = PeopleStore(people_place)
    store.add_account("root", "", is_admin=True)
    store.add_account("kim", "")
    yield store
    store.close()


@pytest.fixture
def read(people: PeopleStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """What returns what an administrator reads on a page, while kim has a server of that profile."""

    async def read(path: str, *, profile: str = "", **more: Any) -> str:
        def hub(request: httpx.Request) -> httpx.Response:
            if request.url.path == "/stored":
                return httpx.Response(200, json={})
            if request.url.path == "/api/sardonyx/servers":
                server = {"name": "kim", "server": "", "state": "running", "profile": profile}
                return httpx.Response(200, json={"servers": [server] if profile else []})
            scopes = ["access:services!service=people"]
            return httpx.Response(200, json={"kind": "user", "name": "root", "groups": [], "scopes": scopes})

        parts = parts_in(tmp_path, people, httpx.MockTransport(hub), monkeypatch, profiles=PROFILES, **more)
        app, headers = httpx.ASGITransport(create_app(parts)), {"Authorization": "token root"}
        async with httpx.AsyncClient(transport=app, base_url=f"http://place{ROOT}", headers=headers) as client:
            answer = await client.get(path)
        assert answer.status_code == 200, answer.text
        return " ".join(unescape(re.sub(r"<[^>]+>", "", answer.text)).split())

    return read


@pytest.mark.parametrize(
    ("profile", "material", "offered"),
    [
        pytest.param("python", (), [], id="nothing"),
        pytest.param("python", (MATERIAL,), [PUT_BACK], id="with-material"),
        pytest.param("together", (), [LET_IN], id="together"),
        pytest.param("together", (MATERIAL,), [LET_IN, PUT_BACK], id="both"),
    ],
)
async def test_a_student_is_helped_only_where_that_does_something(
    people: PeopleStore, read: Read, profile: str, material: tuple[Material, ...], offered: list[str]
) -> None:
    """What is offered says what it does, on the page and where its script renews the rows."""
    course = people.groups.add("class", "Statistics")
    people.groups.join(course, people.names.ids(["kim"])["kim"], "student")
    people.classes.change(course, ClassDetails(profile=profile, repositories=material))

    for path in (f"classes/{course}", f"classes/{course}/rows"):
        said = await read(path, profile=f"class-{course}")
        assert "kim" in said
        assert [each for each in (LET_IN, PUT_BACK) if each in said] == offered


@pytest.mark.parametrize(
    ("makers", "events", "said"),
    [
        (
            "everybody",
            "organisers",
            "Everybody here can make classes. Others make events once you let them. Choose who",
        ),
        ("instructors", "organisers", "Others make classes once you let them. Others make events once you let them."),
        ("administrators", "administrators", "Only administrators make classes here. Only administrators make events"),
    ],
)
async def test_an_administrator_reads_who_makes_classes_and_events_here(
    read: Read, makers: Any, events: Any, said: str
) -> None:
    """As the settings have it; it is not offered to let those who may already."""
    rules = EventRules(makers=events)

    classes = await read("", makers=makers, events=rules)

    assert f"You see all classes and events here, as administrator. {said}" in classes
    assert ("Choose who may make" in classes) == (events == "organisers")
    everybody = await read("operation/people", makers=makers, events=rules)
    assert ("Let them make classes" in everybody) == (makers == "instructors")
    assert ("let them make classes" in everybody) == (makers == "instructors")
    assert ("let them make events" in everybody) == (events == "organisers")
    assert ("Everybody here can make classes." in everybody) == (makers == "everybody")


@pytest.mark.parametrize(
    ("makers", "events", "way"),
    [
        ("instructors", "organisers", "Who may make classes and events"),
        ("instructors", "administrators", "Who may make classes"),
        ("everybody", "organisers", "Who may make events"),
        ("everybody", "administrators", "People"),
        ("administrators", "administrators", "People"),
    ],
)
def test_operation_says_who_makes_classes_and_leads_to_who_is_let(makers: str, events: str, way: str) -> None:
    """Also where all may make them already, and nobody is let."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, extensions=[Translation], undefined=StrictUndefined
    )
    told = {"makers": {"classes": makers, "events": events}, "classes_url": ROOT}

    page = environment.get_template("makers.html").render(told)

    assert f'<a href="{ROOT}operation/people">{way}</a>' in page
    assert ("Everybody here can make classes." in page) == (makers == "everybody")


async def test_all_that_is_wrong_with_the_form_of_a_class_is_said_at_once(
    people: PeopleStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each beside its field and with a link to it, of a new one and of one that there is; what was typed stays."""
    course = people.groups.add("class", "Statistics")
    parts = parts_in(tmp_path, people, httpx.MockTransport(quiet_hub), monkeypatch, profiles=PROFILES)
    wrong = {"title": "x" * 201, "first_day": "soon", "zone": "Mars", "lifetime": "long", "profile": "python"}
    more = {"description": "x" * 501, "kept_days": "many", "hand_in_until": "later", "changed": "0"}
    transport = httpx.ASGITransport(create_app(parts))
    async with httpx.AsyncClient(
        transport=transport, base_url=f"http://place{ROOT}", headers={"Authorization": "token root"}
    ) as client:
        new = await client.post("new", data={**wrong, "kept_days": "30"})
        kept = await client.post(f"classes/{course}/settings", data={**wrong, **more})

    # The moment to hand in is by the clocks of a zone that is none.
    right = {"profile", "changed", "hand_in_until"}
    for answer, fields in ((new, {*wrong} - right), (kept, {*wrong, *more} - right)):
        assert answer.status_code == 400
        assert set(re.findall(r'<li><a href="#(\w+)">', answer.text)) == fields
        assert set(re.findall(r'id="(\w+)-fault"', answer.text)) == fields
        assert 'name="first_day" type="date" value="soon"' in answer.text
    assert people.classes.details(course).zone == "UTC"
