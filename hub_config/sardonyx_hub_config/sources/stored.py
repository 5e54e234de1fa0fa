"""How much is in the data store of what may be, as the keys service says it again and again: who asks here waits for nobody."""

import asyncio
import json
import logging

from tornado.httpclient import AsyncHTTPClient

from sardonyx_spawner.quotas import Stored

EVERY_S = 20.0
PATIENCE_S = 2.0
log = logging.getLogger(__name__)


class StoredNews:
    """Asks for all of it again and again, from the moment on in which somebody first wants to know.

    Args:
        url: of the keys service, on this machine.
        token: it knows by it that this place asks.
    """

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token
        self._known: dict[str, Stored] = {}
        self._is_away = False
        self._asking: asyncio.Task[None] | None = None

    def of(self, whole: str) -> Stored | None:
        """Return how much there is of all of somebody or something, such as "home/d6my4m4v5pjzf9ru/"; None = not known."""
        if self._asking is None:
            self._asking = asyncio.get_running_loop().create_task(self._run())
        return self._known.get(whole)

    async def _run(self) -> None:
        # One of our own: the hub's other calls do not stand in line behind these.
        client = AsyncHTTPClient(force_instance=True)
        while True:
            await self._ask(client)
            await asyncio.sleep(EVERY_S)

    async def _ask(self, client: AsyncHTTPClient) -> None:
        try:
            answer = await client.fetch(
                self._url,
                method="POST",
                headers={"Authorization": f"token {self._token}", "Content-Type": "application/json"},
                body=json.dumps({"of": ""}),
                connect_timeout=PATIENCE_S,
                request_timeout=PATIENCE_S,
            )
            said = json.loads(answer.body)
            self._known = {whole: Stored(each["bytes"], each["limit"]) for whole, each in said.items()}
            self._is_away = False
        except Exception as error:  # noqa: BLE001 - no form fails for it
            # A figure from before is worse than none: nobody sees how old it is.
            self._known = {}
            if not self._is_away:
                log.warning("The keys service does not say now how much is stored: %s", error)
            self._is_away = True
