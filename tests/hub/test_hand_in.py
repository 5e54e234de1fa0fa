"""Handing in from a real server, on a real store: what arrives, what is replaced, and what ends it on the way."""

import hashlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.data_server import DataServer, data_server, forks, place, told
from support.forks import Forks
from support.places import BUCKET, Place
from support.ports import free_ports
from support.students import Student, student
from support.waiting import soon

from sardonyx_services.credentials.configuration import StoredLimits
from sardonyx_spawner.repository import Material

__all__ = ["forks", "place"]
MIB = 1 << 20
OVER = "The time to hand in is over. Ask those who lead the class if you need more."


@pytest.fixture(scope="module")
def group(place: Place) -> str:
    """A class with material."""
    made: str = place.people.groups.add("class", "Statistics")
    details = replace(
        place.people.classes.details(made), repositories=(Material("https://git.example.org/course/stats"),)
    )
    place.people.classes.change(made, details)
    return made


@pytest.fixture(scope="module")
def petra(forks: Forks, place: Place, group: str) -> Iterator[Student]:
    """A student in it, and in another class."""
    other = place.people.groups.add("class", "Law")
    with student(forks, place, "petra", group, other) as found:
        yield found


def deadline(place: Place, group: str, until: datetime | None) -> None:
    """Set until when a class takes something."""
    place.people.classes.change(group, replace(place.people.classes.details(group), hand_in_until=until))


def test_a_folder_arrives_under_its_name_and_what_it_replaces_is_said(petra: Student, forks: Forks, group: str) -> None:
    """In the class whose material it is in; hidden files stay at home."""
    for path in ("stats/week 1/answer é.txt", "stats/week 1/data/100%.csv", "stats/week 1/.git/HEAD"):
        petra.put_at_home(forks, path, path)

    first = petra.look("stats/week 1")
    done = petra.hand_in("stats/week 1")
    petra.put_at_home(forks, "stats/week 1/answer é.txt", "better")
    second = petra.look("stats/week 1/answer é.txt")
    again = petra.hand_in("stats/week 1/answer é.txt")

    assert [(each["title"], each["state"], each["until"]) for each in first["places"]] == [
        ("Statistics", "open", None),
        ("Law", "open", None),
    ]
    assert (first["group"], first["owner"]) == (f"class-{group}", "petra")
    assert [(each["path"], each["replaces"]) for each in first["files"]] == [
        ("stats/week 1/answer é.txt", ""),
        ("stats/week 1/data/100%.csv", ""),
    ]
    assert first["left_out"] == [{"path": "stats/week 1/.git", "why": "hidden"}]
    assert (done["handed"], done["failed"], done["stopped"], done["not_sent"]) == (2, [], "", [])
    assert abs(datetime.fromisoformat(done["ended"]) - datetime.now(UTC)) < timedelta(minutes=2)
    [replaced] = second["files"]
    assert abs(datetime.fromisoformat(replaced["replaces"]) - datetime.now(UTC)) < timedelta(minutes=2)
    assert (again["handed"], again["failed"]) == (1, [])
    assert petra.handed(group) == {
        "stats/week 1/answer é.txt": b"better",
        "stats/week 1/data/100%.csv": b"stats/week 1/data/100%.csv",
    }


def test_what_was_handed_in_is_listed_got_and_taken_back(petra: Student, forks: Forks, group: str) -> None:
    """With the addresses of the data store's own file browser."""
    petra.put_at_home(forks, "back.txt", "mine")
    petra.hand_in("back.txt", group=f"class-{group}")

    found = petra.says("hand-in/handed", "", query={"group": f"class-{group}"})
    [file] = [each for each in found["files"] if each["path"] == "back.txt"]
    got = petra.ask("file", f"{found['folder']}/back.txt")
    gone = petra.says("hand-in/handed", "back.txt", "DELETE", query={"group": f"class-{group}"})

    assert (found["folder"], found["may_remove"], found["is_more"]) == ("Statistics (what you hand in)", True, False)
    assert (file["size"], got.content, gone) == (4, b"mine", None)
    assert "back.txt" not in petra.handed(group)
    for path in ("../../shared/x", "a//b", ""):
        answer = petra.ask("hand-in/handed", path, "DELETE", query={"group": f"class-{group}"})
        assert answer.status_code in {400, 403}, path


