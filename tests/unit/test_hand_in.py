"""Handing in from JupyterLab: where it goes, what it replaces, and what comes of each file, without a store."""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from sardonyx_singleuser.keys_service import KeysService
from sardonyx_singleuser.storage.chosen import choose
from sardonyx_singleuser.storage.delivery import Delivery
from sardonyx_singleuser.storage.errors import AWAY, FORBIDDEN, StorageError
from sardonyx_singleuser.storage.hand_in_places import HandInPlace, hand_in_places, likely, said
from sardonyx_singleuser.storage.handed import Before, Handed
from sardonyx_singleuser.storage.home_file import PART
from sardonyx_singleuser.storage.places import Spot, places_of
from sardonyx_singleuser.storage.sending import SMALL, Sender

NOW = datetime(2026, 11, 27, 13, 30, tzinfo=UTC)
UNTIL = NOW + timedelta(minutes=30)


def course(group: str = "7mw2kfqd", title: str = "Statistics", role: str = "student", **more: Any) -> dict[str, Any]:
    """Return a class as the keys service tells of it."""
    own = {"prefix": f"class/{group}/hand-in/petra/", "access": "rw", **more.pop("own", {})}
    shared = {"prefix": f"class/{group}/shared/", "access": "r"}
    return {"name": f"class-{group}", "title": title, "role": role, "places": [shared, own], **more}


def places(*courses: dict[str, Any]) -> tuple[HandInPlace, ...]:
    """Return where somebody hands in who is in some classes."""
    of_person = {
        "home": {"prefix": "home/petra/", "access": "rw"},
        "public": {"prefix": "public/", "access": "r"},
        "memberships": list(courses),
    }
    return hand_in_places(of_person, places_of(of_person))


def write(home: Path, *paths: str) -> None:
    """Write files with a word in each."""
    for path in paths:
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text("word")


def test_only_students_hand_in() -> None:
    """Staff read all of it, and a team shares its place."""
    found = places(
        course(),
        course("aaaaaaaa", "Law", "instructor", own={"prefix": "class/aaaaaaaa/hand-in/", "access": "r"}),
        {"name": "team-bbbbbbbb", "title": "Blue", "role": "member", "places": [{"prefix": "team/b/", "access": "rw"}]},
    )

    assert [(each.group, each.title, each.place.prefix) for each in found] == [
        ("class-7mw2kfqd", "Statistics", "class/7mw2kfqd/hand-in/petra/")
    ]


@pytest.mark.parametrize(
    ("own", "state", "why"),
    [
        pytest.param({}, "open", "", id="open"),
        pytest.param({"writes_until": UNTIL.isoformat()}, "open", "", id="in time"),
        pytest.param(
            {"writes_until": NOW.isoformat(), "access": "r"}, "over", "The time to hand in is over.", id="too late"
        ),
        pytest.param({"writes_until": NOW.isoformat()}, "over", "The time to hand in is over.", id="just too late"),
        pytest.param({"access": "rd"}, "full", "The class has no room left in the data store.", id="full"),
        pytest.param({"access": "r"}, "closed", "Nothing can be handed in there now.", id="closed"),
    ],
)
def test_it_is_said_why_a_class_takes_nothing(own: dict[str, Any], state: str, why: str) -> None:
    """Before anything is sent."""
    [found] = places(course(own=own))

    assert found.state(NOW) == state
    assert said(state).startswith(why)
    assert bool(said(state)) == bool(why)


def test_the_room_of_a_class_is_what_its_limit_leaves() -> None:
    """Where there is one."""
    assert [each.room for each in places(course())] == [None]
    assert [each.room for each in places(course(own={"limit": 100, "bytes": 40}))] == [60]
    assert [each.room for each in places(course(own={"limit": 100, "bytes": 140}))] == [0]


@pytest.mark.parametrize(
    ("paths", "own", "meant"),
    [
        (["stats/week 1/a.ipynb"], "", "class-7mw2kfqd"),
        (["stats"], "class-aaaaaaaa", "class-7mw2kfqd"),
        (["law/cases/a.txt"], "", "class-aaaaaaaa"),
        (["statistics/a.txt"], "", None),
        (["stats/a.txt", "law/cases/a.txt"], "", None),
        (["thesis.txt"], "class-aaaaaaaa", "class-aaaaaaaa"),
        (["thesis.txt"], "team-bbbbbbbb", None),
    ],
)
def test_the_class_is_the_one_whose_material_is_worked_on(paths: Sequence[str], own: str, meant: str | None) -> None:
    """Else the one that the server is of; else it is asked for."""
    found = places(course(folders=["stats"]), course("aaaaaaaa", "Law", folders=["law/cases", "law"]))

    where = likely(found, paths, own)

    assert (where.group if where else None) == meant


def test_the_only_class_is_meant() -> None:
    """Whatever is handed in; and none where there is none."""
    [only] = places(course())

    assert likely([only], ["thesis.txt"], "") == only
    assert likely([], ["thesis.txt"], "class-7mw2kfqd") is None


