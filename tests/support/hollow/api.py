"""The API server as a kubelet asks it: a few lines over aiohttp, because a client library would be most of the work."""

import json
import ssl
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientSession, ClientTimeout, TCPConnector

AT_ONCE = 64
LINE_BYTES = 1 << 20
STRATEGIC = "application/strategic-merge-patch+json"
NOT_FOUND, CONFLICT = 404, 409


class RefusedError(Exception):
    """The API server said no."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"{status} {said}")
        self.status = status


class Api:
    """Asks as an administrator.

    Args:
        server: its address.
        authority: file with the certificate that it is known by.
    """

    def __init__(self, server: str, authority: str, token: str) -> None:
        self._server, self._authority = server, authority
        self._headers = {"Authorization": f"Bearer {token}"}

    async def __aenter__(self) -> Self:
        connector = TCPConnector(ssl=ssl.create_default_context(cafile=self._authority), limit=AT_ONCE)
        self._session = ClientSession(connector=connector, headers=self._headers, read_bufsize=LINE_BYTES)
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def ask(self, verb: str, path: str, body: Mapping[str, Any] | None = None, kind: str = "") -> Any:
        """Return what it answers.

        Args:
            kind: of the body; "" = JSON.

        Raises:
            RefusedError: it says no.
        """
        data = None if body is None else json.dumps(body)
        headers = {"Content-Type": kind or "application/json"}
        async with self._session.request(verb, self._server + path, data=data, headers=headers) as answer:
            said = await answer.read()
        if answer.status >= 400:
            raise RefusedError(answer.status, said.decode(errors="replace"))
        return json.loads(said)

    async def patch_status(self, path: str, status: Mapping[str, Any]) -> None:
        """Say how something is; lists are merged by their keys."""
        await self.ask("PATCH", f"{path}/status", {"status": status}, STRATEGIC)

    async def watch(self, path: str, version: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """Yield (what happened, the object), until the API server has had enough."""
        asked = f"{self._server}{path}?watch=1&allowWatchBookmarks=true&resourceVersion={version}"
        async with self._session.get(asked, timeout=ClientTimeout(total=None)) as answer:
            async for line in answer.content:
                said = json.loads(line)
                yield said["type"], said["object"]
