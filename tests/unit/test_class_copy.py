"""A class that is made after another one, such as for the next term: by its page, over the API, and with a command."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from support.people_service import ROOT, parts_in

from sardonyx_hub_config.commands.classes import class_
from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.lessons import NONE, WeeklyHours
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.timetable import timetable_of
from sardonyx_services.people.web.parts import Parts
from sardonyx_services.people.web.service import create_app
from sardonyx_spawner.class_limits import Limits
from sardonyx_spawner.profiles import Allowed, Option, Profile
from sardonyx_spawner.repository import Material

SIZE = Option("size", "Size", choices=(Allowed("small", "Small"), Allowed("large", "Large")), default="small")
PYTHON = Profile("python", "Python", options=(SIZE,), tools=("vscode", "mlflow"))
TAKEN_OVER = ClassDetails(
    description="Mondays at ten",
    profile="python",
    answers={"size": "large"},
    repositories=(Material("https://git.example.org/statistics/material", branch="2026"),),
    limits=Limits(("vscode",), "4h", ""),
    zone="Europe/Paris",
    kept_days=44,
    after_end="keep",
    exporting=False,
)
OF_ITS_TERM = {
    "first_day": date(2026, 9, 7),
    "last_day": date(2026, 12, 18),
    "hand_in_until": datetime(2026, 12, 11, tzinfo=UTC),
    "joining": True,
    "join_round": 3,
    "provider_group": "statistics-2026",
}
"""Of the days and people of a class: nothing of it holds for another one."""
WEEKLY = "mon 10:15-11:45"
HOURS = WeeklyHours(timetable_of(f"{WEEKLY}, 2026-12-04 14:00-16:00, off 2026-12-21/2027-01-03"), 10, only_then=True)


@pytest.fixture
def people(people_of_a_place: PeopleStore) -> PeopleStore:
    """Two instructors, of whom one may make no classes, and an assistant."""
    for name in ("tia", "tom", "ada"):
        people_of_a_place.add_account(name, "")
    people_of_a_place.set_instructor("tia", is_instructor=True)
    return people_of_a_place


@pytest.fixture
def course(people: PeopleStore) -> str:
    """The id of a class as it is at the end of its term."""
    made = people.groups.add("class", "Statistics 2026", is_exam=True)
    people.classes.change(made, replace(TAKEN_OVER, **OF_ITS_TERM))  # type: ignore[arg-type]  # as it is written above
    people.lessons.set(made, HOURS)
    for name, role in (("tia", "instructor"), ("tom", "instructor"), ("ada", "assistant")):
        people.groups.join(made, people.by_name(name).id, role)  # type: ignore[union-attr,arg-type]  # just made
    return made


@pytest.fixture
def parts(people: PeopleStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Parts:
    """What the service is made of."""

    def hub(request: httpx.Request) -> httpx.Response:
        name = request.headers["Authorization"].removeprefix("token ")
        told = {"kind": "user", "name": name, "groups": [], "scopes": ["access:services!service=people"]}
        return httpx.Response(200, json=told)

    return parts_in(tmp_path, people, httpx.MockTransport(hub), monkeypatch, profiles=(PYTHON,))


@pytest.fixture
async def service(parts: Parts) -> AsyncIterator[httpx.AsyncClient]:
    """A program that asks it."""
    app = httpx.ASGITransport(create_app(parts), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=app, base_url=f"http://place{ROOT}") as client:
        yield client


def as_(name: str) -> dict[str, str]:
    """Return with what somebody asks."""
    return {"Authorization": f"token {name}"}


class _Fields(HTMLParser):
    """What a browser sends of the form that has a title, as it was loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Note a field."""
        told = {name: value or "" for name, value in attrs}
        name, is_chosen = told.get("name", ""), "checked" in told or told.get("type") not in {"radio", "checkbox"}
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in told:
            self.found[self._select] = [told["value"]]
        elif tag == "input" and name and is_chosen:
            self.found.setdefault(name, []).append(told.get("value", ""))


def sent(page: str) -> dict[str, list[str]]:
    """Return what is sent from a page whose form was not touched."""
    fields = _Fields()
    fields.feed(page)
    return fields.found


def is_as_that_one(people: PeopleStore, made: str) -> bool:
    """Tell whether a class has what is taken over, and nothing that is of a term or of people."""
    details = people.classes.details(made)
    set_here = {"changed", "decided", "joining"}
    known = {each.name: getattr(details, each.name) for each in fields(details) if each.name not in set_here}
    wanted = {each.name: getattr(TAKEN_OVER, each.name) for each in fields(TAKEN_OVER) if each.name not in set_here}
    hours = people.lessons.of(made)
    return known == wanted and (str(hours.lessons), hours.ahead_min, hours.only_then) == (WEEKLY, 10, True)


@pytest.mark.parametrize("has_ended", [False, True], ids=["goes on", "has ended"])
async def test_a_program_makes_one_after_another_with_the_caller_as_its_only_instructor(
    people: PeopleStore, course: str, service: httpx.AsyncClient, *, has_ended: bool
) -> None:
    """Called as that one where nothing is said; what is said is as it is said."""
    if has_ended:
        people.groups.end(course)

    plain = await service.post(f"api/classes/{course}/copy", json={}, headers=as_("tia"))
    said = {"title": "Statistics 2027", "first_day": "2027-09-06"}
    other = await service.post(f"api/classes/{course}/copy", json=said, headers=as_("tia"))

    assert (plain.status_code, plain.json()["title"]) == (201, "Statistics 2026")
    assert is_as_that_one(people, plain.json()["id"])
    assert people.groups.get("class", plain.json()["id"]).is_exam
    assert people.groups.members(plain.json()["id"]) == {people.by_name("tia").id: "instructor"}  # type: ignore[union-attr]  # is there
    assert (other.json()["title"], other.json()["first_day"]) == ("Statistics 2027", "2027-09-06")
    assert other.json()["answers"] == {"size": "large"}


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("tom", "You cannot make classes here. Ask the people who run this place."),
        ("ada", "This is for the instructors of the class. Ask one of them."),
    ],
)
async def test_who_may_make_none_or_does_not_lead_that_one_makes_none_after_it(
    people: PeopleStore, course: str, service: httpx.AsyncClient, who: str, said: str
) -> None:
    """Nothing is left of the try."""
    answer = await service.post(f"api/classes/{course}/copy", json={}, headers=as_(who))

    assert (answer.status_code, answer.json()["message"]) == (403, said)
    assert [each.id for each in people.groups.all("class")] == [course]


async def test_the_page_shows_the_form_filled_in_and_makes_what_is_left_of_it(
    people: PeopleStore, course: str, service: httpx.AsyncClient
) -> None:
    """Without its days; what the form does not ask for is taken over all the same, and the link to join is shown."""
    shown = (await service.get(f"classes/{course}/copy", headers=as_("tia"))).text
    assert 'name="title" type="text" value="Statistics 2026"' in shown
    assert re.search(r'<option value="large" selected>', shown)
    assert 'name="last_day" type="date" value=""' in shown
    form = {**sent(shown), "title": "Statistics 2027"}

    made = await service.post(f"classes/{course}/copy", data=form, headers=as_("tia"))

    assert made.status_code == 303, made.text
    (other,) = (each.id for each in people.groups.all("class") if each.id != course)
    assert made.headers["Location"] == f"{ROOT}classes/{other}/link"
    assert is_as_that_one(people, other)
    assert people.classes.details(other).joining
    wrong = await service.post(f"classes/{course}/copy", data={**form, "title": ""}, headers=as_("tia"))
    assert wrong.status_code == 400
    assert 'No class was made. <a href="#title">A class needs a title' in wrong.text
    assert f'action="{ROOT}classes/{course}/copy"' in wrong.text


def test_the_command_makes_one_that_nobody_leads_yet(people: PeopleStore, course: str) -> None:
    """As `class add` does, and says how somebody does."""
    with suppress(PeopleError):
        people.groups.end(course)

    said = CliRunner().invoke(class_, ["copy", course, "Statistics 2027"]).output

    (made,) = (each for each in people.groups.all("class") if each.id != course)
    assert said == f"“Statistics 2027” has the id {made.id}. People join with: sardonyx class join {made.id} NAME …\n"
    assert is_as_that_one(people, made.id)
    assert people.groups.members(made.id) == {}
    wrong = CliRunner().invoke(class_, ["copy", "zzzzzzzz"])
    assert isinstance(wrong.exception, OperatorError)
    assert str(wrong.exception) == (
        "There is no class with the id “zzzzzzzz”. See which there are with: sardonyx class list"
    )


def test_a_class_without_lessons_of_each_week_gives_none(people: PeopleStore) -> None:
    """A single lesson, or holidays, are of its days."""
    made = people.groups.add("class", "Seminar")
    people.lessons.set(made, WeeklyHours(timetable_of("2026-12-04 14:00-16:00"), 10, only_then=True))

    CliRunner().invoke(class_, ["copy", made])

    (other,) = (each for each in people.groups.all("class") if each.id != made)
    assert people.lessons.of(other.id) == NONE
