"""What is counted of the servers that wait, for Prometheus, beside what JupyterHub counts."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from sardonyx_spawner.kube.ready_made.stock import Stock


class Figures(Collector):
    """Reads a stock when it is asked."""

    def __init__(self, stock: Stock) -> None:
        self._stock = stock

    def collect(self) -> Iterator[Metric]:
        """Yield how many wait, and how often there was one."""
        servers = self._stock.servers.values()
        ready = sum(each.is_ready for each in servers)
        now = GaugeMetricFamily("sardonyx_ready_made_servers", "Servers that are nobody's yet.", labels=["state"])
        now.add_metric(["ready"], ready)
        now.add_metric(["making"], len(servers) - ready)
        yield now
        starts = CounterMetricFamily(
            "sardonyx_ready_made_starts",
            "Starts for which a server could have waited, and whether one did.",
            labels=["found"],
        )
        starts.add_metric(["yes"], self._stock.taken)
        starts.add_metric(["no"], self._stock.missed)
        yield starts
