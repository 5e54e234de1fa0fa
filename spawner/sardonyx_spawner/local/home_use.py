"""How much room a home takes, and what a person is told of it."""

import asyncio
import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from sardonyx_spawner.amounts import say_memory
from sardonyx_spawner.language import _

NEAR = 0.9
"""From this part of the limit on a person is warned."""
MEMORY = 1 << 30
"""What measuring may use: a file with several names is remembered while its home is measured."""
# A program of the system: it follows no link, leaves no file system, counts what is stored and each file once, and is
# at home in trees of any depth; in a process of its own it cannot hold up the hub, and can be ended.
MEASURE = ("nice", "-n", "19", "ionice", "-c", "3", "prlimit", f"--as={MEMORY}", "du", "-s", "-k", "-x", "--")


@dataclass(frozen=True)
class HomeUse:
    """What a home takes.

    Args:
        bytes: on the disk.
        at: when that was found, in seconds since 1970.
        is_all: False = parts of it could not be looked at, so it is more.
    """

    bytes: int
    at: float
    is_all: bool = True


@dataclass(frozen=True)
class HomeLimit:
    """How much a home may take.

    Args:
        is_kept: the file system refuses more; else it is only said.
    """

    bytes: int
    is_kept: bool


def say_use(use: HomeUse, limit: HomeLimit) -> str:
    """Say what a home takes: "3.2 GB of 10 GB"."""
    text = _("{used} of {limit}") if use.is_all else _("at least {used} of {limit}")
    return text.format(used=say_room(use.bytes), limit=say_room(limit.bytes))


def say_room(amount: int) -> str:
    """Say bytes on a disk, with one place after the point."""
    tenth = (1 << 30) // 10
    return say_memory(amount if amount < 1 << 30 else round(amount / tenth) * tenth) if amount else _("nothing")


def is_near(use: HomeUse, limit: HomeLimit) -> bool:
    """Tell whether there is a reason to warn."""
    return use.bytes >= NEAR * limit.bytes


def warning(use: HomeUse, limit: HomeLimit) -> str:
    """Warn a person whose home is nearly full or more than that; "" = there is no reason to."""
    if not is_near(use, limit):
        return ""
    if use.bytes < limit.bytes and not (limit.is_kept and limit.bytes - use.bytes < 1 << 20):
        text = _("Your files take {used} of the {limit} that you may have. Delete what you do not need.")
    elif limit.is_kept:
        text = _(
            "Your files take all of the {limit} that you may have, so nothing can be saved. Delete what you do not need."
        )
    else:
        text = _("Your files take {used}, and you may have {limit}. Delete what you do not need.")
    return text.format(used=say_room(use.bytes), limit=say_room(limit.bytes))


async def measure(home: Path, longest_s: float) -> HomeUse | None:
    """Measure a home beside everything else, at the lowest priority; None = it is not there, or it took too long."""
    variables = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
    nowhere = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *MEASURE, str(home), stdin=nowhere, stdout=asyncio.subprocess.PIPE, stderr=nowhere, env=variables
    )
    try:
        async with asyncio.timeout(longest_s):
            said = (await process.communicate())[0]
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    blocks = said.split(b"\t")[0]
    return HomeUse(int(blocks) * 1024, time.time(), process.returncode == 0) if blocks.isdigit() else None


def write_uses(path: Path, uses: Mapping[str, HomeUse]) -> None:
    """Write down what is known, for the next hub and for the doctor."""
    partial = path.with_name(f".{path.name}")
    partial.write_text(json.dumps({person: asdict(use) for person, use in uses.items()}))
    partial.replace(path)


def read_uses(path: Path) -> dict[str, HomeUse]:
    """Return what was written down; {} if there is nothing that can be read."""
    try:
        found = json.loads(path.read_text())
        return {str(person): HomeUse(int(u["bytes"]), float(u["at"]), bool(u["is_all"])) for person, u in found.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
