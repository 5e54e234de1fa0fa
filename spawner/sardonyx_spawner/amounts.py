"""Amounts as people write and say them: memory such as "2G", durations such as "4h"."""

import re
from collections.abc import Sequence

MEMORY_UNITS = {"M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
DURATION_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
GIB = 1 << 30

_MEMORY = re.compile(r"(\d{1,7}(?:\.\d{1,3})?)([MGT])")
_DURATION = re.compile(r"(\d{1,9})([smhd])")


def memory_bytes(text: str) -> int:
    """Return the bytes of an amount such as "512M" or "2G"; the units are binary.

    Raises:
        ValueError: the text is not such an amount; the message says how to write one.
    """
    found = _MEMORY.fullmatch(text)
    if found is None or float(found[1]) == 0:
        raise ValueError("write an amount of memory such as 512M or 2G")
    return int(float(found[1]) * MEMORY_UNITS[found[2]])


def duration_seconds(text: str) -> int:
    """Return the seconds of a duration such as "90s", "30m", "4h" or "2d".

    Raises:
        ValueError: the text is not such a duration; the message says how to write one.
    """
    found = _DURATION.fullmatch(text)
    if found is None or int(found[1]) == 0:
        raise ValueError("write a duration such as 90s, 30m, 4h or 2d")
    return int(found[1]) * DURATION_UNITS[found[2]]


def say_memory(amount: int) -> str:
    """Say bytes as people do: "512 MB", "2 GB", "1.5 GB"."""
    if amount < GIB:
        return f"{amount / MEMORY_UNITS['M']:.0f} MB"
    return f"{number(amount / GIB)} GB"


def say_cores(cpu: float) -> str:
    """Say cores as people do: "1 core", "2 cores", "half a core"."""
    if cpu == 0.5:  # noqa: PLR2004 - a half has a word of its own
        return "half a core"
    return "1 core" if cpu == 1 else f"{number(cpu)} cores"


def say_gpus(gpus: int) -> str:
    """Say GPUs as people do: "1 GPU", "2 GPUs"."""
    return "1 GPU" if gpus == 1 else f"{gpus} GPUs"


def say_together(amounts: Sequence[str]) -> str:
    """Join amounts: "2 cores, 4 GB and 1 GPU"."""
    return " and ".join(part for part in (", ".join(amounts[:-1]), amounts[-1]) if part) if amounts else ""


def say_duration(seconds: int) -> str:
    """Say a duration in its largest whole unit: "90 seconds", "4 hours", "1 day"."""
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % size == 0:
            count = seconds // size
            return f"{count} {word}" if count == 1 else f"{count} {word}s"
    return "1 second" if seconds == 1 else f"{seconds} seconds"


def number(value: float) -> str:
    """Write a number without a needless fraction: 2.0 is "2"."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
