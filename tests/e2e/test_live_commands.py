"""What those who lead a class or an event do with its servers, by commands of the operator beside a Sardonyx that runs."""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support import web
from support.classes import CONF, ONE_PROFILE, id_of, people_of, token_of
from support.kernels import run_in_kernel
from support.stack import Stack
from support.waiting import soon

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.repository import Material

STUDENTS = ("sam", "sue")


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Any]) -> Any:
    """A place."""
    return place_with(ONE_PROFILE, conf=CONF)


@pytest.fixture(scope="module")
def people(place: Stack) -> Iterator[PeopleStore]:
    """Its people, with two students and their instructor."""
    with people_of(place) as store:
        for name in (*STUDENTS, "tia"):
            store.add_account(name, "")
            token_of(place, name)
        yield store


@pytest.fixture(scope="module")
def course(place: Stack, people: PeopleStore, repository: str) -> str:
    """The id of a class, with a server for each student that a command has started."""
    made = people.groups.add("class", "Statistics")
    details = ClassDetails(
        profile="python",
        repositories=(Material(repository),),
        hand_in_until=datetime.now(UTC) + timedelta(days=1),
        zone="Europe/Paris",
    )
    people.classes.change(made, details)
    people.groups.join(made, id_of(people, "tia"), "instructor")
    for name in STUDENTS:
        people.groups.join(made, id_of(people, name), "student")

    assert command(place, "class", "start", made).endswith("2 of 2 were started.\n")
    soon(lambda: [line.split()[:2] for line in rows(place, made)] == [["sam", "Running"], ["sue", "Running"]])
    return made


def command(place: Stack, *arguments: str, code: int = 0) -> str:
    """Run a command; return what it says."""
    done = place.command(*arguments)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stderr if code else done.stdout


def rows(place: Stack, course: str) -> list[str]:
    """Return what everybody in a class does, a line for each."""
    return command(place, "class", "live", course).splitlines()


def home(place: Stack, people: PeopleStore, name: str) -> Path:
    """Return somebody's home."""
    return Path(place.data / "homes" / id_of(people, name))


def test_what_is_said_to_a_class_reaches_its_servers(place: Stack, people: PeopleStore, course: str) -> None:
    """A word, a file, new material, and a file of it for one; under the name of this place."""
    names = home(place, people, "sam")
    (task,) = (names / "course").glob("*.ipynb")
    task.write_text("mine")

    assert command(place, "class", "say", course, "We begin.").endswith("2 of 2 were told.\n")
    sheet = place.data.parent / "sheet.txt"
    sheet.write_text("the sheet")
    assert command(place, "class", "hand-out", course, str(sheet)).endswith("2 of 2 were given it.\n")
    assert command(place, "class", "material", course).endswith("2 of 2 were brought up to date.\n")
    said = command(place, "class", "put-back", course, "sam", task.name)

    assert said == f"“{task.name}” is as it is in the material again, in the home of sam.\n"
    assert (names / "course" / "sheet.txt").read_text() == "the sheet"
    assert task.read_text() != "mine"
    headers = {"Authorization": f"token {token_of(place, 'sam')}"}
    shown = web.get(f"{place.url}/user/sam/sardonyx/api/resources", headers=headers).json()["words"]
    assert [(word["said_by"], word["text"]) for word in shown[:1]] == [("Sardonyx", "We begin.")]
    log = command(place, "class", "log", course)
    assert "the operator said to everybody: We begin.\n" in log
    assert "the operator handed out to everybody: sheet.txt\n" in log
    assert f"the operator put a file of the material back for: sam {task.name}\n" in log
    assert "the operator started the server of: sam, sue\n" in log


