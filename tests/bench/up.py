"""How long `make up` takes in a fresh clone and again, and where the time goes."""

import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from support.figures import figure

ROOT = Path(__file__).parents[2]
PORT = 28520
PROMISED_FIRST_S, PROMISED_AGAIN_S = 60.0, 8.0
RUNS = 3
STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[,.]\d{3}")


def bench_up() -> list[dict[str, Any]]:
    """Measure a fresh clone with warm package caches: the first start, its parts, and the median of later ones."""
    with tempfile.TemporaryDirectory(prefix="sardonyx-bench-") as folder:
        clone, data = Path(folder) / "clone", Path(folder) / "data"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        environment = {**os.environ, "SARDONYX_DATA": str(data), "SARDONYX_PORT": str(PORT)}
        packages = _packages(clone, environment)
        with _up(clone, environment) as rest:
            pass
        again: list[float] = []
        parts: list[dict[str, float]] = []
        for _ in range(RUNS):
            began = time.time()
            with _up(clone, environment) as ready:
                again.append(ready)
            parts.append(_parts(data / "logs", began, ready))
    first = packages + rest
    later = statistics.median(again)
    median = {name: statistics.median(part[name] for part in parts) for name in parts[0]}
    return [
        figure("make up, first time", first, "s", "the 60 s that are promised", PROMISED_FIRST_S),
        figure("… of it: packages of the hub's side", packages, "s", "the whole", first),
        figure("… of it: proxy and user environment", rest - later, "s", "the whole", first),
        figure("make up, again", later, "s", "the 8 s that are promised", PROMISED_AGAIN_S),
        *(figure(f"… of it: {name}", value, "s", "the whole", later) for name, value in median.items()),
    ]


def _packages(clone: Path, environment: dict[str, str]) -> float:
    began = time.monotonic()
    command = [sys.executable, "tools/bootstrap.py", ".venv", "locks/hub.lock"]
    subprocess.run(command, cwd=clone, env=environment, check=True, stderr=subprocess.DEVNULL)
    return time.monotonic() - began


@contextmanager
def _up(clone: Path, environment: dict[str, str]) -> Iterator[float]:
    """Run `make up` until it says that it is ready; yield the seconds that it took."""
    began = time.monotonic()
    process = subprocess.Popen(
        ["make", "up"], cwd=clone, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith("Sardonyx is ready"):
            break
    else:
        raise RuntimeError(said)
    try:
        yield time.monotonic() - began
    finally:
        _child(process.pid, signal.SIGINT)
        process.communicate(timeout=60)


def _child(make: int, sig: signal.Signals) -> None:
    """Send a signal to what make runs, as a terminal does."""
    children = Path(f"/proc/{make}/task/{make}/children").read_text().split()
    for child in children:
        os.kill(int(child), sig)


def _parts(logs: Path, began: float, ready: float) -> dict[str, float]:
    """Return the seconds between what the logs tell of the last start."""
    hub = _first_after(logs / "hub.log", began, "Using")
    pages = _first_after(logs / "hub.log", began, "JupyterHub is now running")
    store = _first_after(logs / "object-store.log", began, "The store is ready")
    keys = _first_after(logs / "credentials.log", began, "Self-test passed")
    return {
        "until the hub's first word": hub - began,
        "until the pages answer": pages - hub,
        "until the store answers, from the hub's first word": store - hub,
        "until keys are given, after the store": keys - store,
        "until it is said": began + ready - keys,
    }


def _first_after(log: Path, began: float, words: str) -> float:
    for line in log.read_text().splitlines():
        stamp = STAMP.search(line)
        if stamp and words in line:
            at = datetime.fromisoformat(stamp.group().replace(",", ".")).timestamp()
            if at >= began:
                return at
    raise RuntimeError(f"no line with {words!r} in {log}")