@pytest.mark.parametrize(
    ("tail", "group"), [("", ""), ("/server/class-7mw2kfqd", "class-7mw2kfqd"), ("/server/event-x", "event-x")]
)
def test_a_server_knows_what_it_is_of(tail: str, group: str) -> None:
    """By where its usual keys come from."""
    service = KeysService(f"http://127.0.0.1:8003/services/credentials/aws{tail}", Path("token"))

    assert service.group == group


BEFORE = Before([Handed("work/a.txt", 10, "2026-11-26T12:00:00Z"), Handed("notes", 5, "2026-11-26T12:00:01Z")])


def test_it_is_known_what_a_file_replaces_and_how_much_more_there_is() -> None:
    """By its path; the old one goes."""
    old = BEFORE.at("work/a.txt")
    assert old is not None
    assert old.modified == "2026-11-26T12:00:00Z"
    assert BEFORE.at("work/b.txt") is None
    assert BEFORE.added_by({"work/a.txt": 4, "work/b.txt": 100}) == 94


@pytest.mark.parametrize(
    ("path", "taken"), [("work", "work"), ("notes/x.txt", "notes"), ("work/c.txt", ""), ("notes2", "")]
)
def test_a_file_and_a_folder_cannot_have_one_name(path: str, taken: str) -> None:
    """Some stores keep them as files and folders."""
    assert BEFORE.in_the_way_of(path) == taken


def test_another_version_than_somebody_saw_is_told_apart() -> None:
    """One that came, one that changed, and one that went."""
    old = BEFORE.at("notes")
    assert old is not None
    assert not BEFORE.changed_since("notes", old.tag)
    assert not BEFORE.changed_since("new", "")
    assert BEFORE.changed_since("notes", "")
    assert BEFORE.changed_since("notes", replace(old, size=6).tag)
    assert BEFORE.changed_since("new", old.tag)


@dataclass
class Uploads:
    """A store that keeps what it is given, and refuses when it is told to."""

    there: dict[str, bytes] = field(default_factory=dict)
    parts: dict[str, list[bytes]] = field(default_factory=dict)
    before: Callable[[Spot], None] = lambda _spot: None

    async def put(self, spot: Spot, body: bytes) -> None:
        """Keep a file."""
        self.before(spot)
        self.there[spot.path] = body

    async def begin(self, spot: Spot) -> str:
        """Begin one in parts."""
        self.before(spot)
        self.parts[spot.path] = []
        return spot.path

    async def put_part(self, spot: Spot, upload: str, _number: int, body: bytes) -> str:
        """Take a part."""
        self.before(spot)
        self.parts[upload].append(body)
        return "tag"

    async def end(self, spot: Spot, upload: str, tags: Sequence[str]) -> None:
        """Make a file of them."""
        self.before(spot)
        assert len(tags) == len(self.parts[upload])
        self.there[spot.path] = b"".join(self.parts.pop(upload))

    async def abandon(self, _spot: Spot, upload: str) -> None:
        """Forget them."""
        del self.parts[upload]


def send(
    home: Path,
    uploads: Uploads,
    *,
    now: Callable[[], datetime] = lambda: NOW,
    again: Callable[[], HandInPlace | None] | None = None,
    agreed: dict[str, str] | None = None,
) -> Delivery:
    """Hand in all that is in a home, and return what came of it."""
    [where] = places(course(own={"writes_until": UNTIL.isoformat()}))

    async def look_again(_group: str) -> HandInPlace | None:
        return again() if again else where

    files = choose(home, [path.name for path in home.iterdir()]).files
    delivery = Delivery("1", where, files, agreed or dict.fromkeys(files, ""))
    asyncio.run(Sender(home, cast("Any", uploads), look_again, now).send(delivery, BEFORE))
    return delivery


def test_small_and_large_files_arrive_as_they_are(tmp_path: Path) -> None:
    """Of a large one, so much as a part is in memory."""
    large = os.urandom(2 * PART + 5)
    (tmp_path / "large").write_bytes(large)
    (tmp_path / "middle").write_bytes(large[: SMALL + 1])
    (tmp_path / "empty").write_bytes(b"")
    uploads = Uploads()

    done = send(tmp_path, uploads)

    assert uploads.there == {"large": large, "middle": large[: SMALL + 1], "empty": b""}
    assert (done.handed, done.failed, done.stopped) == ({"large", "middle", "empty"}, {}, "")
    assert done.sent == len(large) + SMALL + 1


def test_one_file_that_cannot_be_sent_holds_up_no_other(tmp_path: Path) -> None:
    """Each with its own reason."""
    write(tmp_path, "a", "odd", "work", "notes")
    # Large ones come last.
    (tmp_path / "gone").write_bytes(bytes(SMALL + 1))
    uploads = Uploads()

    def refuse(spot: Spot) -> None:
        if spot.path == "odd":
            raise StorageError("The data store does not take this for “odd”. Try another name.")
        (tmp_path / "gone").unlink(missing_ok=True)

    uploads.before = refuse
    done = send(tmp_path, uploads)

    assert done.handed == {"a"}
    assert done.failed == {
        "gone": "It is not there any more.",
        "notes": "It was handed in from elsewhere meanwhile. Look at what is there, and hand it in again.",
        "odd": "The data store does not take this for “odd”. Try another name.",
        "work": "“work” was handed in before, and a file and a folder cannot have one name. Remove it there first.",
    }
    assert done.stopped == ""


