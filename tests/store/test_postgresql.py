"""Keys and links of a place whose people are in a PostgreSQL, on a real store."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from botocore.exceptions import ClientError
from support import web
from support.places import BUCKET, Place, running_place
from support.postgresql import PASSWORD, PostgresqlServer
from support.shared_links import put, take_back
from support.waiting import soon


@pytest.fixture(scope="module")
def place(postgresql: PostgresqlServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The place."""
    with running_place(tmp_path_factory.mktemp("place"), postgresql.empty()) as found:
        found.start_links()
        soon(lambda: web.get(found.links).status_code == 404)
        yield found


def test_keys_know_at_once_what_changes(place: Place) -> None:
    """Nothing is remembered of people: PostgreSQL is asked each time."""
    amina = place.person("amina")
    amina.s3().put_object(Bucket=BUCKET, Key=f"{amina.home}a.txt", Body=b"mine")
    course = place.people.groups.add("class", "Statistics")
    assert amina.ask(f"class-{course}").status_code == 403

    place.people.groups.join(course, amina.id, "instructor")
    assert amina.ask(f"class-{course}").status_code == 200
    place.people.remove("amina")

    assert amina.ask().status_code == 403


def test_a_link_opens_until_it_is_taken_back(place: Place) -> None:
    """And one that never was is unknown, as with SQLite."""
    petra = place.person("petra")
    link = petra.link(put(petra, "a.csv", b"1,2"))
    assert web.get(link).content == b"1,2"

    (shared,) = place.people.shared_links.of(petra.id)
    assert take_back(place, "petra", shared.mark).is_success

    assert web.get(link).status_code == 404
    assert web.get(f"{link[:-4]}zzzz").status_code == 404


def test_while_it_is_away_that_is_said_and_afterwards_all_is_well(place: Place, postgresql: PostgresqlServer) -> None:
    """Nobody has to start anything again: what looks for itself goes on, and counts what was opened meanwhile."""
    sam = place.person("sam")
    key = put(sam, "a.csv", b"1,2")
    link, s3 = sam.link(key), sam.s3()
    assert web.get(link).is_success
    log = place.folder / "logs" / "keys.log"

    postgresql.end()
    try:
        answer = sam.ask()
        assert web.get(link).status_code == 503
        soon(lambda: "Whose keys the store has to refuse cannot be looked up now" in log.read_text())
        assert (answer.status_code, answer.json()["code"]) == (503, "ServiceUnavailable")
        assert answer.json()["message"].startswith("The database of this place does not answer. Try again in a minute")
    finally:
        postgresql.start()

    assert sam.ask().status_code == 200
    assert [web.get(link).status_code for _ in range(2)] == [200, 200]
    soon(lambda: [each.opened for each in place.people.shared_links.of(sam.id)] == [3])
    assert s3.get_object(Bucket=BUCKET, Key=key)
    place.people.remove("sam")
    soon(lambda: refused(s3, key))


def refused(s3: Any, key: str) -> bool:
    """Tell whether the store refuses to give an object."""
    try:
        s3.get_object(Bucket=BUCKET, Key=key)
    except ClientError as error:
        return bool(error.response["Error"]["Code"] == "AccessDenied")
    return False


def test_the_password_is_in_no_file_and_in_no_command_line(place: Place) -> None:
    """The keys service has it in its environment, which its own user alone can read."""
    secrets = (PASSWORD.encode(), quote(PASSWORD, safe="").encode())
    files = [
        path for path in place.folder.rglob("*") if path.is_file() and not path.is_relative_to(place.folder / "store")
    ]
    assert place.folder / "run" / "keys.json" in files

    assert [path for path in files if any(secret in path.read_bytes() for secret in secrets)] == []
    commands = [Path(f"/proc/{process}/cmdline").read_bytes() for process in place.members()]
    assert commands
    assert not [command for command in commands if any(secret in command for secret in secrets)]
