"""What a window asks for by itself is no use of a server; what its person does is, and what programs ask."""

import asyncio
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
    """Asked by a program, it is."""
    assert not is_use(method, path, from_window=True)
    assert is_use(method, path, from_window=False)


@pytest.mark.parametrize(("method", "path"), [("PUT", "api/contents/data.csv"), ("PUT", "sardonyx/api/storage/upload")])
def test_files_that_are_sent_are_use(method: str, path: str) -> None:
    """A large one takes long, and nobody presses a key meanwhile."""
    assert is_use(method, path, from_window=True)


def test_windows_tell_of_their_person_once_one_has() -> None:
    """Where the extension is switched off, none does, and requests count as Jupyter Server counts them."""
    settings: dict[str, Any] = {}
    assert not is_told(settings)

    note_presence(settings)

    assert is_told(settings)


@pytest.mark.parametrize(("headers", "counted"), [({"Cookie": "x"}, 0), ({"Authorization": "token x"}, 1)])
def test_only_requests_of_windows_stop_to_count(headers: dict[str, str], counted: int) -> None:
    """JupyterLab sends a token, too; programs have no cookies."""

    class Handlers:
        """What Jupyter Server has."""

        settings: dict[str, Any]
        counted = 0
        request = SimpleNamespace(method="GET", path="/user/ann/api/sessions", headers=headers)

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


def test_where_jupyterhub_tells_it_otherwise_nothing_is_changed() -> None:
    """A start takes a little longer then, and nothing is lost."""
    tell_hub_later(SimpleNamespace)

    assert not hasattr(SimpleNamespace, "keep_activity_updated")
