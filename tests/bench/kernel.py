"""How fast a kernel is there, and how much memory it holds: forked beside ordinary, in one server, taking turns."""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from sardonyx_hub_config.environments import EnvironmentRecipe, make_environment

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "15"))
AT_ONCE = 4
SERVERS = 6
ROOT = Path(__file__).parents[2]
NAMES = {"forked": "python3", "ordinary": "ordinary"}
IMPORTS = "import numpy, pandas"


def bench_kernel() -> list[dict[str, Any]]:
    """Measure one start after another, and then the memory of some kernels, and of what they are forked from."""
    sys.path.insert(0, str(ROOT / "tests"))
    from support.forks import running_forks  # noqa: PLC0415 - found only now

    prefix = _prefix()
    with running_forks(prefix / "bin" / "python", ordinary=False) as forks:
        servers = [forks.start(f"bench{number}") for number in range(SERVERS)]
        server = servers[0]
        _offer_ordinary(server.home, prefix)
        taken = asyncio.run(_times(server))
        held = {kind: asyncio.run(_memory(server, name)) for kind, name in NAMES.items()}
        waiting = [_pss(min(_children(inner))) for each in servers[1:] for inner in _children(each.pid)]
    rows = [
        _row(what, statistics.median(taken["forked"][n]), "s", statistics.median(taken["ordinary"][n]))
        for n, what in enumerate((f"start to first kernel_info_reply, median of {ROUNDS}", f"start to {IMPORTS} done"))
    ]
    rows += [
        _row("start to first kernel_info_reply, fastest", min(taken["forked"][0]), "s", min(taken["ordinary"][0])),
        _row(f"idle kernel with {IMPORTS}, {AT_ONCE} at once (PSS)", held["forked"], "MB", held["ordinary"]),
        _row(
            "process that a server's kernels are forked from (PSS)", statistics.median(waiting), "MB", held["ordinary"]
        ),
    ]
    return rows


def _row(name: str, value: float, unit: str, baseline_value: float) -> dict[str, Any]:
    return {
        "name": name, "value": value, "unit": unit,
        "baseline": "ordinary kernel", "baseline_value": baseline_value, "ratio": value / baseline_value,
    }  # fmt: skip


def _prefix() -> Path:
    (wheel,) = (ROOT / "build" / "wheels").glob("sardonyx_singleuser-*.whl")
    recipe = EnvironmentRecipe("python", ROOT / "hub_config" / "environments" / "python.lock", (str(wheel),))
    folder = ROOT / "build" / "environments"
    folder.mkdir(exist_ok=True)
    prefix = make_environment(recipe, folder, folder / "python.log")
    # An ordinary kernel would compile what it imports otherwise: a sandbox cannot keep the result, and what the zygote
    # has compiled under root can be read by root only.
    for folder in prefix.rglob("__pycache__"):
        folder.chmod(0o755)
    compiling = [str(prefix / "bin" / "python"), "-m", "compileall", "-q", "-q", "-f", "-j", "0", str(prefix / "lib")]
    subprocess.run(compiling, check=False, stdout=subprocess.DEVNULL)
    return prefix


def _offer_ordinary(home: Path, prefix: Path) -> None:
    spec = json.loads((prefix / "share/jupyter/kernels/python3/kernel.json").read_text())
    spec["metadata"]["kernel_provisioner"] = {"provisioner_name": "local-provisioner"}
    folder = home / ".local/share/jupyter/kernels" / NAMES["ordinary"]
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec))


async def _times(server: Any) -> dict[str, tuple[list[float], list[float]]]:
    from support.live_kernel import live_kernel  # noqa: PLC0415 - see above

    taken: dict[str, tuple[list[float], list[float]]] = {kind: ([], []) for kind in NAMES}
    for number in range(ROUNDS + 1):
        for kind, name in NAMES.items():
            async with live_kernel(server.url, f"{server.name}-token", name) as kernel:
                await kernel.ask("kernel_info_request")
                ready = time.monotonic() - kernel.began
                assert not (await kernel.run(IMPORTS)).error
                done = time.monotonic() - kernel.began
            # The first of each finds cold caches.
            if number:
                taken[kind][0].append(ready)
                taken[kind][1].append(done)
    return taken


async def _memory(server: Any, name: str) -> float:
    from support.live_kernel import live_kernel  # noqa: PLC0415 - see above

    async with AsyncExitStack() as stack:
        for _ in range(AT_ONCE):
            kernel = await stack.enter_async_context(live_kernel(server.url, f"{server.name}-token", name))
            assert not (await kernel.run(IMPORTS)).error
        await asyncio.sleep(3)
        (inner,) = _children(server.pid)
        return statistics.median(_pss(pid) for pid in sorted(_children(inner))[1:])


def _children(pid: int) -> list[int]:
    from support.forks import children  # noqa: PLC0415 - see above

    found: list[int] = children(pid)
    return found


def _pss(pid: int) -> float:
    """Return a process's memory in MB; pages that are shared count for those who share them."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    for figure in bench_kernel():
        print(figure)
