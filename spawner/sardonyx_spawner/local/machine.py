"""What this machine has for servers, and who asks for more."""

import os
from dataclasses import dataclass
from pathlib import Path

from sardonyx_spawner.amounts import GIB, say_memory
from sardonyx_spawner.errors import UserError
from sardonyx_spawner.language import Said, _
from sardonyx_spawner.local.cgroup_places import own_groups

NOMINAL = 1.1
"""Of what is sold as 8 GB, the system counts up to a tenth less: the firmware and the kernel keep it for themselves."""
LIMITS = ("memory.max", "memory.limit_in_bytes")
"""Of control groups, by version 2 and 1."""


class TooLargeError(UserError):
    """The server that was asked for can never be had on this machine."""


@dataclass(frozen=True)
class Machine:
    """What there is for servers.

    Args:
        memory: bytes.
        cores: of its processors.
    """

    memory: int
    cores: int

    @classmethod
    def here(cls, proc: Path = Path("/proc")) -> "Machine":
        """Return this machine, or as much of it as the hub itself may have, as in a container."""
        total = next(line for line in (proc / "meminfo").read_text().splitlines() if line.startswith("MemTotal:"))
        return cls(min([int(total.split()[1]) << 10, *_limits(proc / "self")]), os.cpu_count() or 1)

    def say_memory(self) -> Said:
        """Say how much memory there is, such as "7.8 GB"."""
        return say_memory(round(self.memory / GIB, 1) * GIB)

    def has(self, memory: int | None) -> bool:
        """Tell whether a server with so many bytes could ever use them here; None = it asks for no number."""
        return memory is None or memory <= self.memory * NOMINAL


def refuse_too_large(memory: int | None, machine: Machine) -> None:
    """Let a server start that this machine could hold if it were the only one.

    Args:
        memory: bytes that it is to have; None = as much as there is.

    Raises:
        TooLargeError: it has more than the machine.
    """
    if memory is not None and not machine.has(memory):
        text = _(
            "This server would have {memory} of memory, and the whole machine has {there}. Choose a smaller one, or ask"
            " the people who run this place to change what is offered."
        )
        raise TooLargeError(text.format(memory=say_memory(memory), there=machine.say_memory()))


def _limits(process: Path) -> list[int]:
    found = []
    for own in own_groups(process):
        for name in LIMITS:
            file = own.folder / name
            # Where there is no limit version 2 says "max", and version 1 a number that no machine has.
            if "memory" in own.controllers and file.exists() and (text := file.read_text().strip()).isdigit():
                found.append(int(text))
    return found
