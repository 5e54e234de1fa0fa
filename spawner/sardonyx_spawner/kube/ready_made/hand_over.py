"""The hub's side of a server that waits: a connection that is kept, and the one thing that is ever said on it."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from cryptography.fernet import Fernet

from sardonyx_spawner import contract
from sardonyx_spawner.steps import read_step

HELLO = b"hello"
AGAIN_S = 0.2
FIRST_S = 5.0
"""Its first step is said at once, before anything that takes long, such as code that is fetched."""
LONGEST_LINE = 1 << 16


class HandOverError(Exception):
    """A server that waited is of no use; the message is for the operator."""


def sealed_hand_over(key: bytes, variables: Mapping[str, str], arguments: Sequence[str], plan: str) -> bytes:
    """Return the line that says whose a server is; who does not have its key cannot read it."""
    told = {
        "version": contract.HAND_OVER_VERSION,
        "variables": dict(variables),
        "arguments": list(arguments),
        "plan": plan,
    }
    return Fernet(key).encrypt(json.dumps(told).encode()) + b"\n"


class Waiting:
    """A server that waits for us, and has said so.

    Args:
        is_warm: it has done what takes long; else that could not be done, and it will be slow.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_warm: bool) -> None:
        self._reader, self._writer, self.is_warm = reader, writer, is_warm

    @classmethod
    async def greet(cls, host: str, port: int, key: bytes) -> "Waiting":
        """Connect, and return when it waits.

        Raises:
            HandOverError: it has ended meanwhile.
        """
        reader, writer = await _connection(host, port)
        try:
            writer.write(Fernet(key).encrypt(HELLO) + b"\n")
            said = await _line(reader)
            return cls(reader, writer, is_warm=bool(said.get("warmed")))
        except BaseException:
            writer.close()
            raise

    @property
    def is_there(self) -> bool:
        """Whether it waits still, as far as is known: the end of its process ends the connection."""
        return not self._reader.at_eof()

    async def hand_over(self, sealed: bytes, tell: Callable[[str, str], object]) -> None:
        """Let it be somebody's server; return when that answers.

        Args:
            sealed: see `sealed_hand_over`.
            tell: hears each step, and its state.

        Raises:
            HandOverError: it is nobody's, and will not be.
        """
        try:
            self._writer.write(sealed)
            said = await _first_line(self._reader)
            while not said.get("ready"):
                if "error" in said:
                    raise HandOverError(str(said["error"]))
                step = read_step(said.get("progress"))
                if step is not None:
                    tell(*step)
                said = await _line(self._reader)
        finally:
            self.close()

    def close(self) -> None:
        """Let it go: one that waits ends then."""
        self._writer.close()


async def _connection(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    while True:
        with suppress(OSError):
            return await asyncio.open_connection(host, port, limit=LONGEST_LINE)
        await asyncio.sleep(AGAIN_S)


async def _first_line(reader: asyncio.StreamReader) -> Mapping[str, object]:
    """Return what is said first, as `_line` does; one that says nothing soon may hang for ever."""
    try:
        async with asyncio.timeout(FIRST_S):
            return await _line(reader)
    except TimeoutError:
        raise HandOverError(f"it has said nothing for {FIRST_S:.0f} s") from None


async def _line(reader: asyncio.StreamReader) -> Mapping[str, object]:
    """Return what was said.

    Raises:
        HandOverError: nothing, or nothing that can be understood.
    """
    try:
        line = await reader.readline()
        found = json.loads(line)
    except (OSError, ValueError) as error:
        raise HandOverError(f"it has ended, or says what cannot be understood: {error}") from error
    if not isinstance(found, dict):
        raise HandOverError("it says what cannot be understood")
    return found
