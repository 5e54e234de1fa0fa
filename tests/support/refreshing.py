"""Many servers that ask for keys again and again, as SDKs do, while the keys service is restarted under them."""

import asyncio
import os
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

from support.load import get
from support.places import Place

LEFT_S = 60.0
"""An SDK tries again and again, and uses the keys that it has meanwhile; those live for 15 minutes by then, not for one."""
BETWEEN_TRIES_S = 1.0


@dataclass
class Refreshing:
    """What happened.

    Args:
        waits: seconds of each refresh, with what was tried again.
        late: servers whose keys would have ended before they got others, with what was said last.
    """

    waits: list[float] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    cpu_s: float = 0.0
    peak_mb: float = 0.0


async def refresh(place: Place, tokens: list[str], seconds: float, every_s: float) -> Refreshing:
    """Let each server ask once in so many seconds, and kill the keys service half-way; the hub starts it again at once."""
    result, ends = Refreshing(), time.monotonic() + seconds
    service = [place.processes[-1]]
    await asyncio.gather(
        _restart(place, service, seconds / 2, result),
        *(_server(place, token, every_s, ends, result) for token in tokens),
    )
    _add_use(service[0], result)
    return result


async def _restart(place: Place, service: list[Popen[bytes]], after_s: float, result: Refreshing) -> None:
    await asyncio.sleep(after_s)
    _add_use(service[0], result)
    service[0].kill()
    service[0].wait()
    service[0] = place.start_keys()


async def _server(place: Place, token: str, every_s: float, ends: float, result: Refreshing) -> None:
    # Not a secret: when a simulated server asks.
    await asyncio.sleep(random.random() * every_s)  # noqa: S311
    while time.monotonic() < ends:
        began = time.monotonic()
        said = await _until_it_has_keys(place, token, began + LEFT_S)
        if said == "200":
            result.waits.append(time.monotonic() - began)
        else:
            result.late.append(f"{token}: {said}, {time.monotonic() - began:.0f} s after it asked first")
        await asyncio.sleep(every_s * random.uniform(0.9, 1.1))  # noqa: S311


async def _until_it_has_keys(place: Place, token: str, ends: float) -> str:
    """Return what was said last."""
    said = "nothing"
    while said != "200" and time.monotonic() < ends:
        with suppress(OSError, asyncio.IncompleteReadError):
            said = str(await get(f"{place.keys}/aws", token))
        if said != "200":
            await asyncio.sleep(BETWEEN_TRIES_S)
    return said


def _add_use(service: Popen[bytes], result: Refreshing) -> None:
    fields = Path(f"/proc/{service.pid}/stat").read_text().rpartition(")")[2].split()
    result.cpu_s += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    for line in Path(f"/proc/{service.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            result.peak_mb = max(result.peak_mb, int(line.split()[1]) / 1024)
