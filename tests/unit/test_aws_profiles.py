import configparser
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.session
import pytest

from sardonyx_singleuser import aws_profiles, key_process
from sardonyx_singleuser.aws_profiles import (
    AGAIN_S,
    LOOKS_PER_QUESTION,
    ProfileFile,
    file_text,
    group_profiles,
    own_file,
    own_profiles,
)
from sardonyx_singleuser.keys_service import KeysError

ENDPOINT = "http://127.0.0.1:8004"
HOME = own_profiles("s3://data/home/abcd2345efgh6789/")
CLASS = {"name": "class-7mw2kfqd", "title": "Statistics\n[profile x]\ncredential_process = evil", "role": "student"}


def parsed(text: bytes) -> configparser.ConfigParser:
    """Return a file as tools read it."""
    found = configparser.ConfigParser(interpolation=None)
    found.read_string(text.decode())
    return found


def told(folder: Path, url: str = "") -> dict[str, str]:
    """Return the variables of a server."""
    (folder / "token").write_text("token abc")
    return {
        "SARDONYX_TOKEN_FILE": str(folder / "token"),
        "SARDONYX_S3_HOME": "s3://data/home/abcd2345efgh6789/",
        "AWS_ENDPOINT_URL": ENDPOINT,
        "AWS_REGION": "us-east-1",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": url,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(folder / "token"),
    }


