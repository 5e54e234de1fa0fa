"""What the doctor says of GPUs: those of this machine, whether they can be opened, and who asks for more."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from sardonyx_spawner.amounts import say_gpus
from sardonyx_spawner.local.gpus import Sources, find_gpus, is_device
from sardonyx_spawner.profiles import Profile

REMEDIES = {
    "nvidia": "Open it to all: the driver's option is NVreg_DeviceFileMode=0666.",
    "amd": "Give it to the group render, and that group to the user of the hub, unless that is root.",
}
"""Kind -> who can usually open its device nodes, and how to come back to that."""


def look_at_gpus(
    profiles: Sequence[Profile], only: Sequence[str] | None, sources: Sources | None = None
) -> Iterator[tuple[bool, str]]:
    """Yield whether it is a fault, and what there is to say; nothing where there is no GPU and nobody asks for one."""
    where = sources or Sources()
    found = find_gpus(where, only)
    wanted = {profile.title: most_gpus(profile) for profile in profiles}
    if found:
        yield False, f"{say_gpus(len(found))}: {', '.join(gpu.name for gpu in found)}"
    most = max((sum(gpu.kind == kind for gpu in found) for kind in ("nvidia", "amd")), default=0)
    for title, count in wanted.items():
        if count > most:
            yield (
                True,
                f"“{title}” gives up to {say_gpus(count)}, and a server can have {most} here. Change the profile.",
            )
    missing = unknown(where, only)
    if missing:
        yield True, f"there is no {', '.join(missing)}. Correct 'one_machine.gpus' in the settings."
    for gpu in found:
        closed = [node for node in gpu.nodes if not _can_open(where.dev / node)]
        if closed:
            yield True, f"servers cannot open {where.dev / closed[0]}. {REMEDIES[gpu.kind]}"
    if any(gpu.kind == "nvidia" for gpu in found) and not is_device(where.dev / "nvidia-uvm"):
        yield True, f"there is no {where.dev}/nvidia-uvm. At each start of the machine: nvidia-modprobe -u -c 0."


def unknown(where: Sources, only: Sequence[str] | None) -> list[str]:
    """Return the names in the settings that no GPU here has."""
    names = {gpu.name for gpu in find_gpus(where)}
    return [name for name in only or () if name not in names]


def most_gpus(profile: Profile) -> int:
    """Return how many GPUs a server of a profile has at most."""
    choices = [choice.gives.gpus or 0 for option in profile.options for choice in option.choices]
    numbers = [int(option.maximum) for option in profile.options if option.name == "gpus" and not option.choices]
    return max([profile.gives.gpus or 0, *choices, *numbers])


def _can_open(node: Path) -> bool:
    """Tell whether servers can open a device; under a root hub they join its group, but never the one of root."""
    if os.geteuid() != 0:
        return os.access(node, os.R_OK)
    status = node.stat()
    return bool(status.st_mode & stat.S_IROTH or (status.st_mode & stat.S_IRGRP and status.st_gid != 0))
