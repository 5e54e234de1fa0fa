"""What a server wrote, made fit to read: the same on every engine."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sardonyx_spawner.errors import UserError

KEPT = 3
"""Logs of one server: the newest, and those of the two starts before."""

# Sequences of ECMA-48 (colours, cursor, window titles), with what a terminal would take for them in one byte.
_TERMINAL = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]"
)
# What is left of the controls, and what turns the direction of text around or breaks a line that is none.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")
# Jupyter hides them in its lines about requests; Tornado's own, about what failed, have the whole address.
_PARAMETER = re.compile(r"([?&])([^=&?\s\"']{1,60})=([^&\s\"'<>)\]]+)")
_SECRET_NAMES = ("token", "auth", "key", "code", "state", "xsrf", "password", "secret", "signature", "credential")
_HEADER = re.compile(r"(\b(?:proxy-)?authorization[\"']?[:=] ?[\"']?(?:token|bearer|basic) +)[^\s\"',]+", re.IGNORECASE)
HIDDEN = "[secret]"
LONGEST_LINE = 1 << 18


class LogUnreadableError(UserError):
    """There is a log, and it cannot be read."""


@dataclass(frozen=True)
class LogNote:
    """What is known of a log without reading it: when something was last written, and how much there is."""

    written: datetime
    size: int


class ServerLogs(Protocol):
    """The logs of one server by number: 0 is the newest, 1 that of the start before."""

    def notes(self) -> Mapping[int, LogNote]:
        """Return what there is by number; the newest is missing after a start that did not come so far."""
        ...

    async def end(self, number: int, most: int) -> bytes:
        """Return at most so many bytes from the end of a log.

        Raises:
            LogUnreadableError: it cannot be read.
        """
        ...

    def parts(self, number: int) -> AsyncIterator[bytes]:
        """Yield a whole log, a part of bounded size at a time.

        Raises:
            LogUnreadableError: it cannot be read.
        """
        ...


def readable(raw: bytes) -> str:
    """Return lines that can be shown: no colours, no controls, and no secret of an address."""
    text = raw.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    return _HEADER.sub(rf"\1{HIDDEN}", _PARAMETER.sub(_hide, _CONTROLS.sub("·", _TERMINAL.sub("", text))))


async def last_lines(raw: bytes, *, is_cut: bool) -> str:
    """Return the end of a log, without the rest of a line whose beginning is missing."""
    if is_cut:
        rest = raw.partition(b"\n")[2]
        # One line may be longer than all that is shown.
        raw = rest or "…".encode() + raw.lstrip(bytes(range(0x80, 0xC0)))
    # Beside the hub's other work: what a person's code wrote may take a tenth of a second.
    return await asyncio.to_thread(readable, raw)


async def readable_parts(parts: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """Yield whole lines of a log, so that nothing is missed that lies across two parts; only a huge line is cut."""
    left = b""
    async for part in parts:
        whole, end, left = (left + part).rpartition(b"\n")
        if not end and len(left) > LONGEST_LINE:
            whole, left = left, b""
        if whole:
            yield await asyncio.to_thread(readable, whole + end)
    if left:
        yield await asyncio.to_thread(readable, left)


def _hide(found: re.Match[str]) -> str:
    name = found[2].lower()
    return f"{found[1]}{found[2]}={HIDDEN}" if any(word in name for word in _SECRET_NAMES) else found[0]
