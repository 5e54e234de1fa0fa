"""What the cluster says of Pods that start: one watch for all of them, for as long as somebody listens.

KubeSpawner 7.1 keeps every event of the namespace for an hour, and sorts them all once a second for each start
(kubespawner#913): here an event is handed to the start that it is about, or dropped.
"""

import asyncio
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from aiohttp import ClientError
from kubernetes_asyncio.client import ApiException
from kubernetes_asyncio.watch import Watch

AGAIN_S = 1.0
WATCHED_S = 300

log = logging.getLogger(__name__)


class EventFeed:
    """Hears what is said of the Pods of one namespace."""

    def __init__(self, api: Any, namespace: str) -> None:
        self._api, self._namespace = api, namespace
        self._heard: dict[str, list[Mapping[str, Any]]] = {}
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def of(self, pod: str) -> Iterator[list[Mapping[str, Any]]]:
        """Collect what is said of a Pod, from now on until the end of the block, in a list that grows.

        Args:
            pod: its name.
        """
        heard = self._heard[pod] = []
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen())
        try:
            yield heard
        finally:
            if self._heard.get(pod) is heard:
                del self._heard[pod]
            if not self._heard and self._task is not None:
                self._task.cancel()
                self._task = None

    async def _listen(self) -> None:
        while True:
            try:
                await self._watch()
            except (ApiException, ClientError, TimeoutError, OSError, ValueError, KeyError) as error:
                # A start goes on without it, and says less. A refusal is an answer without what is looked for in it.
                log.warning("The cluster's events cannot be heard now: %s", error)
                await asyncio.sleep(AGAIN_S)

    async def _watch(self) -> None:
        select = {"namespace": self._namespace, "field_selector": "involvedObject.kind=Pod"}
        # One event is enough to know from when on to listen.
        answer = await self._api.list_namespaced_event(**select, limit=1, _preload_content=False, _request_timeout=10)
        now = json.loads(await answer.read())["metadata"]["resourceVersion"]
        # Without an object of the library for each event: that took the hub a twentieth of what a start takes.
        listen = partial(self._api.list_namespaced_event, _preload_content=False)
        async with Watch() as watch:
            stream = watch.stream(
                listen,
                **select,
                resource_version=now,
                timeout_seconds=WATCHED_S,
                _request_timeout=WATCHED_S + 10,
            )
            async for each in stream:
                event = each["raw_object"]
                # What the cluster says of the watch itself is about no Pod.
                heard = self._heard.get(event.get("involvedObject", {}).get("name", ""))
                if heard is not None:
                    heard.append(event)


class EventFeeds:
    """One feed for all servers of a namespace and a loop."""

    def __init__(self) -> None:
        self._feeds: dict[tuple[int, str], EventFeed] = {}

    def feed(self, api: Any, namespace: str) -> EventFeed:
        """Return it.

        Args:
            api: a client of the core API.
        """
        key = (id(api), namespace)
        if key not in self._feeds:
            self._feeds[key] = EventFeed(api, namespace)
        return self._feeds[key]


FEEDS = EventFeeds()
"""Those of this hub."""
