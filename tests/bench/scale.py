"""A hub with many servers, on nodes that are hollow: ours beside plain KubeSpawner as zero-to-jupyterhub sets it.

`BENCH_PEOPLE=5000 BENCH_SERVERS=1000` for the size for which a place is made; `make soak` has it, too.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from support.cluster.cluster import running_cluster
from support.figures import figure
from support.hollow.hub_kinds import Plain, Sardonyx, node_hub
from support.hollow.measures import Measures, Size, measure
from support.hollow.nodes import hollow_nodes, nodes_for

SERVERS = int(os.environ.get("BENCH_SERVERS", "200"))
SIZE = Size(
    people=int(os.environ.get("BENCH_PEOPLE", str(5 * SERVERS))),
    burst=max(1, min(200, SERVERS // 2)),
    servers=SERVERS,
    rest_s=int(os.environ.get("BENCH_REST_S", "60")),
)
BASELINE = "KubeSpawner as zero-to-jupyterhub sets it"


def bench_scale() -> list[dict[str, Any]]:
    """Measure one hub after the other, on the same cluster."""
    with (
        running_cluster() as cluster,
        tempfile.TemporaryDirectory(prefix="sardonyx-bench-") as base,
        hollow_nodes(cluster, nodes_for(SERVERS)),
    ):
        found = []
        for kind in (Sardonyx, Plain):
            with node_hub(kind, cluster, Path(base) / kind.kind) as hub:
                found.append(measure(hub, SIZE, lambda text: print(text, file=sys.stderr, flush=True)))
    return rows(SIZE, *found)


def rows(size: Size, ours: Measures, plain: Measures) -> list[dict[str, Any]]:
    """Return the figures of both side by side."""

    def row(name: str, unit: str, of: Any) -> dict[str, Any]:
        return figure(name, of(ours), unit, BASELINE, of(plain))

    burst, servers = f"{size.burst} starts at once", f"{size.servers} servers"
    return [
        row(f"{burst}: servers that are ready in a second", "1/s", lambda found: found.burst.per_second),
        row(f"{burst}: from the request to ready, median", "s", lambda found: found.burst.within(0.5)),
        row(f"{burst}: from the request to ready, 95 of 100", "s", lambda found: found.burst.within(0.95)),
        row(f"{burst}: the hub's CPU for each", "s", lambda found: found.cpu_per_start_s),
        row(f"{burst}: requests to the API server for each", "", lambda found: found.asked_per_start),
        row(f"growth to {servers}: ready in a second", "1/s", lambda found: found.growth.per_second),
        row(f"growth to {servers}: from the request to ready, median", "s", lambda found: found.growth.within(0.5)),
        row(f"the hub's memory, {size.people} people and no server", "MB", lambda found: found.memory_mb[0]),
        row(f"the hub's memory, {size.burst} servers", "MB", lambda found: found.memory_mb[1]),
        row(f"the hub's memory, {servers}", "MB", lambda found: found.memory_mb[2]),
        row(f"{servers} at rest: the hub's CPU", "cores", lambda found: found.cpu_at_rest),
        row(f"{servers} at rest: requests to the API server", "1/min", lambda found: found.asked_at_rest),
        row("home page", "ms", lambda found: found.pages_s[0] * 1000),
        row("administrators' page with its first 50", "ms", lambda found: found.pages_s[1] * 1000),
        row(f"list of {size.people} people", "s", lambda found: found.pages_s[2]),
        row(f"restart of the hub with {servers}, until it answers", "s", lambda found: found.restart_s),
        row(f"restart of the hub with {servers}, until it knows all", "s", lambda found: found.known_s),
        row(f"{servers} stopped: in a second", "1/s", lambda found: found.ends.per_second),
        row(f"{servers} stopped: the hub's CPU for each", "s", lambda found: found.cpu_per_stop_s),
    ]
