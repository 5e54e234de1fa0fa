"""Working together, on the user side: off is nothing at all, on is for one server."""

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler

from sardonyx_singleuser import together
from sardonyx_singleuser.visits import may_stay, noted, visits

PAGE = [{"name": "sardonyx"}, *({"name": name} for name in together.LABEXTENSIONS)]


def test_jupyterlabs_page_does_not_name_it_where_it_is_off() -> None:
    """What JupyterHub adds to the page stays, and so does every other extension."""
    settings: dict[str, Any] = {together.HOOK: lambda _handler, config: {**config, "hubUser": "ada"}}

    together.leave_out(settings)

    found = settings[together.HOOK](None, {"federated_extensions": PAGE})
    assert found == {"hubUser": "ada", "federated_extensions": [{"name": "sardonyx"}]}


def test_it_is_turned_on_for_one_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before what the environment says, and beside what an operator says."""
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/etc/ours")

    together.turn_on(tmp_path / "together")

    said = json.loads((tmp_path / "together" / "labconfig" / "page_config.json").read_text())
    assert said["disabledExtensions"].items() >= dict.fromkeys(together.LABEXTENSIONS, False).items()
    assert os.environ["JUPYTER_CONFIG_PATH"] == f"{tmp_path}/together:/etc/ours"


def test_nothing_that_it_keeps_is_in_the_home() -> None:
    """Its own places would be."""
    paths = [each.partition("=")[2] for each in together.options(Path("/run/x")) if "path" in each]

    assert len(paths) == 3
    assert all(path.startswith("/run/x/") for path in paths)


def socket(name: str, *, is_open: bool = True) -> Any:
    """Return a websocket of somebody's."""
    found = WebSocketHandler.__new__(WebSocketHandler)
    found.ws_connection = SimpleNamespace() if is_open else None  # type: ignore[assignment]
    found.current_user = SimpleNamespace(username=name)
    return found


def test_visits_are_the_open_websockets_of_others() -> None:
    """Not the owner's, and none that is closed."""
    hers, his = socket("ada"), socket("ben")

    assert visits([hers, his, socket("ben", is_open=False)], "ada") == [his]


def test_connections_are_known_as_long_as_they_are_there() -> None:
    """Whatever extension they belong to."""

    class Handler:
        """One of Jupyter Server's."""

        def __init__(self, name: str) -> None:
            self.name = name

    class OfAnExtension(Handler):
        """One of an extension's."""

    Handler("before")
    made = noted(Handler)
    kept, gone = OfAnExtension("kept"), Handler("gone")
    del gone

    assert list(made) == [kept]
    assert kept.name == "kept"


def test_tornados_own_handlers_are_made_as_without_that() -> None:
    """With all that they are told."""
    connection = SimpleNamespace(set_close_callback=lambda _callback: None)
    request = HTTPServerRequest(
        start_line=RequestStartLine("GET", "/", "HTTP/1.1"),
        headers=HTTPHeaders({"Host": "hub"}),
        connection=cast("Any", connection),
    )

    class Handler(WebSocketHandler):
        """One of an extension."""

        def initialize(self, word: str) -> None:
            """Take what its address was given."""
            self.word = word

        def data_received(self, chunk: bytes) -> None:
            """Take nothing."""

    def state() -> dict[str, Any]:
        handler = Handler(Application(), request, word="hello")
        return {name: type(value) if name != "word" else value for name, value in vars(handler).items()}

    before = state()
    begin = RequestHandler.__init__
    try:
        noted(RequestHandler)
        assert state() == before
    finally:
        RequestHandler.__init__ = begin  # type: ignore[method-assign]
    assert before["word"] == "hello"


class Auth:
    """What asks the hub, and what that answers."""

    access_scopes = frozenset({"access:servers!server=ada/"})

    def __init__(self, answer: dict[str, Any] | None, token: str = "t") -> None:
        self.answer, self.token = answer, token

    def get_token(self, _visit: object) -> str:
        """Return what somebody came with."""
        return self.token

    async def user_for_token(self, _token: str, *, use_cache: bool, sync: bool) -> dict[str, Any] | None:
        """Answer as the hub does."""
        assert not use_cache
        assert not sync
        if self.answer == {}:
            raise OSError
        return self.answer

    def check_scopes(self, wanted: frozenset[str], person: dict[str, Any]) -> bool:
        """Tell whether somebody may enter."""
        return bool(wanted & set(person["scopes"]))


@pytest.mark.parametrize(
    ("auth", "stays"),
    [
        pytest.param(Auth({"scopes": ["access:servers!server=ada/"]}), True, id="invited"),
        pytest.param(Auth({"scopes": []}), False, id="not any more"),
        pytest.param(Auth(None), False, id="nobody any more"),
        pytest.param(Auth({"scopes": ["access:servers!server=ada/"]}, ""), False, id="without a token"),
        pytest.param(Auth({}), True, id="the hub is away"),
    ],
)
async def test_who_may_stay_is_asked_of_the_hub(auth: Auth, *, stays: bool) -> None:
    """Each time anew."""
    assert await may_stay(auth, object()) is stays
