"""The servers of a class, with a real hub: its people start them while it is on, and nobody else does."""

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.classes import id_of, people_of
from support.members import PASSWORD, PATIENCE_S, Member
from support.stack import Stack, running_stack

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.errors import PeopleError

SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python:
    title: Python
    environment: python
    order: -2000000
    options:
      size: {{choices: {{small: {{title: Small, cpu: 1, memory: 1G}}, large: {{title: Large, cpu: 2, memory: 4G}}}}}}
servers: {{accept_not_isolated: true}}
"""
CARD = re.compile(r'<input type="radio" name="profile" [^>]*value="([^"]*)"( checked)?')
NOT_AVAILABLE = "“{slug}” is not available to you. Choose one of: python."


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, prefix: Path) -> Iterator[Stack]:
    """A place with an instructor, a student, and somebody else."""
    folder = tmp_path_factory.mktemp("school")
    (folder / "settings.yaml").write_text(SETTINGS.format(prefix=prefix))
    with running_stack(folder / "data", folder / "settings.yaml") as stack:
        do(stack, "user", "add", "tia", "--instructor", "--password-stdin")
        for name in ("nora", "uma"):
            do(stack, "user", "add", name, "--password-stdin")
        yield stack


def do(place: Stack, *words: str) -> str:
    """Type a command as the operator; return what it prints."""
    done = place.command(*words, stdin=PASSWORD)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def course(place: Stack) -> Iterator[str]:
    """The id of a class in which tia and nora are; it is the only one."""
    details = ClassDetails("Mondays", "python", {"size": "large"})
    with people_of(place) as people:
        made = people.groups.add("class", "Statistics 101")
        people.classes.change(made, details)
        people.groups.join(made, id_of(people, "tia"), "instructor")
        people.groups.join(made, id_of(people, "nora"), "student")
        yield made
        with suppress(PeopleError):
            people.groups.end(made)


def signed_in(place: Stack, name: str) -> tuple[Member, str]:
    """Return somebody, and a key of theirs."""
    member = Member(place, name)
    member.sign_in()
    return member, member.key()


def start(place: Stack, name: str, course: str) -> str:
    """Start a server of a class as a program does, and stop it; return why it was refused, "" = it ran."""
    member, key = signed_in(place, name)
    server = f"/users/{name}/server"
    answer = member.api("POST", server, key, {"profile": f"class-{course}"})
    if answer.status_code >= 400:
        assert answer.status_code == 400, answer.text
        return str(answer.json()["message"])
    wait(member, key, is_there=True)
    assert member.servers(key)[""]["user_options"] == {"profile": f"class-{course}"}
    member.api("DELETE", server, key)
    wait(member, key, is_there=False)
    return ""


def wait(member: Member, key: str, *, is_there: bool) -> None:
    """Wait until somebody's server is ready, or gone."""
    deadline = time.monotonic() + PATIENCE_S
    while bool(member.servers(key).get("", {}).get("ready")) != is_there or (not is_there and member.servers(key)):
        assert time.monotonic() < deadline, member.servers(key)
        time.sleep(0.2)


def test_its_people_start_a_server_of_the_class(place: Stack, course: str) -> None:
    """By its name, as programs do; for everybody else there is none of that name."""
    assert start(place, "nora", course) == ""
    assert start(place, "uma", course) == NOT_AVAILABLE.format(slug=f"class-{course}")


def test_it_is_the_first_card_of_their_form(place: Stack, course: str) -> None:
    """Already chosen, with its own words, and without what was settled; others see nothing of it."""
    nora, _key = signed_in(place, "nora")
    uma, _key = signed_in(place, "uma")
    do(place, "class", "change", course, "--last-day", (datetime.now(UTC) + timedelta(days=3)).date().isoformat())

    page = nora.ask("GET", "/hub/spawn", follow_redirects=True).text

    assert CARD.findall(page)[0] == (f"class-{course}", " checked")
    assert "<strong>Statistics 101</strong><span>Mondays</span><span>Class until the end of " in page
    assert f'name="class-{course}.size"' not in page
    assert 'name="python.size"' in page
    assert [slug for slug, _ in CARD.findall(uma.ask("GET", "/hub/spawn", follow_redirects=True).text)] == ["python"]
    first = nora.ask("GET", "/hub/home").text
    assert "The last day of “Statistics 101” is" in first, "in its last week the first page says it, too"
    assert f'href="/services/people/classes/{course}"' in first
    assert "The last day of" not in uma.ask("GET", "/hub/home").text


def test_before_its_first_day_only_who_prepares_it_starts_one(place: Stack, course: str) -> None:
    """Its instructors see what students will have."""
    later = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    do(place, "class", "change", course, "--first-day", later)

    assert start(place, "nora", course) == NOT_AVAILABLE.format(slug=f"class-{course}")
    assert start(place, "tia", course) == ""


@pytest.mark.parametrize("how", ["its last day", "a command"])
def test_when_it_is_over_nobody_starts_one(place: Stack, course: str, how: str) -> None:
    """Whether it came to its last day or was ended."""
    before = (datetime.now(UTC) - timedelta(days=3)).date().isoformat()
    if how == "a command":
        do(place, "class", "end", course, "--yes")
    else:
        do(place, "class", "change", course, "--last-day", before)

    assert {start(place, name, course) for name in ("nora", "tia")} == {NOT_AVAILABLE.format(slug=f"class-{course}")}


def test_the_servers_of_a_class_stop_at_the_end_of_its_last_day(place: Stack, course: str) -> None:
    """By themselves; another one of the same people runs on."""
    before = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    keys = {}
    for name, profile in (("nora", f"class-{course}"), ("tia", "python")):
        member, key = keys[name] = signed_in(place, name)
        assert member.api("POST", f"/users/{name}/server", key, {"profile": profile}).status_code < 300
        wait(member, key, is_there=True)

    do(place, "class", "change", course, "--last-day", before)

    wait(*keys["nora"], is_there=False)
    wait(*keys["tia"], is_there=True)
    keys["tia"][0].api("DELETE", "/users/tia/server", keys["tia"][1])
    wait(*keys["tia"], is_there=False)
