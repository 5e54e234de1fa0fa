"""The servers that wait, beside the hub for as long as it runs."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from kubespawner.clients import load_config, shared_client

from sardonyx_spawner.kube.cluster import Cluster
from sardonyx_spawner.kube.leftovers import once_it_answers
from sardonyx_spawner.kube.pod_watch import PodWatch
from sardonyx_spawner.kube.ready_made.keeper import Maker, StockKeeper
from sardonyx_spawner.kube.ready_made.pod import READY_COMPONENT
from sardonyx_spawner.kube.ready_made.stock import Stock
from sardonyx_spawner.kube.ready_made.wishes import Expected
from sardonyx_spawner.kube.refusals import AWAY
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
        cluster = Cluster(shared_client("CoreV1Api"), namespace, PATIENCE_S)
        labels = {
            "app.kubernetes.io/instance": self._stock.place.instance,
            "app.kubernetes.io/component": READY_COMPONENT,
        }
        watch = PodWatch(parent=app, namespace=namespace, labels=labels)
        await watch.start()
        await watch.until_seen()
        self._keeper = StockKeeper(self._stock, cluster, lambda: watch.pods, self._maker)
        await once_it_answers(self._keeper.clear)
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