def test_without_a_sign_the_class_is_asked_for(petra: Student, forks: Forks) -> None:
    """Nothing goes to a class that nobody chose."""
    petra.put_at_home(forks, "thesis.txt")

    found = petra.look("thesis.txt")
    refused = petra.ask(
        "hand-in", "", "POST", json={"paths": ["thesis.txt"], "group": "", "agreed": {"thesis.txt": ""}}
    )

    assert found["group"] == ""
    assert told(refused) == "You are not a student in this class any more, or it is over."


def test_a_large_file_goes_in_parts_and_takes_no_memory(petra: Student, forks: Forks, group: str) -> None:
    """As it is."""
    text = "".join(f"{number:07}\n" for number in range(5 * MIB))
    petra.put_at_home(forks, "large.txt", text)
    before = peak(petra)

    done = petra.hand_in("large.txt", group=f"class-{group}")

    assert (done["handed"], done["sent"], done["failed"]) == (1, len(text), [])
    assert peak(petra) - before < 48 * MIB
    found = petra.handed(group)["large.txt"]
    assert hashlib.sha256(found).digest() == hashlib.sha256(text.encode()).digest()
    petra.says("hand-in/handed", "large.txt", "DELETE", query={"group": f"class-{group}"})


def peak(server: DataServer) -> int:
    """Return the most memory that a server's process has had at once, in bytes."""
    lines = Path(f"/proc/{server.server.pid}/task/{server.server.pid}/children").read_text().split()
    status = Path(f"/proc/{lines[0] if lines else server.server.pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) * 1024


def test_two_windows_do_not_write_over_each_other(petra: Student, forks: Forks, group: str) -> None:
    """The second had seen nothing there, and is told."""
    petra.put_at_home(forks, "two.txt")
    found = petra.look("two.txt", group=f"class-{group}")

    ends = [petra.end(begun) for begun in (petra.begin(found, "two.txt"), petra.begin(found, "two.txt"))]

    assert [each["handed"] for each in ends] == [1, 0]
    assert ends[1]["failed"] == [
        {
            "path": "two.txt",
            "why": "It was handed in from elsewhere meanwhile. Look at what is there, and hand it in again.",
        }
    ]


def test_a_file_in_the_way_of_a_folder_is_said(petra: Student, forks: Forks, group: str) -> None:
    """Before anything is sent, and by who sends it all the same."""
    petra.put_at_home(forks, "work")
    petra.hand_in("work", group=f"class-{group}")
    petra.server.home.joinpath("work").unlink()
    petra.put_at_home(forks, "work/a.txt")

    [file] = petra.look("work", group=f"class-{group}")["files"]
    asked = {"paths": ["work"], "group": f"class-{group}", "agreed": {"work/a.txt": ""}}
    done = petra.end(petra.says("hand-in", "", "POST", json=asked))

    assert file["in_the_way"] == "work"
    assert [each["why"] for each in done["failed"]] == [
        "“work” was handed in before, and a file and a folder cannot have one name. Remove it there first."
    ]
    assert petra.handed(group)["work"] == b"word"


def test_it_can_be_stopped_and_what_was_sent_stays(petra: Student, forks: Forks, place: Place, group: str) -> None:
    """Nothing is there by halves."""
    for number in range(30):
        petra.put_at_home(forks, f"many/{number:02}")
    found = petra.look("many", group=f"class-{group}")
    with frozen(place):
        begun = petra.begin(found, "many")
        petra.says("hand-in/delivery", "", "DELETE", query={"id": begun["id"]})

    done = petra.end(begun)

    assert done["stopped"] == "It was stopped."
    assert done["handed"] + len(done["not_sent"]) == 30
    assert "does not know of this any more" in told(petra.ask("hand-in/delivery", "", query={"id": "other"}))


@contextmanager
def frozen(place: Place) -> Iterator[None]:
    """Let the store answer nobody for a while."""
    [store] = place.seaweedfs()
    os.kill(store, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(store, signal.SIGCONT)


def test_the_deadline_is_told_and_kept(forks: Forks, place: Place) -> None:
    """Before it, on the way, after it, and where somebody is given more time."""
    exam: str = place.people.groups.add("class", "Exam")
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    deadline(place, exam, until)
    with student(forks, place, "dora", exam) as dora:
        for number in range(40):
            dora.put_at_home(forks, f"many/{number:02}")
        dora.put_at_home(forks, "in-time.txt")
        assert dora.hand_in("in-time.txt")["handed"] == 1
        [shown] = dora.look("in-time.txt")["places"]
        assert (datetime.fromisoformat(shown["until"]), shown["state"]) == (until, "open")

        soon_over = datetime.now(UTC) + timedelta(seconds=3)
        deadline(place, exam, soon_over)
        found = dora.look("many")
        with frozen(place):
            begun = dora.begin(found, "many")
            time.sleep(max(0, (soon_over - datetime.now(UTC)).total_seconds()) + 0.5)
        done = dora.end(begun)

        assert done["stopped"] == OVER
        assert done["not_sent"]
        assert done["handed"] + len(done["not_sent"]) == 40
        assert set(dora.handed(exam)) == {"in-time.txt", *(f"many/{n:02}" for n in range(40))} - set(done["not_sent"])

        [shown] = dora.look("in-time.txt")["places"]
        assert (shown["state"], shown["why_not"]) == ("over", OVER)
        asked = {"paths": ["in-time.txt"], "group": f"class-{exam}", "agreed": {"in-time.txt": ""}}
        assert told(dora.ask("hand-in", "", "POST", json=asked)) == OVER
        refused = dora.ask("hand-in/handed", "in-time.txt", "DELETE", query={"group": f"class-{exam}"})
        assert told(refused) == "The time to hand in is over: what you handed in stays as it is."

        place.people.classes.extend(exam, dora.person.id, datetime.now(UTC) + timedelta(hours=1))
        assert dora.hand_in("many")["stopped"] == ""


def test_who_is_no_student_any_more_is_told(forks: Forks, place: Place) -> None:
    """At once, whatever the server knew a moment ago."""
    team: str = place.people.groups.add("class", "Short")
    with student(forks, place, "nina", team) as nina:
        nina.put_at_home(forks, "a.txt")
        found = nina.look("a.txt")
        place.people.groups.leave(team, nina.person.id)

        asked = {"paths": ["a.txt"], "group": found["group"], "agreed": {"a.txt": ""}}
        assert told(nina.ask("hand-in", "", "POST", json=asked)) == (
            "You are not a student in this class any more, or it is over."
        )
        assert nina.look("a.txt")["why_not"] == (
            "You are a student in no class that goes on here, so there is nowhere to hand in."
        )
        assert nina.says("folder", "")["entries"][0]["hands_in"] is False


def test_staff_are_offered_no_place_to_hand_in(forks: Forks, place: Place, group: str) -> None:
    """They read those of all."""
    tia = place.person("tia")
    place.people.groups.join(group, tia.id, "instructor")
    with data_server(forks, place, "tia") as server:
        assert not any(entry["hands_in"] for entry in server.says("folder", "")["entries"])
        assert server.says("hand-in/handed", "")["places"] == []


@pytest.fixture(scope="module")
def small_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A place in which a class has a megabyte."""
    found = Place(tmp_path_factory.mktemp("place"), free_ports())
    try:
        found.start_store()
        found.start_keys(limits=StoredLimits(of_class=MIB, count_every_s=0.5))
        found.wait()
        yield found
    finally:
        found.close()


def test_a_class_that_is_full_says_so_before_and_is_emptied(forks: Forks, small_place: Place) -> None:
    """What does not fit is refused as a whole."""
    course: str = small_place.people.groups.add("class", "Small")
    with student(forks, small_place, "fred", course) as fred:
        fred.put_at_home(forks, "half.txt", "x" * (MIB // 2))
        fred.put_at_home(forks, "more.txt", "x" * (MIB // 2 + 1))
        fred.put_at_home(forks, "one.txt", "x")
        # Nothing of a class is counted before somebody wants keys for it.
        soon(lambda: fred.look("half.txt")["places"][0]["room"] == MIB)
        assert fred.hand_in("half.txt")["handed"] == 1
        soon(lambda: fred.look("more.txt")["places"][0]["room"] == MIB // 2)

        found = fred.look("more.txt")
        asked = {"paths": ["more.txt"], "group": found["group"], "agreed": {"more.txt": ""}}
        assert found["added"] == MIB // 2 + 1
        assert told(fred.ask("hand-in", "", "POST", json=asked)) == (
            "This is more than the class has room for in the data store. Hand in less, or tell those who lead it."
        )

        s3 = fred.person.s3(f"class-{course}")
        key = f"class/{course}/hand-in/{fred.person.id}/by-hand.bin"
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"x" * (MIB // 2))
        soon(lambda: fred.look("one.txt")["places"][0]["state"] == "full")
        full = fred.look("one.txt")
        assert full["places"][0]["why_not"] == (
            "The class has no room left in the data store."
            " Remove something that you handed in, or tell those who lead it."
        )
        fred.says("hand-in/handed", "by-hand.bin", "DELETE", query={"group": f"class-{course}"})
        soon(lambda: fred.look("one.txt")["places"][0]["state"] == "open")
        assert fred.hand_in("one.txt")["handed"] == 1


def test_a_store_that_is_away_is_said_before_anything_is_chosen(forks: Forks, place: Place, group: str) -> None:
    """As is a keys service that is."""
    with student(forks, place, "paul", group, endpoint="http://127.0.0.1:9") as paul:
        paul.put_at_home(forks, "a.txt")
        said = told(paul.ask("hand-in/look", "", "POST", json={"paths": ["a.txt"], "group": ""}))
        assert said.startswith("The data store does not answer now.")
    with student(forks, place, "pia", group, keys="http://127.0.0.1:9") as pia:
        pia.put_at_home(forks, "a.txt")
        said = told(pia.ask("hand-in/look", "", "POST", json={"paths": ["a.txt"], "group": ""}))
        assert said == "The service that gives keys does not answer now. Try again in a minute."


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"paths": ["../otto/secret"]}, "Choose files or folders of your home to hand in."),
        ({"paths": []}, "Choose files or folders of your home to hand in."),
        ({"paths": "a"}, '"paths" has to be a list of files and folders of the home.'),
        ({"paths": ["a"], "agreed": ["a"]}, '"agreed" has to say what each file replaces.'),
    ],
)
def test_what_jupyterlab_would_not_ask_is_refused(
    petra: Student, group: str, asked: dict[str, Sequence[str]], said: str
) -> None:
    """In a sentence."""
    body = {"group": f"class-{group}", "agreed": {"a": ""}, **asked}

    assert told(petra.ask("hand-in", "", "POST", json=body)) == said


def test_a_server_that_starts_has_nothing_of_handing_in(prefix: Path) -> None:
    """Hardly anybody needs it, and each server would pay for it."""
    code = "import sys, sardonyx_singleuser.addresses; print([name for name in sys.modules if 'hand_in' in name])"
    found = subprocess.run([prefix / "bin" / "python", "-I", "-c", code], check=True, capture_output=True, text=True)

    assert found.stdout == "[]\n"


def test_nobody_else_hands_in(petra: Student) -> None:
    """Without a token, and with that of somebody else."""
    asks: list[Callable[[dict[str, str]], Any]] = [
        lambda headers: petra.ask("hand-in", "", "POST", headers=headers, json={}),
        lambda headers: petra.ask("hand-in/look", "", "POST", headers=headers, json={}),
        lambda headers: petra.ask("hand-in/handed", "", headers=headers),
        lambda headers: petra.ask("hand-in/delivery", "", "DELETE", headers=headers),
    ]
    for headers in ({"Authorization": ""}, {"Authorization": "token otto-token"}):
        assert [ask(headers).status_code for ask in asks] == [403] * 4
