"""The servers that wait, beside the hub for as long as it runs."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from kubespawner.clients import load_config, shared_client

from sardonyx_spawner.kube.cluster import Cluster
from sardonyx_spawner.kube.manifest import COMPONENT
from sardonyx_spawner.kube.pod_watch import PodWatch
from sardonyx_spawner.kube.ready_made.keeper import GRACE_S, Maker, StockKeeper
from sardonyx_spawner.kube.ready_made.pod import READY_COMPONENT
from sardonyx_spawner.kube.ready_made.stock import Stock
from sardonyx_spawner.kube.ready_made.wishes import Expected
from sardonyx_spawner.kube.refusals import AGAIN_S, AWAY
from sardonyx_spawner.plan import ServerPlan

EXPECT_S = 30.0
PATIENCE_S = 10.0
log = logging.getLogger(__name__)


class Upkeep:
    """See the module.

    Args:
        maker: see `Maker`.
        offered: returns a plan for each profile that is always offered.
        expected: returns who will want a server soon.
        servers: returns the spawners of people's servers, of those that run or start.
    """

    def __init__(
        self,
        stock: Stock,
        maker: Maker,
        *,
        offered: Callable[[], list[ServerPlan]],
        expected: Callable[[], list[Expected]],
        servers: Callable[[], Iterable[Any]],
    ) -> None:
        self._stock, self._maker = stock, maker
        self._offered, self._expected, self._servers = offered, expected, servers
        self._keeper: StockKeeper | None = None

    async def run(self, app: Any, namespace: str) -> None:
        """Keep servers waiting in a namespace, for ever.

        Args:
            app: JupyterHub, with the settings for what watches Pods.
        """
        load_config()
        api = shared_client("CoreV1Api")
        cluster = Cluster(api, namespace, PATIENCE_S)
        watch = PodWatch(parent=app, namespace=namespace, labels=self._labels(READY_COMPONENT))
        await watch.start()
        await watch.until_seen()
        self._keeper = StockKeeper(self._stock, cluster, lambda: watch.pods, self._maker)
        await _once_it_answers(self._keeper.clear)
        await _once_it_answers(lambda: self._remove_lost(api, cluster))
        await asyncio.gather(self._keeper.run(), self._look_ahead())

    async def end(self) -> None:
        """Take away what waits, as far as the cluster answers."""
        if self._keeper is not None:
            # Nothing is made meanwhile, either.
            self._stock.give_back()
            try:
                await self._keeper.clear()
            except AWAY as error:
                log.warning("Servers that waited end by themselves: %r", error)

    async def _remove_lost(self, api: Any, cluster: Cluster) -> None:
        """Remove what is nobody's server as far as is known.

        It was handed over while an earlier hub ended, or could not be ended while the cluster was away.
        """
        labels = ",".join(f"{name}={value}" for name, value in self._labels(COMPONENT).items())
        there = await api.list_namespaced_pod(cluster.namespace, label_selector=labels)
        # After the look: one that was asked for meanwhile is known.
        known = {each.pod_name for each in self._servers()}
        for pod in (each.metadata for each in there.items):
            if pod.name not in known and not pod.deletion_timestamp:
                log.warning("Removing %s: it is nobody's server, an earlier hub has left it", pod.name)
                await cluster.remove_pod(pod.name, GRACE_S)

    async def _look_ahead(self) -> None:
        while True:
            try:
                self._stock.offer(self._offered())
                # Those with a volume of a team take none of the places of those without.
                running = Counter(each.running.profile for each in self._servers() if not each.running.volumes)
                has_volumes = self._stock.place.shared_volumes is not None
                wanted = ((each.plan, each.count - (each.in_teams if has_volumes else 0)) for each in self._expected())
                self._stock.expect([(plan, count - running[plan.profile]) for plan, count in wanted])
            except Exception:
                # Such as a database that is away: nobody's start waits for this.
                log.exception("It cannot be looked how many servers will be wanted")
            await asyncio.sleep(EXPECT_S)

    def _labels(self, component: str) -> dict[str, str]:
        return {"app.kubernetes.io/instance": self._stock.place.instance, "app.kubernetes.io/component": component}


async def _once_it_answers(ask: Callable[[], Any]) -> None:
    while True:
        try:
            await ask()
        except AWAY as error:
            log.warning("The cluster does not answer yet: %r", error)
            await asyncio.sleep(AGAIN_S)
        else:
            return
