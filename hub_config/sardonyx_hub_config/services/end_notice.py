"""The hub tells the keys service at once of a server that has stopped; what is lost on the way, that one finds out itself."""

import asyncio
import json
import logging

from tornado.httpclient import AsyncHTTPClient

PATIENCE_S = 2.0
log = logging.getLogger(__name__)


class EndNotice:
    """Tells it, and lets nobody wait for that.

    Args:
        url: of the keys service, on this machine.
        token: of the keys service in the hub; it knows by it who tells.
    """

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token
        self._telling: set[asyncio.Task[None]] = set()
        self._client: AsyncHTTPClient | None = None

    def __call__(self, name: str, server: str) -> None:
        """Tell it of a server."""
        task = asyncio.get_running_loop().create_task(self._tell(name, server))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell(self, name: str, server: str) -> None:
        if self._client is None:
            # One of our own: the hub's other calls do not stand in line behind these.
            self._client = AsyncHTTPClient(force_instance=True)
        try:
            await self._client.fetch(
                self._url,
                method="POST",
                headers={"Authorization": f"token {self._token}", "Content-Type": "application/json"},
                body=json.dumps({"name": name, "server": server}),
                connect_timeout=PATIENCE_S,
                request_timeout=PATIENCE_S,
            )
        except Exception as error:  # noqa: BLE001 - a stop never fails for it
            log.warning("The keys service was not told of the end of %s/%s: %s", name, server, error)
