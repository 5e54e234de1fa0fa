"""The tests of rights forget no route: they find each, however it got into the application."""

import pytest
from fastapi import APIRouter, FastAPI, WebSocket
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from support.served import is_of_events, served


def answer() -> Response:
    """Answer."""
    return Response()


async def listen(socket: WebSocket) -> None:
    """Take a connection."""
    await socket.accept()


def test_each_route_is_found_wherever_it_stands() -> None:
    """In the application, in what it includes and that includes, in what is mounted, and what is neither read nor sent."""
    app, outer, inner = FastAPI(openapi_url=None), APIRouter(prefix="/outer"), APIRouter()
    inner.add_api_route("/{of}", answer, methods=["PUT", "DELETE"])
    outer.include_router(inner, prefix="/inner")
    app.add_api_route("/place/own", answer)
    app.include_router(outer, prefix="/place")
    app.mount("/place/mounted", Starlette(routes=[Route("/here", answer)]))
    app.mount("/place/files", StaticFiles(directory="/"))
    app.add_api_websocket_route("/place/socket", listen)

    assert served(app.routes, "/place") == [
        ("*", "/files"),
        ("*", "/socket"),
        ("DELETE", "/outer/inner/{of}"),
        ("GET", "/mounted/here"),
        ("GET", "/own"),
        ("HEAD", "/mounted/here"),
        ("PUT", "/outer/inner/{of}"),
    ]


@pytest.mark.parametrize(
    ("path", "is_so"),
    [("/events/{event}", True), ("/events", True), ("/take/{code}", True), ("/eventful", False), ("/classes", False)],
)
def test_each_route_is_tried_in_one_of_two_places(path: str, *, is_so: bool) -> None:
    """By its path alone."""
    assert is_of_events(("GET", path)) == is_so
