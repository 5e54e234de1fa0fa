"""Keeps the stock as it is wanted: makes servers that wait, greets them, and takes away those that nobody needs."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from cryptography.fernet import Fernet
from kubernetes_asyncio.client import ApiException

from sardonyx_spawner.kube.cluster import Cluster
from sardonyx_spawner.kube.failures import failure_of
from sardonyx_spawner.kube.ready_made.hand_over import HandOverError, Waiting
from sardonyx_spawner.kube.ready_made.pod import key_secret, owner_of, ready_pod
from sardonyx_spawner.kube.ready_made.stock import ReadyServer, Stock
from sardonyx_spawner.kube.refusals import AWAY, message_of, said_of
from sardonyx_spawner.kube.waiting import promised_node, unplaced

TICK_S, FAULT_S = 0.25, 30.0
WARM_S = 300.0
"""A server that does not wait after so long never will."""
GRACE_S = 1
ENDED = frozenset({"Succeeded", "Failed"})
log = logging.getLogger(__name__)

Pod = Mapping[str, Any]


@dataclass(frozen=True)
class Maker:
    """The hub that makes servers wait.

    Args:
        name: begin of their names.
        pod: name of its own Pod, which they go with; "" = they end without it, and are cleared away by the next hub.
        pod_uid: the same Pod's.
    """

    name: str
    pod: str = ""
    pod_uid: str = ""


class StockKeeper:
    """See the module.

    Args:
        pods: returns the Pods of servers that wait, as they are known now, by namespace/name.
        maker: see `Maker`.
    """

    def __init__(self, stock: Stock, cluster: Cluster, pods: Callable[[], Mapping[str, Pod]], maker: Maker) -> None:
        self._stock, self._cluster, self._pods, self._maker = stock, cluster, pods, maker
        self._is_away = False

    async def run(self) -> None:
        """Keep it for ever."""
        while True:
            try:
                await self.look()
                self._is_away = False
            except AWAY as error:
                # People's own starts say what is wrong.
                if not self._is_away:
                    log.warning("No servers are made ready now: %s", said_of(error))
                self._is_away = True
            except Exception:
                # A fault of ours: starts go on without, and the next look may be better.
                log.exception("The servers that wait could not be looked at")
                await asyncio.sleep(FAULT_S)
            await asyncio.sleep(TICK_S)

    async def look(self) -> None:
        """Bring what there is nearer to what is wanted, once."""
        for server in list(self._stock.servers.values()):
            await self._follow(server)
        await self._clear_ended()
        wanted = self._stock.wanted()
        for server in self._stock.spare(wanted):
            await self.remove(server)
        for shape in self._stock.missing(wanted):
            await self._make(shape)

    async def _clear_ended(self) -> None:
        """Take away what has ended and is in no stock: it was to become somebody's, and could not."""
        for pod in list(self._pods().values()):
            name = pod["metadata"]["name"]
            if name not in self._stock.servers and pod.get("status", {}).get("phase") in ENDED:
                await self._cluster.remove_pod(name, GRACE_S)

    async def remove(self, server: ReadyServer) -> None:
        """Take a server away that is nobody's."""
        self._stock.servers.pop(server.name, None)
        server.let_go()
        await self._cluster.remove_pod(server.name, GRACE_S)

    async def clear(self) -> None:
        """Take all away that wait, such as those of an earlier hub: nobody else has their keys."""
        for server in list(self._stock.servers.values()):
            await self.remove(server)
        for pod in list(self._pods().values()):
            await self._cluster.remove_pod(pod["metadata"]["name"], GRACE_S)

    async def _follow(self, server: ReadyServer) -> None:
        pod = self._pods().get(f"{self._cluster.namespace}/{server.name}")
        if pod is None:
            # The watch is a moment behind what was asked for.
            if server.is_known:
                await self._lost(server, "it was taken away")
            return
        server.is_known = True
        failure = failure_of(pod, title="", memory=None)
        if failure is not None:
            await self._lost(server, failure.logged)
        elif unplaced(pod) is not None and not promised_node(pod):
            # It is there for who comes next, and must not be what keeps somebody waiting now. Where a placeholder gives way
            # it has a place: taken away, it would have pushed that aside for nothing, and the next one another.
            await self._lost(server, f"there is no place for it: {unplaced(pod)}")
        elif server.waiting is not None:
            if not server.waiting.is_there:
                await self._lost(server, "its process has ended")
        elif server.greeting is not None:
            if server.greeting.done():
                await self._lost(server, "it does not wait for us")
        elif address := _address(pod):
            server.greeting = asyncio.create_task(self._greet(server, address))

    async def _lost(self, server: ReadyServer, why: str) -> None:
        pause_s = self._stock.failed(server.shape)
        log.warning("A ready-made server is lost, %s: %s. Next in %.0f s", server.name, why, pause_s)
        await self.remove(server)

    async def _greet(self, server: ReadyServer, address: str) -> None:
        try:
            async with asyncio.timeout(WARM_S):
                server.waiting = await Waiting.greet(address, self._stock.port, server.key)
        except (HandOverError, TimeoutError, OSError) as error:
            log.warning("A ready-made server does not wait, %s: %s", server.name, error)
            return
        self._stock.worked(server.shape)
        if server.waiting.is_warm:
            log.info("%s waits for somebody", server.name)
        else:
            log.warning("%s waits for somebody, and is slow: its log says what could not be warmed", server.name)

    async def _make(self, shape: str) -> None:
        stock = self._stock
        name, key = f"{self._maker.name}-{token_hex(5)}", Fernet.generate_key()
        owner = owner_of(self._maker.pod, self._maker.pod_uid)
        made = ready_pod(name, stock.plans[shape], stock.place, stock.port, shape=shape, owner=owner)
        try:
            await self._cluster.make_secret(key_secret(name, key.decode(), stock.place, owner))
            uid = await self._cluster.make_pod(made)
            stock.servers[name] = ReadyServer(name, shape, key, stock.now())
            await self._cluster.own_secret(name, name, uid)
        except ApiException as error:
            if name not in stock.servers:
                await self._cluster.remove_secret(name)
            pause_s = stock.failed(shape)
            log.warning("No server can be made ready: %s. Next try in %.0f s", message_of(error), pause_s)


def _address(pod: Pod) -> str:
    status = pod.get("status", {})
    return str(status.get("podIP") or "") if status.get("phase") == "Running" else ""