def test_a_file_that_is_written_to_meanwhile_is_not_handed_in_by_halves(tmp_path: Path) -> None:
    """Neither a large one nor a part of it."""
    (tmp_path / "growing").write_bytes(bytes(PART + 1))
    uploads = Uploads()

    def grow(_spot: Spot) -> None:
        with (tmp_path / "growing").open("ab") as file:
            file.write(b"more")

    uploads.before = grow
    done = send(tmp_path, uploads)

    assert done.failed == {
        "growing": "Something wrote to it while it was sent. Wait until that is over, and send it again."
    }
    assert (uploads.there, uploads.parts) == ({}, {})


def test_the_deadline_ends_it_and_what_came_before_counts(tmp_path: Path) -> None:
    """By the server's own clock: keys live on for minutes with some stores. Large files come last."""
    write(tmp_path, "a")
    (tmp_path / "large").write_bytes(bytes(SMALL + 1))
    (tmp_path / "larger").write_bytes(bytes(SMALL + 1))
    times = iter([NOW, NOW])

    done = send(tmp_path, Uploads(), now=lambda: next(times, UNTIL))

    assert done.handed == {"a", "large"}
    assert done.stopped == "The time to hand in is over. Ask those who lead the class if you need more."
    done.state = "ended"
    assert done.told()["not_sent"] == ["larger"]


def test_a_deadline_within_a_large_file_leaves_nothing_of_it(tmp_path: Path) -> None:
    """Its parts are thrown away, not put together."""
    (tmp_path / "large").write_bytes(bytes(PART + 1))
    times, uploads = iter([NOW]), Uploads()

    done = send(tmp_path, uploads, now=lambda: next(times, UNTIL))

    assert done.stopped.startswith("The time to hand in is over.")
    assert (done.handed, uploads.there, uploads.parts) == (set(), {}, {})


def test_more_time_that_was_given_meanwhile_counts(tmp_path: Path) -> None:
    """Whoever leads the class may have moved the deadline; within a large file, too."""
    write(tmp_path, "a")
    (tmp_path / "large").write_bytes(bytes(PART + 1))
    times = iter([NOW, NOW])
    [later] = places(course(own={"writes_until": (UNTIL + timedelta(days=1)).isoformat()}))

    done = send(tmp_path, Uploads(), now=lambda: next(times, UNTIL), again=lambda: later)

    assert (done.handed, done.stopped) == ({"a", "large"}, "")


@pytest.mark.parametrize(
    ("again", "why"),
    [
        (lambda: None, "You are not a student in this class any more, or it is over."),
        (lambda: places(course(own={"access": "rd"}))[0], "The class has no room left in the data store."),
        (lambda: places(course(own={"access": "r"}))[0], "Nothing can be handed in there now."),
    ],
)
def test_a_store_that_refuses_is_asked_why(tmp_path: Path, again: Callable[[], HandInPlace | None], why: str) -> None:
    """It says only that it does; the keys service knows more."""
    write(tmp_path, "a", "b")
    uploads = Uploads()

    def refuse(_spot: Spot) -> None:
        raise StorageError("The data store does not let this be changed now. Try again in a minute.", FORBIDDEN)

    uploads.before = refuse
    done = send(tmp_path, uploads, again=again)

    assert done.stopped.startswith(why)
    assert (done.handed, done.failed) == (set(), {})


@pytest.mark.parametrize("status", [AWAY, 507])
def test_a_store_that_is_away_or_full_ends_it(tmp_path: Path, status: int) -> None:
    """The next file would fare no better."""
    (tmp_path / "large").write_bytes(bytes(SMALL + 1))
    (tmp_path / "larger").write_bytes(bytes(SMALL + 1))
    uploads = Uploads()
    asked: list[str] = []

    def refuse(spot: Spot) -> None:
        asked.append(spot.path)
        raise StorageError("The data store does not answer now.", status)

    uploads.before = refuse
    done = send(tmp_path, uploads)

    assert (done.stopped, asked) == ("The data store does not answer now.", ["large"])


def test_what_comes_of_it_is_told_at_the_end(tmp_path: Path) -> None:
    """Until then only how far it is."""
    write(tmp_path, "a", "work")
    done = send(tmp_path, Uploads())
    assert done.told() == {
        "id": "1",
        "state": "waiting",
        "title": "Statistics",
        "group": "class-7mw2kfqd",
        "files": 2,
        "handed": 1,
        "bytes": 8,
        "sent": 4,
    }
    done.state, done.ended = "ended", NOW

    told = done.told()

    assert (told["ended"], told["not_sent"], told["stopped"]) == (NOW.isoformat(), [], "")
    assert [each["path"] for each in told["failed"]] == ["work"]
