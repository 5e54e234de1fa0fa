"""A class of 100 gets a repository of 50 MB at once: from this machine's copy, or a cluster's, beside each from the forge."""

import asyncio
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

STUDENTS = int(os.environ.get("BENCH_STUDENTS", "100"))
FILES, FILE_BYTES = 200, 250_000
AT_ONCE = 8
"""As many as the hub starts at the same time."""


def bench_mirror() -> list[dict[str, Any]]:
    """Measure the time until all have it, and what the forge sends."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from support.copies_service import copies_service  # noqa: PLC0415 - found only now
    from support.git_server import Forge, serving  # noqa: PLC0415

    from sardonyx_singleuser.plan import Repository  # noqa: PLC0415
    from sardonyx_spawner.copy_places import CopiesFolder  # noqa: PLC0415
    from sardonyx_spawner.material import material_of  # noqa: PLC0415
    from sardonyx_spawner.mirrors import Mirrors  # noqa: PLC0415
    from sardonyx_spawner.repository import Material  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="sardonyx-bench-") as folder:
        base = Path(folder)
        _make(base / "forge" / "course")
        with serving(Forge(base / "forge")) as forge:
            # As an instructor names it, on a forge that the operator allows with `git.mirrored`.
            (planned,) = material_of((Material(f"{forge.url}/course"),), (forge.url,))
            told = {name: value for name, value in asdict(planned).items() if name != "is_mirrored"}
            material = Repository(**told)
            (base / "mirrors").mkdir()
            nearby = replace(material, copy=CopiesFolder(base / "mirrors").of(material.url, ""))
            began = time.monotonic()
            asyncio.run(Mirrors(base / "mirrors").ready([material.url], lambda: None))
            here_s, each_here = _class(base / "homes", lambda _: nearby, began)
            here_bytes, forge.given = forge.given, 0

            def served(number: int) -> Any:
                return replace(material, copy=service.of(material.url, f"person-{number}"))

            with copies_service(base / "copies") as service:
                served_s, each_served = _class(base / "homes", served, time.monotonic())
            served_bytes, forge.given = forge.given, 0
            # As a cluster may start them, which waits for no turn.
            with copies_service(base / "copies-at-once") as service:
                at_once_s, each_at_once = _class(base / "homes", served, time.monotonic(), STUDENTS)
            at_once_bytes, forge.given = forge.given, 0
            forge_s, each_forge = _class(base / "homes", lambda _: material, time.monotonic())
            forge_bytes = forge.given
    name = f"class of {STUDENTS}, a repository of {FILES * FILE_BYTES // 1_000_000} MB"
    rows = (
        (f"{name}: until all have it", here_s, "s", forge_s),
        (f"{name}: one of them", each_here, "s", each_forge),
        (f"{name}: sent by the forge", here_bytes / 1e6, "MB", forge_bytes / 1e6),
        (f"{name}, by the service of copies: until all have it", served_s, "s", forge_s),
        (f"{name}, by the service of copies: one of them", each_served, "s", each_forge),
        (f"{name}, by the service of copies: sent by the forge", served_bytes / 1e6, "MB", forge_bytes / 1e6),
        (f"{name}, by the service of copies, in one moment: until all have it", at_once_s, "s", forge_s),
        (f"{name}, by the service of copies, in one moment: one of them", each_at_once, "s", each_forge),
        (
            f"{name}, by the service of copies, in one moment: sent by the forge",
            at_once_bytes / 1e6,
            "MB",
            forge_bytes / 1e6,
        ),
    )
    return [
        {"name": what, "value": here, "unit": unit, "baseline": "each from the forge", "baseline_value": there,
         "ratio": there / here}
        for what, here, unit, there in rows
    ]  # fmt: skip


def _make(folder: Path) -> None:
    folder.mkdir(parents=True)
    source = random.Random(1)  # noqa: S311 - bytes that do not get smaller
    for number in range(FILES):
        (folder / f"{number}.bin").write_bytes(source.randbytes(FILE_BYTES))
    who = ("-c", "user.name=Bench", "-c", "user.email=bench@example.org")
    for command in (("init", "-q", "-b", "main"), ("add", "."), (*who, "commit", "-q", "-m", "One")):
        subprocess.run(["git", *command], cwd=folder, check=True)
    subprocess.run(["git", "config", "uploadpack.allowFilter", "true"], cwd=folder, check=True)


def _class(homes: Path, material: Callable[[int], Any], began: float, at_once: int = AT_ONCE) -> tuple[float, float]:
    """Let everybody get it, as a start does; return the seconds until all have it, and those of the one in the middle."""
    from sardonyx_singleuser.git.arrival import Arrival  # noqa: PLC0415
    from sardonyx_singleuser.git.clone import fetch  # noqa: PLC0415

    def one(number: int) -> float:
        home = homes / str(number)
        home.mkdir(parents=True)
        start = time.monotonic()
        problem = fetch(material(number), home, arrival=Arrival()).problem
        if problem:
            raise RuntimeError(problem)
        return time.monotonic() - start

    with ThreadPoolExecutor(at_once) as together:
        each = list(together.map(one, range(STUDENTS)))
    taken = time.monotonic() - began
    shutil.rmtree(homes)
    return taken, statistics.median(each)
