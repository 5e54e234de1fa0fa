"""What commands read from the service of classes, and what they say where it refuses or does not answer."""

import io
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from sardonyx_hub_config.commands.classes import class_
from sardonyx_hub_config.commands.live import say_row
from sardonyx_hub_config.commands.people_api import NOT_HERE, GroupApi, content_of
from sardonyx_hub_config.errors import OperatorError

ROW = {
    "name": "sam", "state": "running", "memory": None, "memory_limit": None, "seen": None, "team": "", "problem": "", "step": "",
    "server": "", "servers": [""],
}  # fmt: skip


def api(answer: httpx.Response | Exception, asked: list[httpx.Request] | None = None) -> GroupApi:
    """Return the way to a service that answers this."""

    def respond(request: httpx.Request) -> httpx.Response:
        if asked is not None:
            asked.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    client = httpx.Client(base_url="http://here/services/people/api/", transport=httpx.MockTransport(respond))
    return GroupApi(client, "class", "7mw2kfqd")


def test_what_is_sent_is_of_one_class() -> None:
    """Signs in a name are none of an address."""
    asked: list[httpx.Request] = []

    assert api(httpx.Response(200, json={"a": 1}), asked).ask("PUT", "hand-outs/a b?.txt", b"x") == {"a": 1}

    assert asked[0].url.raw_path == b"/services/people/api/classes/7mw2kfqd/hand-outs/a%20b%3F.txt"
    assert asked[0].content == b"x"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx.Response(400, json={"message": "Not now."}), "Not now."),
        (httpx.Response(404, json={"message": "No class."}), "No class. See which there are with: sardonyx class list"),
        (httpx.Response(502, text="<html>"), "the service of classes answers 502. Its log says why: people.log."),
        (
            httpx.ConnectError("refused"),
            NOT_HERE.format(error="refused"),
        ),
    ],
    ids=["refused", "not there", "no answer of ours", "away"],
)
def test_what_is_refused_is_said(answer: httpx.Response | Exception, said: str) -> None:
    """In the service's own words, where it has some."""
    with pytest.raises(OperatorError) as asked:
        api(answer).ask("GET", "live")
    assert str(asked.value) == said

    out = io.BytesIO()
    with pytest.raises(OperatorError) as saved:
        api(answer).save("hand-ins.zip", out)
    assert str(saved.value) == said
    assert out.getvalue() == b""


def test_where_nothing_runs_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No archive is left behind."""
    monkeypatch.setenv("SARDONYX_DATA", str(tmp_path / "data"))
    archive = tmp_path / "work.zip"

    done = CliRunner().invoke(class_, ["collect", "7mw2kfqd", str(archive)])

    assert str(done.exception) == (
        "the service of classes does not answer (it was not started yet). What goes on in servers is known while Sardonyx"
        " runs: start it with sardonyx up, or wait a few seconds where it starts."
    )
    assert not archive.exists()


def test_a_file_that_cannot_be_read_is_not_handed_out(tmp_path: Path) -> None:
    """Nothing is asked of the service."""
    with pytest.raises(
        OperatorError, match=r"none\.txt cannot be read: No such file or directory\. Nothing was handed"
    ):
        content_of(tmp_path / "none.txt")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, "sam                      Running"),
        (
            {"memory": 1 << 30, "memory_limit": 2 << 30, "seen": "2026-11-29T10:00:00+00:00"},
            "sam                      Running             memory 1 GB of 2 GB  last seen 2026-11-29 10:00 UTC",
        ),
        (
            {"state": "failed", "team": "Team 1", "problem": "No room."},
            "sam                      Stopped             Team 1  No room.",
        ),
        (
            {"server": "own", "servers": ["own"], "memory": 1 << 30},
            "sam                      Running             server “own”  memory 1 GB",
        ),
        ({"servers": ["", "own"]}, "sam                      Running             2 servers"),
        ({"state": "starting", "step": "It is next"}, "sam                      Starting            It is next"),
    ],
)
def test_a_line_says_what_a_server_does(row: dict[str, object], said: str) -> None:
    """And what is wrong with it, or what its start waits for."""
    assert say_row({**ROW, **row}) == said
