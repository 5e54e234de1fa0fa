"""Ends what is open in servers, when the sessions or keys with which somebody came in are good for nothing any more.

A server remembers for minutes whom the hub let in, and asks of an open connection never again. So it is told, and asks
the hub anew about everybody who is connected.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sardonyx_hub_config.server_call import call

PATIENCE_S = 5.0
"""A server that says nothing for so long lets nobody work in it either."""
CHECK_PATIENCE_S = 60.0


def entered(users: Iterable[Any], user: Any, clients: Collection[str]) -> list[Any]:
    """Return the running servers that may have let somebody in: their own, and those that gave them a session.

    Args:
        users: all whom the hub knows.
        clients: of JupyterHub's OAuth, whose sessions of this person have ended.
    """
    return [
        spawner
        for each in users
        for spawner in each.spawners.values()
        # One that starts has let nobody in. A hub that has just started does not yet know that it runs.
        if spawner.active and spawner.pending in {None, "check"}
        if each.name == user.name or spawner.oauth_client_id in clients
    ]


async def end_visits(servers: Sequence[Any]) -> list[Any]:
    """Let servers ask the hub again about everybody who is connected; return those that do not say that they did."""
    told = await asyncio.gather(*map(_end, servers))
    return [server for server, is_done in zip(servers, told, strict=True) if not is_done]


async def _end(spawner: Any) -> bool:
    try:
        async with asyncio.timeout(CHECK_PATIENCE_S):
            while spawner.pending == "check":  # noqa: ASYNC110 - JupyterHub tells nobody when it is over
                await asyncio.sleep(0.1)
        if not spawner.ready:
            # It has stopped, or is about to.
            return True
        async with asyncio.timeout(PATIENCE_S):
            return await call(spawner, "visits", {}, PATIENCE_S) is not None
    except TimeoutError:
        return False
