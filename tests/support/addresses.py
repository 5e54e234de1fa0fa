"""How tests reach a server, whose address may be a unix socket: over HTTP and over websockets."""

import socket
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
from support import web
from tornado.httpclient import HTTPRequest
from tornado.netutil import Resolver
from tornado.websocket import WebSocketClientConnection, websocket_connect


class SocketResolver(Resolver):
    """Finds one unix socket, whatever it is asked for."""

    def initialize(self, path: str) -> None:
        """Take the socket's path."""
        self._path = path

    async def resolve(self, _host: str, _port: int, _family: socket.AddressFamily = socket.AF_UNSPEC) -> Any:
        """Return the socket's address."""
        return [(socket.AF_UNIX, self._path)]


def socket_path(url: str) -> str | None:
    """Return the socket of an address; None if it has a port."""
    parts = urlsplit(url)
    return unquote(parts.netloc) if parts.scheme == "http+unix" else None


def plain(url: str) -> str:
    """Return the address as a client needs it that knows the socket already."""
    return url if socket_path(url) is None else f"http://server{urlsplit(url).path}"


def get(url: str, **options: Any) -> httpx.Response:
    """Ask for a page."""
    with web.Client(transport=httpx.HTTPTransport(uds=socket_path(url)), **options) as client:
        return client.get(plain(url))


def post(url: str, told: Any, **options: Any) -> httpx.Response:
    """Tell something in JSON."""
    with web.Client(transport=httpx.HTTPTransport(uds=socket_path(url)), **options) as client:
        return client.post(plain(url), json=told)


def client(url: str, **options: Any) -> httpx.AsyncClient:
    """Return a client for a server; addresses are `plain` ones."""
    return web.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=socket_path(url), verify=web.TRUSTED), **options)


async def websocket(url: str, path: str, headers: dict[str, str]) -> WebSocketClientConnection:
    """Open a websocket below a server's address."""
    place = socket_path(url)
    # Over https it has to be told whose certificates it trusts.
    tls = web.TRUSTED if url.startswith("https:") else None
    request = HTTPRequest(f"{plain(url)}{path}".replace("http", "ws", 1), headers=headers, ssl_options=tls)
    return await websocket_connect(request, resolver=None if place is None else SocketResolver(place))
