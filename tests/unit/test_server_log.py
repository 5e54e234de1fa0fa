"""What a server wrote is made fit to read, whatever it wrote, and however much."""

import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sardonyx_spawner.local.folders import ServerFolders
from sardonyx_spawner.local.logs import FolderLogs
from sardonyx_spawner.server_log import LogUnreadableError, last_lines, readable, readable_parts


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        pytest.param(b"\x1b[31mred\x1b[0m and \x1b[1;32mgreen\x1b[m", "red and green", id="colours"),
        pytest.param(b"\x1b]0;a title\x07text", "text", id="window title"),
        pytest.param(b"\x1b[2J\x1b[H\x1b(Btext\x1bc", "text", id="screen"),
        pytest.param("\x9b31mred".encode(), "red", id="one-byte form"),
        pytest.param(b"10%\r20%\r\ndone\n", "10%\n20%\ndone\n", id="progress bar: nothing is hidden"),
        pytest.param(b"a\x00b\x08c\td\x7f", "a·b·c\td·", id="controls"),
        pytest.param("user\u202egnp.exe".encode(), "user·gnp.exe", id="direction"),
        pytest.param(b"caf\xe9 \xff", "caf\ufffd \ufffd", id="not UTF-8"),
        pytest.param("Grüße 👩‍🔬 <b>&amp;".encode(), "Grüße 👩‍🔬 <b>&amp;", id="ordinary text stays"),
        pytest.param(b"a\x1b", "a·", id="unfinished sequence"),
    ],
)
def test_only_text_is_left(raw: bytes, shown: str) -> None:
    """Neither a terminal nor a page is made to do anything by it."""
    assert readable(raw) == shown


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        pytest.param("GET /lab?token=abc&x=1 (", "GET /lab?token=[secret]&x=1 (", id="token"),
        pytest.param("uri='/a?x=1&auth_TOKEN=abc')", "uri='/a?x=1&auth_TOKEN=[secret]')", id="any case"),
        pytest.param("/cb?code=abc&state=def", "/cb?code=[secret]&state=[secret]", id="sign-in"),
        pytest.param("?X-Amz-Signature=ab&X-Amz-Credential=cd", "?X-Amz-Signature=[secret]&X-Amz-Credential=[secret]", id="S3"),
        pytest.param("Authorization: token abc", "Authorization: token [secret]", id="header"),
        pytest.param("{'Authorization': 'Bearer abc.d'}", "{'Authorization': 'Bearer [secret]'}", id="printed header"),
        pytest.param("/tree?path=a&content=1", "/tree?path=a&content=1", id="not a secret"),
        pytest.param("MONKEY=1 key=2", "MONKEY=1 key=2", id="no address"),
    ],
)  # fmt: skip
def test_secrets_of_addresses_are_hidden(raw: str, shown: str) -> None:
    """A log is sent to whoever is asked for help."""
    assert readable(raw.encode()) == shown


@pytest.mark.parametrize(
    "piece", ["?token", "?", "&", "?a=", "\x1b[0", "\x9d", "\x1b]", "authorization:token ", "\r", "\x00"]
)
def test_a_hostile_log_does_not_hold_up_the_hub(piece: str) -> None:
    """Time grows with the length, not with its square."""
    raw = (piece * 1_000_000).encode()[: 1 << 20]

    began = time.perf_counter()
    readable(raw)

    assert time.perf_counter() - began < 2


async def test_the_end_begins_with_a_whole_line() -> None:
    """Unless one line is longer than all of it: then with its rest, from a whole letter on."""
    assert await last_lines(b"st of a line\nwhole\n", is_cut=True) == "whole\n"
    assert await last_lines(b"first\nwhole\n", is_cut=False) == "first\nwhole\n"
    assert await last_lines("ü".encode()[1:] + b"xx", is_cut=True) == "…xx"


async def _parts(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_what_lies_across_two_parts_is_found() -> None:
    """Also a secret and a letter."""
    found = [text async for text in readable_parts(_parts(b"one\n?tok", b"en=abc\nt", b"w\xc3", b"\xbc\nend"))]

    assert found == ["one\n", "?token=[secret]\n", "twü\n", "end"]


@pytest.fixture
def folders(tmp_path: Path) -> ServerFolders:
    """The folders of a server that has not started."""
    found = ServerFolders.of(tmp_path / "homes", tmp_path / "servers", "a" * 16, "", fresh=False)
    found.prepare()
    return found


async def test_logs_are_known_by_number(folders: ServerFolders) -> None:
    """The newest is number 0; after a start that did not come so far it is missing."""
    logs = FolderLogs(folders.private)
    assert logs.notes() == {}
    for text in ("first", "second"):
        folders.rotate_log("server.log").write_text(text)

    assert list(logs.notes()) == [0, 1]
    assert (await logs.end(0, 3), await logs.end(1, 100)) == (b"ond", b"first")
    folders.rotate_log("server.log")
    assert list(logs.notes()) == [1, 2]


async def test_a_whole_log_comes_in_parts(folders: ServerFolders) -> None:
    """And ends where it ended when it was opened."""
    text = os.urandom(700_000)
    (folders.private / "server.log").write_bytes(text)

    parts = [part async for part in FolderLogs(folders.private).parts(0)]

    assert b"".join(parts) == text
    assert max(map(len, parts)) == 1 << 18


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
async def test_what_was_put_in_the_place_of_a_log_is_not_read(folders: ServerFolders, kind: str) -> None:
    """Neither a file of the hub's, nor for ever."""
    path = folders.private / "server.log"
    (folders.private / "secret").write_text("secret")
    if kind == "link":
        path.symlink_to("secret")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    logs = FolderLogs(folders.private)

    assert list(logs.notes()) == [0]
    with pytest.raises(LogUnreadableError, match="something else in the place of this log"):
        await logs.end(0, 100)
    with pytest.raises(LogUnreadableError):
        async for _ in logs.parts(0):
            pass
