"""What a server knows of its end, and of how long the files in its home are there: from the hub, of any version."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders, HTTPServerRequest, ResponseStartLine
from tornado.testing import bind_unused_port

from sardonyx_singleuser.server_end import End, ServerEnd, told

NO_END: dict[str, Any] = {"ends_at": None, "may_be_kept_s": 0}


@pytest.fixture
def server_of() -> Iterator[Callable[[dict[str, Any], list[str]], ServerEnd]]:
    """A way to have what a server without a time of its own knows, with a hub that answers so and notes what it is asked."""
    hubs = []

    def known(answer: dict[str, Any], asked: list[str]) -> ServerEnd:
        def reply(request: HTTPServerRequest) -> None:
            asked.append(request.uri or "")
            assert request.connection is not None
            body = json.dumps(answer).encode()
            head = ResponseStartLine("HTTP/1.1", 200, "OK")
            request.connection.write_headers(head, HTTPHeaders({"Content-Length": str(len(body))}), body)
            request.connection.finish()

        socket, port = bind_unused_port()
        hub = HTTPServer(reply)
        hub.add_socket(socket)
        hubs.append(hub)
        url = f"http://127.0.0.1:{port}/hub/api"
        return ServerEnd(None, {"JUPYTERHUB_API_URL": url, "JUPYTERHUB_USER": "ada b"})

    yield known
    for hub in hubs:
        hub.stop()


async def test_a_server_of_an_event_knows_until_when_its_files_are_there(
    server_of: Callable[[dict[str, Any], list[str]], ServerEnd],
) -> None:
    """Also one without an end of its own; JupyterLab is told."""
    asked: list[str] = []
    end = server_of({**NO_END, "files_until": 5000.0}, asked)

    found = await end.look()

    assert found == End(None, 0, 5000.0)
    assert told(found, None, 0, 100)["files_until"] == 5000.0
    assert asked == ["/hub/api/sardonyx/ends/ada%20b/?files=yes"]


@pytest.mark.parametrize("more", [{}, {"files_until": None, "of_a_later_version": 1}], ids=["earlier", "later"])
async def test_a_hub_of_another_version_is_understood_and_asked_once_where_nothing_ends(
    server_of: Callable[[dict[str, Any], list[str]], ServerEnd], more: dict[str, Any]
) -> None:
    """The files stay then."""
    asked: list[str] = []
    end = server_of({**NO_END, **more}, asked)

    assert await end.look() == await end.look() == End(None)
    assert len(asked) == 1


async def test_who_keeps_a_server_longer_does_so_with_a_hub_that_says_more(
    server_of: Callable[[dict[str, Any], list[str]], ServerEnd],
) -> None:
    """It says the new end."""
    end = server_of({"ends_at": 9000.0, "may_be_kept_s": 60, "files_until": None, "of_a_later_version": 1}, [])

    assert await end.keep(60) == End(9000.0, 60)
