"""Amounts as people write and say them: memory such as "2G", durations such as "4h"."""

import re

from sardonyx_spawner.language import N_, POINTS, Said, _, ngettext

MEMORY_UNITS = {"M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
DURATION_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
GIB = 1 << 30

_MEMORY = re.compile(r"(\d{1,7}(?:\.\d{1,3})?)([MGT])", re.ASCII)
_DURATION = re.compile(r"(\d{1,9})([smhd])", re.ASCII)


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


def say_memory(amount: float) -> Said:
    """Say bytes as people do: "512 MB", "2 GB", "1.5 GB"."""
    if amount < GIB:
        return _("{count} MB").format(count=f"{amount / MEMORY_UNITS['M']:.0f}")
    return _("{count} GB").format(count=say_number(amount / GIB))


def say_bytes(size: int | None) -> str:
    """Say how large a file is, in units of a thousand: "3.2 MB"; "" = that is not known."""
    if size is None:
        return ""
    for text, factor in ((N_("{count} GB"), 10**9), (N_("{count} MB"), 10**6), (N_("{count} kB"), 10**3)):
        if size >= factor:
            return _(text).format(count=say_number(round(size / factor, 1 if size < 10 * factor else 0)))
    return ngettext("{count} byte", "{count} bytes", size).format(count=size)


def say_cores(cpu: float) -> Said:
    """Say cores as people do: "1 core", "2 cores", "half a core"."""
    if cpu == 0.5:  # noqa: PLR2004 - a half has a word of its own
        return _("half a core")
    return ngettext("{count} core", "{count} cores", cpu).format(count=say_number(cpu))


def say_gpus(gpus: int) -> Said:
    """Say GPUs as people do: "1 GPU", "2 GPUs"."""
    return ngettext("{count} GPU", "{count} GPUs", gpus).format(count=gpus)


def say_duration(seconds: int) -> Said:
    """Say a duration in its largest whole unit: "90 seconds", "4 hours", "1 day"."""
    if seconds % 86400 == 0:
        return ngettext("{count} day", "{count} days", seconds // 86400).format(count=seconds // 86400)
    if seconds % 3600 == 0:
        return ngettext("{count} hour", "{count} hours", seconds // 3600).format(count=seconds // 3600)
    if seconds % 60 == 0:
        return ngettext("{count} minute", "{count} minutes", seconds // 60).format(count=seconds // 60)
    return ngettext("{count} second", "{count} seconds", seconds).format(count=seconds)


def number(value: float) -> str:
    """Write a number for programs, without a needless fraction: 2.0 is "2"."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def say_number(value: float) -> Said:
    """Write the same for people: a half is "0.5", or "0,5"."""
    return Said(lambda language: number(value).replace(".", POINTS.get(language, ".")))
