"""Bytes from a TCP port to a unix socket and back; the other end hears the same Host header."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

CHUNK = 1 << 18
LOOPBACK = "127.0.0.1"


async def relay(port: int, target: Path) -> asyncio.Server:
    """Listen on 127.0.0.1:port and connect each client to the socket.

    Raises:
        OSError: the port cannot be bound.
    """

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # When the service stops this task is cancelled, and asyncio would log that as a fault for each client.
        with suppress(asyncio.CancelledError):
            await _join(reader, writer, target)

    return await asyncio.start_server(connect, LOOPBACK, port, limit=CHUNK, backlog=512)


async def open_socket(target: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to a unix socket however long its path is: a socket address has room for 107 bytes only."""
    folder = os.open(target.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        return await asyncio.open_unix_connection(f"/proc/self/fd/{folder}/{target.name}", limit=CHUNK)
    finally:
        os.close(folder)


async def _join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: Path) -> None:
    try:
        there_reader, there_writer = await open_socket(target)
    except OSError:
        # The store is starting or gone: closing at once lets clients try again.
        writer.close()
        return
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_pump(reader, there_writer))
            group.create_task(_pump(there_reader, writer))
    except* OSError:
        pass
    finally:
        for end in (writer, there_writer):
            end.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(CHUNK):
        writer.write(chunk)
        await writer.drain()
    # Half-closed: the other direction may still have an answer to bring.
    with suppress(OSError):
        if writer.can_write_eof():
            writer.write_eof()
