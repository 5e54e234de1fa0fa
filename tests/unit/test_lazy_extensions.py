"""Extensions that are loaded by the first request for them."""

import logging
import sys
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine
from tornado.web import Application

from sardonyx_singleuser.broken_extensions import BrokenExtensions
from sardonyx_singleuser.lazy_extensions import call_when_asked, load_when_asked


@pytest.fixture
def server() -> Any:
    """A server that was told to leave the git panel's extension out."""
    app = Application([], base_url="/user/a.b/")
    found = SimpleNamespace(web_app=app, log=logging.getLogger("server"))
    load_when_asked(found, ["jupyterlab_git", "jupyter_lsp"])
    return found


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The servers that the extension was loaded into."""
    servers: list[Any] = []
    module = ModuleType("jupyterlab_git")
    module._load_jupyter_server_extension = servers.append  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "jupyterlab_git", module)
    return servers


def ask(server: Any, path: str) -> None:
    """Let a request find its handler."""
    connection: Any = SimpleNamespace(context=None)
    line = RequestStartLine("GET", path, "HTTP/1.1")
    request = HTTPServerRequest(start_line=line, headers=HTTPHeaders(Host="x"), connection=connection)
    server.web_app.find_handler(request)


def test_the_first_request_loads_it_and_the_second_does_not(server: Any, loaded: list[Any]) -> None:
    """Nothing is loaded before."""
    before = list(loaded)

    ask(server, "/user/a.b/git/settings")
    ask(server, "/user/a.b/git/x/status")

    assert (before, loaded) == ([], [server])


@pytest.mark.parametrize(
    "path", ["/user/a.b/git-pull", "/user/a.b/github/x", "/user/aXb/git/x", "/user/a.b/api/status"]
)
def test_other_addresses_load_nothing(server: Any, loaded: list[Any], path: str) -> None:
    """Not even those that begin in the same way."""
    ask(server, path)

    assert loaded == []


def test_one_that_cannot_be_loaded_is_left_out(
    server: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The server goes on, and its log says which; JupyterLab is told, too."""
    monkeypatch.setitem(sys.modules, "jupyterlab_git", None)
    broken = BrokenExtensions()
    monkeypatch.setattr(server.log, "filters", [broken])

    server.log.warning("%s | nothing was raised", "other")
    ask(server, "/user/a.b/git/settings")

    (told,) = broken.told()
    assert (told["name"], told["why"]) == ("jupyterlab_git", "import of jupyterlab_git halted; None in sys.modules")
    assert told["said"].endswith("ModuleNotFoundError: import of jupyterlab_git halted; None in sys.modules")
    assert "jupyterlab_git | the extension could not be loaded" in caplog.text


async def test_one_that_wants_to_end_the_server_when_it_is_tried_again_does_not() -> None:
    """It stays on the list, with what it said then."""

    class Manager:
        extensions: ClassVar[dict[str, Any]] = {}
        linked_extensions: ClassVar[dict[str, bool]] = {}

        def add_extension(self, _name: str, *, enabled: bool) -> bool:
            raise SystemExit(f"I end when enabled is {enabled}")

    broken = BrokenExtensions()
    broken.add("mine", KeyError("first"))
    broken.add("mine", ValueError("what follows from it"))

    before = broken.told()
    after = await broken.try_again(Manager(), "mine")

    assert [each["why"] for each in before] == ["KeyError: 'first'"]
    assert after is not None
    assert after.why == "I end when enabled is True"
    with pytest.raises(KeyError):
        await broken.try_again(Manager(), "other")


@pytest.mark.parametrize("path", ["proxy/8000/", "proxy/absolute/8000/x", "server-proxy/servers-info"])
def test_the_proxy_is_loaded_by_each_kind_of_its_addresses(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """JupyterLab asks for the last one when it opens."""
    servers: list[Any] = []
    module = ModuleType("jupyter_server_proxy")
    module._load_jupyter_server_extension = servers.append  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "jupyter_server_proxy", module)
    server = SimpleNamespace(web_app=Application([], base_url="/user/ann/"), log=logging.getLogger("server"))
    load_when_asked(server, ["jupyter_server_proxy"])

    ask(server, "/user/ann/my-proxy/8000/")
    before = list(servers)
    ask(server, f"/user/ann/{path}")

    assert (before, servers) == ([], [server])


def test_something_is_done_before_the_first_request_for_its_addresses(server: Any) -> None:
    """Such as to add what answers there."""
    done: list[str] = []
    call_when_asked(server, "sardonyx/api/storage/hand-in(|/.*)", lambda: done.append("loaded"))

    for path in ("folder", "hand-in-other", "hand-in", "hand-in/look"):
        ask(server, f"/user/a.b/sardonyx/api/storage/{path}")
        if path == "hand-in-other":
            assert done == []

    assert done == ["loaded"]
