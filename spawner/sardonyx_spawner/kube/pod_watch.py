"""What Pods there are, as the cluster tells: for as long as the hub runs, whatever becomes of the cluster meanwhile.

KubeSpawner 7.1 looks no more once the API server was away for 51 s, and takes a first look that failed for one at nothing.
"""

import asyncio
import json
import time
from functools import partial
from typing import Any

from kubernetes_asyncio.client import ApiException
from kubernetes_asyncio.watch import Watch
from kubespawner.spawner import PodReflector

from sardonyx_spawner.kube.refusals import said_of

AGAIN_S, LONGEST_AGAIN_S = 0.2, 5.0
"""A look that failed is tried again after so long, then after twice that, and so on: starts wait for it."""
LIST_S = 30.0
FEW = 2
"""A single failure is an API server that is renewed, or has forgotten where we were: nobody notices."""


class PodWatch(PodReflector):  # type: ignore[misc]  # KubeSpawner is untyped
    """Knows the Pods as they were when they could last be looked at; never gives up."""

    fault: Exception | None = None
    """Why they cannot be looked at now."""

    async def start(self) -> None:
        """Begin to look; see `until_seen`."""
        self.watch_task = asyncio.create_task(self._watch_and_update())

    async def stop(self) -> None:
        """Look no more."""
        if self.watch_task is not None:
            self.watch_task.cancel()
            await asyncio.wait({self.watch_task})

    async def until_seen(self) -> None:
        """Return when all have been seen: whatever is not known then was not there."""
        # Who stops waiting for it, stops nobody else.
        await asyncio.shield(self.first_load_future)

    async def _watch_and_update(self) -> None:
        failures, began, version = 0, time.monotonic(), None
        while True:
            try:
                version = await self._list_and_update(version)
                if failures >= FEW:
                    self.log.warning("The cluster tells of %s again, after %.0f s", self.kind, time.monotonic() - began)
                failures, self.fault = 0, None
                version = await self._follow(version)
            except Exception as error:  # noqa: BLE001 - whatever it is, old news is better than none from now on
                if not failures:
                    began = time.monotonic()
                # Where we were may be what it has forgotten.
                failures, version, self.fault = failures + 1, None, error
                if failures == FEW:
                    self.log.warning(
                        "The cluster does not tell of %s: %s. Asking until it does", self.kind, said_of(error)
                    )
                await asyncio.sleep(min(LONGEST_AGAIN_S, AGAIN_S * 2 ** min(failures - 1, 10)))

    async def _list_and_update(self, resource_version: str | None = None) -> str:
        """Look at all; return from when on to listen.

        Args:
            resource_version: they are as they were then, or later; None = now.
        """
        least = {"resource_version": resource_version, "resource_version_match": "NotOlderThan"}
        async with asyncio.timeout(LIST_S):
            answer = await self._ask(_request_timeout=LIST_S, **(least if resource_version else {}))
            said = await answer.read()
        if not answer.ok:
            refused = ApiException(status=answer.status, reason=answer.reason)
            refused.body = said
            raise refused
        found = json.loads(said)
        self.resources = {_name(pod): pod for pod in found["items"]}
        if not self.first_load_future.done():
            self.first_load_future.set_result(None)
        return str(found["metadata"]["resourceVersion"])

    async def _follow(self, version: str) -> str:
        """Take up what changes, for a while; return until when."""
        until = time.monotonic() + self.restart_seconds
        last = {"timeout_seconds": self.timeout_seconds, "_request_timeout": self.request_timeout}
        async with Watch() as watch:
            async for event in watch.stream(self._ask, resource_version=version, **last):
                pod = event["raw_object"]
                if event["type"] == "DELETED":
                    self.resources.pop(_name(pod), None)
                else:
                    self.resources[_name(pod)] = pod
                version = str(pod["metadata"]["resourceVersion"])
                if time.monotonic() >= until:
                    break
        return version

    @property
    def _ask(self) -> Any:
        which = {"label_selector": self.label_selector, "field_selector": self.field_selector}
        where = {} if self.omit_namespace else {"namespace": self.namespace}
        # Without an object of the library for each Pod.
        return partial(getattr(self.api, self.list_method_name), **which, **where, _preload_content=False)


def _name(pod: dict[str, Any]) -> str:
    return f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