@pytest.fixture
def service() -> Any:
    """A keys service with one answer for all, and what it was asked."""
    asked: list[tuple[str, str | None]] = []
    answer: list[tuple[int, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers.get("Authorization")))
            status, body = answer[0]
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    found: Any = type("Service", (), {})()
    found.asked, found.answer = asked, answer
    found.url = f"http://127.0.0.1:{server.server_port}/services/credentials/aws"
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def server(service: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The service of the server in which the test is; a proxy that is set gets nothing of it."""
    monkeypatch.setattr("os.environ", {**told(tmp_path, service.url), "http_proxy": "http://127.0.0.1:1"})
    return service


def test_each_place_has_a_profile_that_asks_for_its_keys() -> None:
    """With the endpoint, the region and the way to address buckets."""
    found = parsed(file_text(b"", (*HOME, *group_profiles({"memberships": [CLASS]})), ENDPOINT, "eu-x-1"))

    assert found.sections() == ["profile home", "profile public", "profile class-7mw2kfqd"]
    begin = f"{sys.executable} -I -m sardonyx_singleuser.key_process"
    assert found["profile home"]["credential_process"] == f"{begin} --prefix home/abcd2345efgh6789/"
    assert found["profile public"]["credential_process"] == f"{begin} --prefix public/"
    assert found["profile class-7mw2kfqd"]["credential_process"] == f"{begin} --group class-7mw2kfqd"
    assert found["profile home"]["endpoint_url"] == ENDPOINT
    assert found["profile home"]["region"] == "eu-x-1"
    assert found["profile home"]["s3"] == "\naddressing_style = path"


def test_an_event_and_a_team_have_a_profile_as_a_class_has() -> None:
    """The page “Data” names it, with code that uses it."""
    groups = [{"name": name, "title": name} for name in ("class-7mw2kfqd", "event-evnt2345", "team-k3qd9zzz")]

    assert [profile.name for profile in group_profiles({"memberships": groups})] == [group["name"] for group in groups]


def test_what_a_class_is_called_is_no_part_of_the_file() -> None:
    """A title of several lines could be a profile with a program of somebody else."""
    text = file_text(b"", group_profiles({"memberships": [CLASS]}), ENDPOINT, "us-east-1")

    assert b"evil" not in text
    assert group_profiles({"memberships": [{**CLASS, "name": "class-x]\n[profile y"}]}) == ()


def test_a_persons_own_profiles_go_on_working() -> None:
    """As they are, and before ours where both have a name."""
    own = b"[default]\noutput = table\n\n[profile work]\nregion = eu-central-1\n[profile home]\nregion = eu-west-1"

    found = parsed(file_text(own, HOME, ENDPOINT, "us-east-1"))

    assert found["default"]["output"] == "table"
    assert found["profile work"]["region"] == "eu-central-1"
    assert dict(found["profile home"]) == {"region": "eu-west-1"}
    assert "profile public" in found


def test_boto_reads_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The profile's own keys, not those of the environment."""
    (tmp_path / "config").write_bytes(file_text(b"", HOME, ENDPOINT, "us-east-1"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))

    session = botocore.session.Session(profile="home")

    assert session.get_scoped_config()["endpoint_url"] == ENDPOINT
    assert session.get_scoped_config()["s3"] == {"addressing_style": "path"}
    assert "key_process" in session.get_scoped_config()["credential_process"]


def test_the_own_file_is_read_only_where_it_is_one(tmp_path: Path) -> None:
    """A pipe, a folder or a very large file in its place holds up no start."""
    assert own_file(tmp_path) == b""
    (tmp_path / ".aws").mkdir()
    path = tmp_path / ".aws" / "config"
    os.mkfifo(path)
    assert own_file(tmp_path) == b""
    path.unlink()
    path.write_bytes(b"x" * (aws_profiles.LARGEST_OWN + 1))
    assert own_file(tmp_path) == b""
    path.write_bytes(b"[default]\n")
    assert own_file(tmp_path) == b"[default]\n"


def test_the_file_is_made_anew_with_what_came_since(tmp_path: Path, service: Any) -> None:
    """A new class, and what the person changed in their own file; who cannot be asked changes nothing."""
    file = ProfileFile(told(tmp_path, service.url), tmp_path)
    file.write()
    first = file.path.read_bytes()
    service.answer[:] = [(200, b'{"memberships": [{"name": "class-7mw2kfqd", "title": "Statistics"}]}')]
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[profile work]\n")

    file.ask()
    file.write()

    assert b"class-7mw2kfqd" not in first
    assert parsed(file.path.read_bytes()).sections() == [
        "profile work",
        "profile home",
        "profile public",
        "profile class-7mw2kfqd",
    ]
    assert file.path.stat().st_mode & 0o777 == 0o400
    assert service.asked == [("/services/credentials/access", "token abc")]
    service.answer[:] = [(503, b'{"message": "The hub does not answer now."}')]
    with pytest.raises(KeysError, match="The hub does not answer now."):
        file.ask()
    assert [profile.name for profile in file.profiles()] == ["home", "public", "class-7mw2kfqd"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [".aws", "aws-config", "token"]


def test_a_service_that_did_not_answer_is_asked_again_soon(
    tmp_path: Path, service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has just started would have no profile of their class for minutes; afterwards it is asked as seldom as ever."""
    file = ProfileFile(told(tmp_path, service.url), tmp_path)
    service.answer[:] = [(503, b"{}")]
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        service.answer[:] = [(200, json.dumps({"memberships": [CLASS]}).encode())]
        if len(pauses) == LOOKS_PER_QUESTION:
            raise InterruptedError

    monkeypatch.setattr(aws_profiles, "time", SimpleNamespace(sleep=sleep))
    with pytest.raises(InterruptedError):
        file.keep()

    assert [seconds < 1.5 * AGAIN_S for seconds in pauses] == [True, *[False] * (LOOKS_PER_QUESTION - 1)]
    assert len(service.asked) == 2
    assert "profile class-7mw2kfqd" in parsed(file.path.read_bytes())


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param((403, b'{"message": "You are in no class."}'), "You are in no class.", id="refused"),
        pytest.param((200, b"<html>"), "The service that gives keys does not answer now.", id="a-page"),
        pytest.param((307, b"{}"), "The service that gives keys answers with 307.", id="led-elsewhere"),
        pytest.param((500, b"[]"), "The service that gives keys answers with 500.", id="broken"),
    ],
)
def test_a_program_that_gets_no_keys_says_why(
    server: Any, capsys: pytest.CaptureFixture[str], answer: tuple[int, bytes], said: str
) -> None:
    """In a sentence, and with 1: AWS' tools show it."""
    server.answer[:] = [answer]

    with pytest.raises(SystemExit) as ended:
        key_process.main(["--group", "class-7mw2kfqd", "--read-only", "--lifetime", "900"])

    assert ended.value.code == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(said)
    assert err.count("\n") == 1
    assert server.asked == [("/services/credentials/aws/class-7mw2kfqd?access=read&lifetime=900", "token abc")]


@pytest.mark.parametrize("main", [lambda: key_process.main([]), aws_profiles.main], ids=["keys", "profiles"])
def test_outside_of_a_server_there_are_none(
    main: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And it is said."""
    monkeypatch.setattr("os.environ", {})

    with pytest.raises(SystemExit):
        main()

    assert capsys.readouterr().err == (
        "There is no data store here, or this is not a program of a server of Sardonyx.\n"
    )
