"""What stands for one single-user server: it answers the hub as one does, and tells it that it is used."""

import asyncio
import json
import random
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime

from aiohttp import ClientError, ClientSession
from jupyterhub import __version__

BODY = json.dumps({"version": "2.0"})
ANSWER = (
    f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-JupyterHub-Version: {__version__}\r\n"
    f"Content-Length: {len(BODY)}\r\nConnection: close\r\n\r\n{BODY}"
).encode()
OFTEN_S = "300"
"""A server tells of its use so often, unless it is told otherwise: JUPYTERHUB_ACTIVITY_INTERVAL."""


async def serve(address: str, port: int) -> asyncio.Server:
    """Listen; whatever is asked for is there."""
    return await asyncio.start_server(_answer, address, port)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        # Whoever only looks whether somebody listens asks for nothing.
        with suppress(asyncio.IncompleteReadError, OSError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(ANSWER)
            await writer.drain()
    finally:
        writer.close()


async def tell(session: ClientSession, variables: Mapping[str, str]) -> None:
    """Tell the hub of the server's use, as one in which somebody works all the time; look first which hub it is.

    Args:
        variables: the environment of the server, with its token.
    """
    headers = {"Authorization": f"token {variables['JUPYTERHUB_API_TOKEN']}"}
    often_s = float(variables.get("JUPYTERHUB_ACTIVITY_INTERVAL", OFTEN_S))
    # A hub that is away is told the next time.
    with suppress(ClientError, TimeoutError, OSError):
        await _once(session, "GET", variables["JUPYTERHUB_API_URL"], headers)
    # Servers that run were started at all times of a day, not within one minute as those of a test.
    until_next_s = random.uniform(0, often_s)  # noqa: S311 - no secret
    while True:
        now = datetime.now(UTC).isoformat()
        used = {"servers": {variables.get("JUPYTERHUB_SERVER_NAME", ""): {"last_activity": now}}, "last_activity": now}
        with suppress(ClientError, TimeoutError, OSError):
            await _once(session, "POST", variables["JUPYTERHUB_ACTIVITY_URL"], headers, json.dumps(used))
        await asyncio.sleep(until_next_s)
        until_next_s = often_s


async def _once(session: ClientSession, verb: str, url: str, headers: Mapping[str, str], body: str = "") -> None:
    async with session.request(verb, url, headers=headers, data=body or None) as answer:
        await answer.read()
