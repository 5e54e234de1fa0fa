"""How fast a server is ready, how fast it answers, and how much memory it holds, beside SimpleLocalProcessSpawner."""

import os
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from support.addresses import plain, socket_path
from support.bench_hubs import BASELINE, TOKEN, BenchHub, Kind, bench_hub
from support.environments import built_environment, vanilla_environment
from support.figures import figure

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "50"))
KINDS: tuple[Kind, ...] = ("fork", "simple", "vanilla")


def bench_fork() -> list[dict[str, Any]]:
    """Measure one start after another, taking turns."""
    taken: dict[Kind, list[float]] = {kind: [] for kind in KINDS}
    pages: dict[Kind, list[float]] = {kind: [] for kind in KINDS}
    with tempfile.TemporaryDirectory(prefix="sardonyx-bench-") as base, ExitStack() as stack:
        prefixes = {kind: vanilla_environment() if kind == "vanilla" else built_environment() for kind in KINDS}
        hubs = {kind: stack.enter_context(bench_hub(kind, Path(base), prefixes[kind])) for kind in KINDS}
        for hub in hubs.values():
            hub.start("first")
        for number in range(ROUNDS):
            for kind, hub in hubs.items():
                taken[kind].append(hub.start(f"p{number}"))
                pages[kind].append(_page(hub, f"p{number}"))
                hub.stop(f"p{number}")
    rows = []
    for kind, baseline in (("vanilla", f"{BASELINE}, as pip installs it"), ("simple", f"{BASELINE}, same environment")):
        rows += [
            figure(f"POST to ready, median of {ROUNDS}", median(taken["fork"]), "s", baseline, median(taken[kind])),
            figure("POST to ready, fastest", min(taken["fork"]), "s", baseline, min(taken[kind])),
            figure("JupyterLab's page, just after", median(pages["fork"]), "s", baseline, median(pages[kind])),
        ]
    return rows


def _page(hub: BenchHub, name: str) -> float:
    """Return the seconds until JupyterLab's page is there whole."""
    address = hub.address(name)
    transport = httpx.HTTPTransport(uds=socket_path(address))
    with httpx.Client(transport=transport, headers={"Authorization": f"token {TOKEN}"}, timeout=60) as client:
        began = time.monotonic()
        answer = client.get(f"{plain(address)}lab")
        taken = time.monotonic() - began
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    return taken
