"""What a window asks for by itself is no use of a server; what its person does is, and what programs ask."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from sardonyx_singleuser.presence import (
    FIRST_S,
    count_persons_only,
    is_told,
    is_use,
    note_presence,
    tell_hub_later,
)

LONG_AGO = timedelta(hours=1)
NOW = timedelta(seconds=10)
PART = b'{"type":"file","format":"base64","name":"a.csv","chunk":2,"content":"MSwy"}'
LAST_PART = b'{"type":"file","format":"base64","name":"a.csv","chunk":-1,"content":"MSwy"}'
SAVED = b'{"type":"file","format":"text","content":"{\\"chunk\\":2}"}'


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "api/contents/work"),
        ("GET", "api/sessions"),
        ("PUT", "lab/api/workspaces/default"),
        ("POST", "git/work/status"),
        ("GET", "sardonyx/api/storage/folder"),
    ],
)
def test_what_a_window_asks_for_by_itself_is_no_use(method: str, path: str) -> None:
    """Neither soon after somebody was there, which would go on for ever."""
    assert not is_use(method, path, since=LONG_AGO)
    assert not is_use(method, path, since=NOW)


@pytest.mark.parametrize(("method", "path"), [("PUT", "api/contents/a.csv"), ("PUT", "sardonyx/api/storage/file")])
def test_files_that_are_sent_one_after_the_other_are_use(method: str, path: str) -> None:
    """A folder of many takes long, and nobody presses a key meanwhile. What is saved by itself comes later, and is none."""
    assert is_use(method, path, body=SAVED, since=NOW)
    assert not is_use(method, path, body=SAVED, since=LONG_AGO)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("api/contents/a.csv", PART, id="one of many"),
        pytest.param("api/contents/a.csv", LAST_PART, id="the last"),
        pytest.param("sardonyx/api/storage/upload", b"1,2", id="to the data store"),
    ],
)
def test_parts_of_a_large_file_are_use(path: str, body: bytes) -> None:
    """However long each takes."""
    assert is_use("PUT", path, body=body, since=LONG_AGO)


@pytest.mark.parametrize("body", [PART, SAVED])
def test_what_cannot_be_saved_is_no_use(body: bytes) -> None:
    """On a full disk JupyterLab tries again every two minutes, for as long as its window is open."""
    assert not is_use("PUT", "api/contents/a.csv", body=body, since=NOW, status=500)


def test_windows_tell_of_their_person_once_one_has() -> None:
    """Where the extension is switched off, none does, and requests count as Jupyter Server counts them."""
    settings: dict[str, Any] = {}
    assert not is_told(settings)

    note_presence(settings)

    assert is_told(settings)


@pytest.mark.parametrize(
    ("method", "headers", "counted"),
    [
        pytest.param("GET", {"Cookie": "x"}, 0, id="window"),
        pytest.param("PUT", {"Cookie": "x"}, 1, id="window that sends"),
        pytest.param("GET", {"Authorization": "token x"}, 1, id="program"),
    ],
)
def test_only_requests_of_windows_stop_to_count(method: str, headers: dict[str, str], counted: int) -> None:
    """JupyterLab sends a token, too; programs have no cookies."""

    class Handlers:
        """What Jupyter Server has."""

        settings: dict[str, Any]
        counted = 0
        request = SimpleNamespace(method=method, path="/user/ann/api/contents/a", headers=headers, body=b"")
        application = SimpleNamespace(last_activity=lambda: datetime.now(UTC))

        def get_status(self) -> int:
            """All went well."""
            return 200

        def update_api_activity(self) -> None:
            """Count."""
            self.counted += 1

    handler = Handlers()
    handler.settings = {}
    note_presence(handler.settings)
    count_persons_only(Handlers, "/user/ann/")

    handler.update_api_activity()

    assert handler.counted == counted


def test_the_hub_hears_of_a_new_server_after_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """It knows of the start itself, and would do this before it has ended it."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    class Extension:
        told = False

        async def keep_activity_updated(self) -> None:
            self.told = bool(slept)

    monkeypatch.setattr("asyncio.sleep", sleep)
    tell_hub_later(Extension)
    extension = Extension()

    asyncio.run(extension.keep_activity_updated())

    assert slept == [FIRST_S]
    assert extension.told


def test_where_a_library_does_it_otherwise_nothing_is_changed(capsys: pytest.CaptureFixture[str]) -> None:
    """The server starts all the same, and its log says once what is so then."""

    class Handlers:
        """What a new version has."""

    tell_hub_later(Handlers)
    count_persons_only(Handlers, "/user/ann/")

    assert not hasattr(Handlers, "keep_activity_updated")
    assert not hasattr(Handlers, "update_api_activity")
    assert capsys.readouterr().err == (
        "Sardonyx: Handlers has no keep_activity_updated in this version."
        " The hub hears of a new server at once, and its start takes longer.\n"
        "Sardonyx: Handlers has no update_api_activity in this version."
        " A window that is left open counts as use of its server.\n"
    )