def test_what_is_handed_in_is_collected(place: Stack, people: PeopleStore, course: str) -> None:
    """In a file for its owner alone, with the store's keys for that; it is written down."""
    key = f"class/{course}/hand-in/{id_of(people, 'sue')}/answer.txt"
    code = (
        f"import boto3; s3 = boto3.Session(profile_name='class-{course}').client('s3');"
        f" s3.put_object(Bucket='sardonyx', Key='{key}', Body=b'42')"
    )
    run_in_kernel(f"{place.url}/user/sue/", token_of(place, "sue"), code)
    archive = place.data.parent / "work.zip"

    assert command(place, "class", "collect", course, str(archive)).startswith(f"{archive} has what was handed in.")

    with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as found:
        assert found.read("sue/answer.txt") == b"42"
    assert archive.stat().st_mode & 0o777 == 0o600
    assert "the operator collected what was handed in\n" in command(place, "class", "log", course)
    assert "is there already" in command(place, "class", "collect", course, str(archive), code=1)


def test_one_student_has_more_time(place: Stack, people: PeopleStore, course: str) -> None:
    """By the clocks of the class; what cannot be is said."""
    day = (datetime.now(UTC) + timedelta(days=9)).date()

    said = command(place, "class", "extend", course, "sam", f"{day}T12:00")

    assert said == f"sam hands in until {day} 12:00 (Europe/Paris).\n"
    assert people.classes.extensions(course)[id_of(people, "sam")].strftime("%H") in {"10", "11"}
    assert "tia is no student of this class." in command(place, "class", "extend", course, "tia", "", code=1)
    assert command(place, "class", "extend", course, "sam", "") == "sam hands in as long as the others.\n"


def test_what_cannot_be_done_is_said(place: Stack, people: PeopleStore, course: str) -> None:
    """With who is meant, and what to do."""
    assert people
    assert "See which there are with: sardonyx class list" in command(place, "class", "live", "nowhere1", code=1)
    assert "See which there are with: sardonyx event list" in command(place, "event", "log", course, code=1)
    assert "bob is not in this class. Nothing was done." in command(place, "class", "start", course, "bob", code=1)
    assert "tia has no server of this class that runs now." in command(
        place, "class", "put-back", course, "tia", "a.txt", code=1
    )
    headers = {"Authorization": f"token {(place.data / 'run' / 'operator-token').read_text()}"}
    help_url = f"{place.url}/services/people/api/classes/{course}/people/sam/help"
    answer = web.post(help_url, headers=headers).json()
    assert answer["message"] == "They let in somebody with a browser. Ask on the page of the class or event."
    assert "There is no file “none.txt” in the material." in command(
        place, "class", "put-back", course, "sam", "none.txt", code=1
    )


def test_one_is_stopped_and_others_go_on(place: Stack, people: PeopleStore, course: str) -> None:
    """And it is started again by its name."""
    assert people
    assert command(place, "class", "stop", course, "sue").endswith("1 of 1 were stopped.\n")
    soon(lambda: [line.split()[0] for line in rows(place, course) if "Running" in line] == ["sam"])

    assert command(place, "class", "start", course, "sue").endswith("1 of 1 were started.\n")
    soon(lambda: sum("Running" in line for line in rows(place, course)) == 2)


def test_an_event_has_the_same(place: Stack, people: PeopleStore) -> None:
    """Before it is on, there is nobody."""
    people.set_organiser("tia", is_organiser=True)
    begins = datetime.now(UTC) + timedelta(days=1)
    made = place.command(
        "event", "create", "Hackathon", "--organiser", "tia", "--accounts", "2", "--profile", "python",
        "--begins", f"{begins:%Y-%m-%dT%H:%M}", "--ends", f"{begins + timedelta(days=1):%Y-%m-%dT%H:%M}",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    (event,) = [each.id for each in people.groups.all("event")]

    assert command(place, "event", "live", event) == ""
    assert command(place, "event", "say", event, "Hello").endswith("There was nobody to do that for.\n")
    assert "while it is on, not before and not after it" in command(place, "event", "start", event, code=1)
    assert "the operator said to everybody: Hello\n" in command(place, "event", "log", event)
