"""A class that starts together: when all servers are ready, and what they hold, beside SimpleLocalProcessSpawner.

`BENCH_CLASS=200` for another size; `BENCH_SIZES=1,20` for other points at which memory is measured.
"""

import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from support.bench_hubs import BASELINE as SIMPLE
from support.bench_hubs import BenchHub, Kind, bench_hub, together
from support.environments import built_environment, vanilla_environment
from support.figures import figure

BASELINE = f"{SIMPLE}, as pip installs it"
SIZE = int(os.environ.get("BENCH_CLASS", "100"))
SIZES = tuple(int(size) for size in os.environ.get("BENCH_SIZES", "1,20,50,100").split(","))
SETTLED_S = 5.0


def bench_class() -> list[dict[str, Any]]:
    """Start a class at once, then measure memory with more and more servers."""
    found: dict[Kind, tuple[list[float], dict[int, float]]] = {}
    prefixes: dict[Kind, Path] = {"fork": built_environment(), "vanilla": vanilla_environment()}
    for kind, prefix in prefixes.items():
        with tempfile.TemporaryDirectory(prefix="sardonyx-bench-") as base, bench_hub(kind, Path(base), prefix) as hub:
            found[kind] = asyncio.run(together(hub, SIZE)), _memory(hub)
    (ready, memory), (vanilla, vanilla_memory) = found["fork"], found["vanilla"]
    rows = [
        figure(f"{SIZE} at once: {word}", pick(ready), "s", BASELINE, pick(vanilla))
        for word, pick in (("the first is ready", min), ("half are ready", statistics.median), ("all are ready", max))
    ]
    return rows + [
        figure(f"PSS per idle server, {size} running", memory[size], "MB", BASELINE, vanilla_memory[size])
        for size in SIZES
    ]


def _memory(hub: BenchHub) -> dict[int, float]:
    """Return the memory per server, by how many there are; with what all share."""
    found, running = {}, 0
    for size in SIZES:
        while running < size:
            hub.start(f"m{running}")
            running += 1
        time.sleep(SETTLED_S)
        found[size] = hub.memory() / size
    return found
