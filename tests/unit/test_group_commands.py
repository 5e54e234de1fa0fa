"""`sardonyx class find` and `many`: what they ask the service, and what they say of its answer."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from sardonyx_hub_config.commands import people_api
from sardonyx_hub_config.commands.classes import class_
from sardonyx_hub_config.commands.events import event
from sardonyx_hub_config.commands.people_api import GroupsApi
from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.store import PeopleStore

FOUND = {"people": 3, "running": 1, "leaders": ["Tia"], "faults": [], "title": "Statistics"}


class Service:
    """Answers, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.answers: list[Any] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Return the next answer."""
        said = json.loads(request.content) if request.content else dict(request.url.params)
        self.asked.append((request.method, request.url.path, said))
        return httpx.Response(200, json=self.answers.pop(0))


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The service of classes, at the edge of the network."""
    found = Service()
    with httpx.Client(transport=httpx.MockTransport(found), base_url="http://place/api/") as client:
        monkeypatch.setattr(people_api, "_client_here", lambda: client)
        yield found


@pytest.fixture
def courses(people_of_a_place: PeopleStore) -> list[str]:
    """The ids of two classes, of which the second was changed."""
    made = [people_of_a_place.groups.add("class", title) for title in ("Statistics", "Geography")]
    people_of_a_place.classes.change(made[1], ClassDetails())
    return made


def run(command: Any, *words: str, said: str = "") -> str:
    """Run a command; return what it prints."""
    result = CliRunner().invoke(command, words, input=said)
    if result.exception:
        raise result.exception
    return str(result.output)


def test_what_is_wrong_is_printed_a_line_for_each(service: Service) -> None:
    """With what is looked for as on the page; or ids alone."""
    fault = {"what": "leader", "message": "Nobody leads it."}
    alone = {**FOUND, "id": "b", "leaders": [], "faults": [fault], "title": "Geography"}
    service.answers = [[alone, {**FOUND, "id": "a"}], [alone]]

    assert run(class_, "find", "statistics", "tia", "--show", "soon", "--days", "30").splitlines() == [
        "b     3 people    1 running  Geography (led by nobody): Nobody leads it.",
        "a     3 people    1 running  Statistics (led by Tia)",
    ]
    assert service.asked == [
        ("GET", "/api/operation/classes", {"show": "soon", "text": "statistics tia", "days": "30", "page": "1"})
    ]
    assert run(event, "find", "--ids") == "b\n"
    assert service.asked[1][1] == "/api/operation/events"


def test_a_long_list_is_printed_to_its_end(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page after page."""
    monkeypatch.setattr("sardonyx_hub_config.commands.groups.AT_ONCE", 1)
    service.answers = [[{**FOUND, "id": "a"}], [{**FOUND, "id": "b"}], []]

    assert run(class_, "find", "--ids") == "a\nb\n"


def test_many_are_named_before_something_is_done_to_them(service: Service, courses: list[str]) -> None:
    """And what was answered for is what they were then, whatever somebody else does meanwhile."""
    assert run(class_, "many", *courses, "--move", "7", said="n\n").splitlines() == [
        f"{courses[0]}  Statistics",
        f"{courses[1]}  Geography",
        "Move the end of these 2? [y/N]: n",
        "Nothing was changed.",
    ]
    assert service.asked == []
    done = {"id": courses[1], "title": "Geography", "is_done": True, "message": "It has ended."}
    service.answers = [[done]]

    said = run(class_, "many", courses[1], "--end", said="y\n").splitlines()

    assert said == [
        f"{courses[1]}  Geography",
        "End, for good, this one? [y/N]: y",
        f"{courses[1]}  Geography: It has ended.",
    ]
    assert service.asked == [
        ("POST", "/api/operation/classes", {"do": "end", "groups": [{"id": courses[1], "changed": 1}]})
    ]


@pytest.mark.parametrize(
    ("typed", "wish"),
    [
        (("--leader", "tia"), {"do": "leader", "name": "tia"}),
        (("--move", "-7"), {"do": "move", "days": -7}),
        (("--until", "2026-12-18"), {"do": "move", "day": "2026-12-18"}),
        (("--stop",), {"do": "stop"}),
        (("--say", "Save your work."), {"do": "say", "text": "Save your work."}),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_what_is_typed_is_what_is_asked_for(
    service: Service, courses: list[str], typed: tuple[str, ...], wish: dict[str, Any]
) -> None:
    """Without a question where that is wanted."""
    service.answers = [[]]
    run(class_, "many", courses[0], *typed, "--yes")

    assert service.asked[0][2] == {**wish, "groups": [{"id": courses[0], "changed": 0}]}


def test_what_was_not_done_to_one_of_them_is_a_failure(service: Service, courses: list[str]) -> None:
    """A script sees it; what was done is said all the same."""
    service.answers = [
        [
            {"id": "a", "title": "A", "is_done": True, "message": "It has ended."},
            {"id": "b", "title": "B", "is_done": False, "message": "There is no such class, or it has ended."},
        ]
    ]

    result = CliRunner().invoke(class_, ["many", *courses, "--end", "--yes"])

    assert result.output == "a  A: It has ended.\nb  B: There is no such class, or it has ended.\n"
    assert str(result.exception) == "it was not done to 1 of 2: see above."


def test_very_many_are_asked_for_in_parts(
    service: Service, courses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service answers when it is through, which takes it a while; what one part says keeps no other from it."""
    monkeypatch.setattr("sardonyx_hub_config.commands.groups.TOGETHER", 1)
    service.answers = [
        [{"id": courses[0], "title": "A", "is_done": False, "message": "It could not be."}],
        [{"id": courses[1], "title": "B", "is_done": True, "message": "It has ended."}],
    ]

    result = CliRunner().invoke(class_, ["many", *courses, "--end", "--yes"])

    assert result.output.splitlines() == [f"{courses[0]}  A: It could not be.", f"{courses[1]}  B: It has ended."]
    assert str(result.exception) == "it was not done to 1 of 2: see above."
    assert [[each["id"] for each in said["groups"]] for _method, _path, said in service.asked] == [
        [courses[0]],
        [courses[1]],
    ]


@pytest.mark.parametrize("typed", [(), ("--end", "--stop")], ids=["nothing", "two things"])
def test_one_thing_is_done_at_a_time(courses: list[str], typed: tuple[str, ...]) -> None:
    """Said before anything is."""
    with pytest.raises(OperatorError, match="^say one thing that is to be done: --leader, --move, --until, --stop"):
        run(class_, "many", *courses, *typed, "--yes")


@pytest.mark.usefixtures("people_of_a_place")
@pytest.mark.parametrize(("command", "kind"), [(class_, "class"), (event, "event")])
def test_one_that_is_not_there_is_named(command: Callable[..., Any], kind: str) -> None:
    """With where to look; nothing is done to the others."""
    said = f"There is no {kind} with the id “xyz”. Nothing was changed. See which there are with: sardonyx {kind} list"
    with pytest.raises(OperatorError, match=said):
        run(command, "many", "xyz", "--stop", "--yes")


def test_a_refusal_of_the_service_is_said() -> None:
    """As it says it."""
    answer = httpx.Response(400, json={"message": "There is nobody called “x” here."})
    client = httpx.Client(transport=httpx.MockTransport(lambda _request: answer), base_url="http://place/")
    with client, pytest.raises(OperatorError, match="^There is nobody called “x” here.$"):
        GroupsApi(client, "class").act({"do": "leader"})
