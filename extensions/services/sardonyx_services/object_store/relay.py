"""Bytes from a TCP port to a unix socket and back; the other end hears the same Host header."""

import asyncio
import os
import socket
from contextlib import suppress
from pathlib import Path

from sardonyx_services.listening import BACKLOG

CHUNK = 1 << 18
PATIENCE_S, RETRY_S = 10.0, 0.1


async def relay(listener: socket.socket, target: Path) -> asyncio.Server:
    """Connect each client of a listening socket to a unix socket."""

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # When the service stops this task is cancelled, and asyncio would log that as a fault for each client.
        with suppress(asyncio.CancelledError):
            await _join(reader, writer, target)

    return await asyncio.start_server(connect, sock=listener, limit=CHUNK, backlog=BACKLOG)


async def open_socket(target: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to a unix socket however long its path is: a socket address has room for 107 bytes only."""
    folder = os.open(target.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        return await asyncio.open_unix_connection(f"/proc/self/fd/{folder}/{target.name}", limit=CHUNK)
    finally:
        os.close(folder)


async def _join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: Path) -> None:
    try:
        there_reader, there_writer = await _open_soon(target)
    except OSError:
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


async def _open_soon(target: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect, or wait a moment for what is just starting: clients give up after three tries within a second."""
    for _ in range(round(PATIENCE_S / RETRY_S)):
        with suppress(OSError):
            return await open_socket(target)
        await asyncio.sleep(RETRY_S)
    return await open_socket(target)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(CHUNK):
        writer.write(chunk)
        await writer.drain()
    # Half-closed: the other direction may still have an answer to bring.
    with suppress(OSError):
        if writer.can_write_eof():
            writer.write_eof()
