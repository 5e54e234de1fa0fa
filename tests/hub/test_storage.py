"""The data store in a real server: places as folders, files in and out, and what is refused, on a real store."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from support import web
from support.data_server import DataServer, data_server, forks, place, told
from support.forks import Forks
from support.places import BUCKET, Place
from support.waiting import soon

__all__ = ["forks", "place"]
ODD_NAMES = [
    "a name with spaces.txt",
    "100%.txt",
    "50%25.txt",
    "a#b?c&d=e+f.txt",
    "été ☕.txt",
    ".hidden",
    "..two",
    "it's.txt",
]
MIB = 1 << 20


@pytest.fixture(scope="module")
def group(place: Place) -> str:
    """A class of which petra is a student."""
    made: str = place.people.groups.add("class", "Statistics")
    place.people.groups.join(made, place.person("petra").id, "student")
    return made


@pytest.fixture(scope="module")
def petra(forks: Forks, place: Place, group: str) -> Iterator[DataServer]:
    """Her server."""
    assert group
    with data_server(forks, place, "petra") as found:
        yield found


def test_the_places_are_the_folders(petra: DataServer) -> None:
    """As the page Data calls them."""
    assert petra.names("") == [
        "My place",
        "Published",
        "Statistics (data of the class)",
        "Statistics (what you hand in)",
    ]
    assert petra.says("folder", "My place")["may_write"] is True
    assert petra.says("folder", "Published")["may_write"] is False


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_file_keeps_its_name_wherever_it_goes(petra: DataServer, name: str) -> None:
    """In, found, renamed, out again and gone: with signs that addresses, shells and S3 read in other ways."""
    folder = f"My place/odd {len(name)}"
    petra.put(f"{folder}/{name}", name.encode())
    stored = petra.store.get_object(Bucket=BUCKET, Key=f"{petra.person.home}odd {len(name)}/{name}")["Body"].read()
    moved = petra.copy(f"{folder}/{name}", f"{folder}/to {name}", moves=True)
    got = petra.ask("file", f"{folder}/to {name}")

    assert stored == name.encode()
    assert moved.status_code == 200, moved.text
    assert petra.names(folder) == [f"to {name}"]
    assert got.content == name.encode()
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert got.headers["Content-Disposition"].startswith("attachment;")
    petra.says("file", f"{folder}/to {name}", "DELETE")
    # A store may keep the folder, or not.
    left = petra.ask("folder", folder)
    assert left.status_code == 404 or left.json()["entries"] == []


def test_a_large_file_goes_in_by_parts_and_out_by_blocks(petra: DataServer) -> None:
    """The server holds one of them at a time: its memory does not grow with the file."""
    part = bytes(range(256)) * (8 * MIB // 256)
    before = memory(petra)
    upload = petra.says("upload", "My place/large.bin", "POST", json={})
    tags = [
        petra.says("upload", "My place/large.bin", "PUT", content=part, query={"upload": upload, "number": str(number)})
        for number in range(1, 13)
    ]
    petra.says("upload", "My place/large.bin", "POST", json={"upload": upload, "tags": tags})
    with petra.web.stream("GET", "file", params={"path": "My place/large.bin"}) as answer:
        sizes = [len(block) for block in answer.iter_bytes()]
        assert answer.headers["Content-Length"] == str(96 * MIB)

    assert sum(sizes) == 96 * MIB
    assert memory(petra) - before < 64 * MIB


def memory(server: DataServer) -> int:
    """Return the most that a server's process has had at once, in bytes."""
    lines = Path(f"/proc/{server.server.pid}/task/{server.server.pid}/children").read_text().split()
    status = Path(f"/proc/{lines[0] if lines else server.server.pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) * 1024


def test_an_upload_that_is_given_up_leaves_nothing(petra: DataServer) -> None:
    """Neither the file nor its parts."""
    upload = petra.says("upload", "My place/given-up.bin", "POST", json={})
    petra.says("upload", "My place/given-up.bin", "PUT", content=b"x", query={"upload": upload, "number": "1"})
    petra.says("upload", "My place/given-up.bin", "DELETE", query={"upload": upload})

    assert "given-up.bin" not in petra.names("My place")


def test_a_folder_is_made_moved_and_removed_with_all_in_it(petra: DataServer) -> None:
    """And says before how many files there are."""
    petra.says("folder", "My place/work", "POST")
    for name in ("a.txt", "deep/b.txt", "deep/er/c.txt"):
        petra.put(f"My place/work/{name}", b"x")
    assert petra.says("count", "My place/work") == {"files": 3, "is_more": False}

    assert petra.copy("My place/work", "My place/moved", moves=True).status_code == 200

    assert petra.names("My place/moved/deep") == ["b.txt", "er"]
    assert "There is no folder “work” any more." in told(petra.ask("folder", "My place/work"))
    petra.says("file", "My place/moved", "DELETE")
    assert "moved" not in petra.names("My place")


def test_nothing_is_overwritten_unless_it_was_said(petra: DataServer) -> None:
    """By an upload, a move, a copy or a new folder."""
    petra.put("My place/old.txt", b"old")
    petra.put("My place/new.txt", b"new")
    there = "There is a “old.txt” here already."

    assert there in told(petra.ask("file", "My place/old.txt", "PUT", content=b"new"))
    assert there in told(petra.ask("upload", "My place/old.txt", "POST", json={}))
    assert there in told(petra.ask("folder", "My place/old.txt", "POST"))
    refused = petra.copy("My place/new.txt", "My place/old.txt", moves=True)
    assert there in told(refused)
    assert refused.status_code == 409
    assert petra.ask("file", "My place/old.txt").content == b"old"
    assert "cannot be put into itself" in told(petra.copy("My place", "My place/x"))


def test_files_go_between_the_persons_own_place_and_a_class(petra: DataServer, group: str) -> None:
    """With keys that reach both, and nothing else."""
    petra.put("My place/answer.txt", b"42")

    done = petra.copy("My place/answer.txt", "Statistics (what you hand in)/answer.txt")

    assert done.status_code == 200, done.text
    handed_in = petra.person.s3(f"class-{group}").get_object(
        Bucket=BUCKET, Key=f"class/{group}/hand-in/{petra.person.id}/answer.txt"
    )
    assert handed_in["Body"].read() == b"42"


def steps(answer: httpx.Response) -> list[dict[str, Any]]:
    """Return what was said while something was copied."""
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def test_a_folder_goes_from_the_home_to_the_store_and_back_and_stays_where_it_was(
    petra: DataServer, forks: Forks
) -> None:
    """With folders in it, a large file in parts, and how far it is; links lead elsewhere and are left."""
    large = forks.put("petra", "week 1/data/large.bin", "x" * (20 * MIB))
    forks.put("petra", "week 1/été.txt", "summer")
    (large.parent / "link").symlink_to("large.bin")

    said = steps(petra.cross("week 1", "My place/week 1", "store"))

    assert said[-1] == {"done": True}
    sent = [line["sent"] for line in said[:-1]]
    assert (sent[0], sent[-1], {line["of"] for line in said[:-1]}) == (0, 20 * MIB + 6, {20 * MIB + 6})
    assert max(after - before for before, after in pairwise(sent)) == 8 * MIB
    assert petra.names("My place/week 1") == ["data", "été.txt"]
    assert petra.names("My place/week 1/data") == ["large.bin"]
    assert steps(petra.cross("My place/week 1", "back", "home"))[-1] == {"done": True}
    assert (large.parents[2] / "back" / "data" / "large.bin").stat().st_size == 20 * MIB
    assert (large.parents[2] / "back" / "été.txt").read_text() == (large.parents[1] / "été.txt").read_text() == "summer"
    assert petra.ask("file", "My place/week 1/été.txt").content == b"summer"


def test_nothing_is_overwritten_and_nothing_half_is_left(petra: DataServer, forks: Forks) -> None:
    """A name that is taken; a place that is only read; a file among others that cannot be there, from the home or within."""
    home = forks.put("petra", "taken.txt", "of the home").parent
    petra.put("My place/taken.txt", b"of the store")
    for source, target, into in (
        ("taken.txt", "My place/taken.txt", "store"),
        ("My place/taken.txt", "taken.txt", "home"),
    ):
        refused = petra.cross(source, target, into)
        assert (refused.status_code, told(refused)) == (
            409, "There is a “taken.txt” here already. Choose another name.",
        )  # fmt: skip
    assert "You can read in" in told(petra.cross("taken.txt", "Statistics (data of the class)/x", "store"))

    deep = "/".join(["d" * 200] * 4)
    forks.put("petra", f"long/{deep}/a.txt", "a")
    forks.put("petra", "long/0.txt", "0")
    refused = petra.cross("long", f"My place/{'e' * 200}", "store")
    assert "too long for the data store" in steps(refused)[-1]["message"]
    assert "e" * 200 not in petra.names("My place")
    assert (home / "long" / "0.txt").read_text() == "0"

    for name in ("0.txt", f"{deep}/a.txt"):
        petra.put(f"My place/within/{name}", b"x")
    refused = petra.copy("My place/within", f"My place/{'f' * 200}", moves=True)
    assert told(refused) == "The data store does not take this for “a.txt”. Try another name."
    assert "f" * 200 not in petra.names("My place")
    assert petra.says("count", "My place/within") == {"files": 2, "is_more": False}


@pytest.mark.parametrize(
    ("source", "target", "into"),
    [
        ("../petra-2/x", "My place/x", "store"),
        ("/etc/passwd", "My place/x", "store"),
        ("My place/taken.txt", "../out", "home"),
        ("My place/taken.txt", "no such folder/x", "home"),
        ("My place/gone.txt", "gone.txt", "home"),
    ],
)
def test_nothing_beside_the_home_is_copied(petra: DataServer, source: str, target: str, into: str) -> None:
    """Neither from there nor to there."""
    refused = petra.cross(source, target, into)

    assert (refused.status_code, told(refused)[:8]) == (404, "There is")


@pytest.mark.parametrize(
    ("what", "method", "more"),
    [
        pytest.param("file", "PUT", {"content": b"x"}, id="write"),
        pytest.param("file", "DELETE", {}, id="delete"),
        pytest.param("folder", "POST", {}, id="make a folder"),
        pytest.param("upload", "POST", {"json": {}}, id="upload"),
    ],
)
def test_a_place_that_is_only_read_refuses_changes(
    petra: DataServer, what: str, method: str, more: dict[str, object]
) -> None:
    """With what to do instead."""
    said = told(petra.ask(what, "Statistics (data of the class)/x", method, **more))

    assert said == (
        "You can read in “Statistics (data of the class)”, and not change anything. Copy it to My place to work on it."
    )


def test_no_path_leads_out_of_a_place(petra: DataServer, place: Place) -> None:
    """However it is written; what another person has is not there."""
    otto = place.person("otto")
    otto.s3().put_object(Bucket=BUCKET, Key=f"{otto.home}secret.txt", Body=b"of otto")
    for path in (
        f"My place/../{otto.id}/secret.txt",
        f"My place/%2e%2e/{otto.id}/secret.txt",
        f"My place/..%2f{otto.id}%2fsecret.txt",
        f"My place//../{otto.id}/secret.txt",
        f"home/{otto.id}/secret.txt",
        f"/home/{otto.id}/secret.txt",
        f"Published/../home/{otto.id}/secret.txt",
        f"My place/\\..\\{otto.id}\\secret.txt",
    ):
        for what in ("file", "about", "folder", "count"):
            answer = petra.ask(what, path)
            assert b"of otto" not in answer.content
            assert answer.status_code in {400, 403, 404} or answer.json() == {"files": 0, "is_more": False}, (
                what,
                path,
            )
        assert petra.copy(path, "My place/stolen.txt").status_code in {400, 403, 404}, path
        assert petra.preview(path).status_code in {400, 403, 404}, path
    assert "stolen.txt" not in petra.names("My place")


def test_who_left_a_class_finds_its_place_gone_or_closed(forks: Forks, place: Place) -> None:
    """Within seconds the store refuses; within a minute the folder is gone."""
    team = place.people.groups.add("team", "Blue")
    nina = place.person("nina")
    place.people.groups.join(team, nina.id, "member")
    with data_server(forks, place, "nina") as server:
        server.put("Blue/x.txt", b"x")
        place.people.groups.leave(team, nina.id)

        soon(lambda: server.ask("file", "Blue/x.txt").status_code != 200)
        said = told(server.ask("file", "Blue/x.txt"))

    assert said.startswith(("The data store", "You have no place “Blue”", "You are in no class or team")), said


def test_a_folder_of_many_files_is_given_in_parts(petra: DataServer) -> None:
    """A thousand at once; the next part begins where the last one ended."""
    store = petra.store
    for number in range(1100):
        store.put_object(Bucket=BUCKET, Key=f"{petra.person.home}many/{number:04}", Body=b"")

    first = petra.says("folder", "My place/many")
    second = petra.says("folder", "My place/many", query={"after": first["after"]})

    assert (len(first["entries"]), len(second["entries"]), second["after"]) == (1000, 100, "")
    assert petra.says("count", "My place/many") == {"files": 1100, "is_more": False}
    petra.says("file", "My place/many", "DELETE")
    assert "any more" in told(petra.ask("folder", "My place/many"))


def test_looking_is_no_use_and_changing_is(petra: DataServer) -> None:
    """A file browser that was left open asks all the time."""
    status = httpx.URL(str(petra.web.base_url).replace("sardonyx/api/storage/", "api/status"))
    petra.put("My place/used.txt", b"x")
    before = petra.web.get(status).json()["last_activity"]
    petra.names("My place")
    petra.says("about", "My place/used.txt")
    assert petra.web.get(status).json()["last_activity"] == before

    petra.put("My place/used.txt", b"y")

    assert petra.web.get(status).json()["last_activity"] > before


def test_a_file_that_went_meanwhile_is_said(petra: DataServer) -> None:
    """Whoever took it away."""
    assert told(petra.ask("file", "My place/never.txt")) == "There is no file “never.txt” here any more."
    assert told(petra.copy("My place/never.txt", "My place/other.txt")) == "There is no “never.txt” here any more."


def test_a_link_opens_what_it_was_made_for_and_says_until_when(petra: DataServer, place: Place) -> None:
    """Without signing in, through the service that opens links; from a place of one's own and from that of a class."""
    place.start_links()
    soon(lambda: web.get(place.links).status_code == 404)
    for path in ("My place/shared é #1.txt", "Statistics (what you hand in)/shared 100%.txt"):
        petra.put(path, b"for all")

        made = petra.says("link", path, "POST", json={"seconds": 600})

        left = datetime.fromisoformat(made["until"]) - datetime.now(UTC)
        assert timedelta(seconds=590) < left <= timedelta(seconds=600)
        assert made["address"].startswith("/services/links/")
        assert web.get(place.links + made["address"]).content == b"for all"


def test_it_is_said_until_when_the_key_of_the_server_lives(forks: Forks, place: Place) -> None:
    """That of its programs, as they have it; not those by which its files are shown."""
    with data_server(forks, place, "kira") as server:
        keys = server.person.keys()
        said = datetime.fromisoformat(server.says("key", "")["until"])

    assert abs(said - datetime.fromisoformat(keys["Expiration"])) < timedelta(seconds=2)


def test_how_long_a_link_may_live_is_said_and_kept(petra: DataServer) -> None:
    """By the hub's side, whatever the server asks for."""
    petra.put("My place/kept.txt", b"x")

    assert petra.says("link", "") == {"longest_s": 7 * 86400}
    said = told(petra.ask("link", "My place/kept.txt", "POST", json={"seconds": 7 * 86400 + 1}))
    assert said == "“seconds” is a number from 60 to 604800: links live no longer here, and no shorter."
    assert told(petra.ask("link", "My place/kept.txt", "POST", json={})) == '"seconds" has to be a number.'


def test_a_folder_is_not_shared_and_neither_is_what_is_not_there(petra: DataServer) -> None:
    """With what to do instead."""
    petra.put("My place/results/a.txt", b"x")
    archive = "and a link opens one file. Make an archive of it in a terminal, such as a .zip, and share that."
    for path, said in (
        ("My place/results", f"“results” is a folder, {archive}"),
        ("My place", f"“My place” is a folder, {archive}"),
        ("My place/never.txt", "There is no file “never.txt” here any more."),
    ):
        assert told(petra.ask("link", path, "POST", json={"seconds": 60})) == said


def test_nobody_else_gets_an_answer(petra: DataServer) -> None:
    """Without a token, and with that of somebody else."""
    for headers in ({"Authorization": ""}, {"Authorization": "token otto-token"}):
        assert petra.ask("folder", "", headers=headers).status_code == 403


def test_a_store_and_a_keys_service_that_are_away_are_said(forks: Forks, place: Place) -> None:
    """The server starts as ever, and answers."""
    with data_server(forks, place, "paul", endpoint="http://127.0.0.1:9") as no_store:
        said = told(no_store.ask("folder", "My place"))
        assert said.startswith("The data store does not answer now.")
    with data_server(forks, place, "pia", keys="http://127.0.0.1:9") as no_keys:
        assert (
            told(no_keys.ask("folder", "")) == "The service that gives keys does not answer now. Try again in a minute."
        )


def test_keys_of_a_place_reach_no_other(place: Place) -> None:
    """What this rests on beside the paths: the keys that the server asks for reach the place alone."""
    petra = place.person("petra")
    keys = place.s3_with(petra.keys(prefix=petra.home))
    with pytest.raises(ClientError, match="AccessDenied"):
        keys.list_objects_v2(Bucket=BUCKET, Prefix="public/")
