"""How fast a server is ready, how fast it answers, and how much memory it holds, beside SimpleLocalProcessSpawner."""

import os
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from support.addresses import get
from support.bench_hubs import BASELINE, TOKEN, BenchHub, Kind, bench_hub
from support.environments import built_environment
from support.figures import figure

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "25"))
KINDS: tuple[Kind, ...] = ("fork", "simple")


def bench_fork() -> list[dict[str, Any]]:
    """Measure one start after another, taking turns."""
    taken: dict[Kind, list[float]] = {kind: [] for kind in KINDS}
    pages: dict[Kind, list[float]] = {kind: [] for kind in KINDS}
    with tempfile.TemporaryDirectory(prefix="sardonyx-bench-") as base, ExitStack() as stack:
        prefix = built_environment()
        hubs = {kind: stack.enter_context(bench_hub(kind, Path(base), prefix)) for kind in KINDS}
        for hub in hubs.values():
            hub.start("first")
        for number in range(ROUNDS):
            for kind, hub in hubs.items():
                taken[kind].append(hub.start(f"p{number}"))
                pages[kind].append(_page(hub, f"p{number}"))
                hub.stop(f"p{number}")
    return [
        figure(f"POST to ready, {word}", pick(taken["fork"]), "s", BASELINE, pick(taken["simple"]))
        for word, pick in ((f"median of {ROUNDS}", statistics.median), ("fastest", min))
    ] + [
        figure("JupyterLab's page, just after", statistics.median(pages["fork"]), "s", BASELINE,
               statistics.median(pages["simple"])),
    ]  # fmt: skip


def _page(hub: BenchHub, name: str) -> float:
    """Return the seconds until JupyterLab's page is there whole."""
    address, headers = hub.address(name), {"Authorization": f"token {TOKEN}"}
    began = time.monotonic()
    answer = get(f"{address}lab", headers=headers, timeout=60)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    return time.monotonic() - began
