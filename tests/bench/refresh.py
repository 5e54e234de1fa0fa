"""Five thousand servers that renew their keys for ten minutes, with a restart of the keys service in the middle."""

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Any

from support.figures import figure
from support.places import running_place
from support.refreshing import refresh

SERVERS = int(os.environ.get("BENCH_SERVERS", "5000"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "600"))
EVERY_S = 75.0


def bench_refresh() -> list[dict[str, Any]]:
    """Measure the waits, and what of one processor and of memory the service takes."""
    with tempfile.TemporaryDirectory(prefix="sardonyx-bench-") as base, running_place(Path(base) / "place") as place:
        tokens = [place.person(f"p{number}").token for number in range(SERVERS)]
        found = asyncio.run(refresh(place, tokens, SECONDS, EVERY_S))
    if found.late:
        raise RuntimeError(f"{len(found.late)} got no keys in time, such as {found.late[0]}")
    waits = sorted(found.waits)
    usual = f"half of {len(waits)} refreshes of {SERVERS} servers"
    return [
        figure("refresh, longest", waits[-1], "s", usual, waits[len(waits) // 2]),
        figure("refresh, 99 % within", waits[int(0.99 * len(waits))], "s", usual, waits[len(waits) // 2]),
        figure("processor of the service", found.cpu_s, "s", "time that passed", SECONDS),
        figure("peak memory of the service", found.peak_mb, "MB", "1 MB for 100 servers", SERVERS / 100),
    ]
