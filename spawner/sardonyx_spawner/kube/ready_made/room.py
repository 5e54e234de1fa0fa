"""Room for somebody's server, where a quota of the cluster is used up by servers that nobody has yet."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from kubernetes_asyncio.client import ApiException

from sardonyx_spawner.kube.failures import refused
from sardonyx_spawner.kube.ready_made.stock import Stock
from sardonyx_spawner.kube.refusals import message_of

ROOM_S, AGAIN_S = 8.0, 0.5
"""So long does what waits have to go, and the cluster to notice."""


async def with_room(ask: Callable[[], Awaitable[None]], stock: Stock) -> None:
    """Ask the cluster for a Pod; once more where it has no room left, and some is given back.

    Raises:
        ApiException: it refuses.
    """
    until: float | None = None
    while True:
        try:
            await ask()
        except ApiException as error:
            if refused(error.status or 0, message_of(error)).reason != "quota":
                raise
            if until is None:
                if not stock.give_back():
                    raise
                until = time.monotonic() + ROOM_S
            elif time.monotonic() > until:
                raise
        else:
            return
        await asyncio.sleep(AGAIN_S)
