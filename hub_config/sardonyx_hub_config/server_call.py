"""Calls of the hub to a server of somebody: what it serves at `sardonyx/api/`, which is its person's and believed no more."""

import json
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx

from sardonyx_hub_config.server_keys import key_to

UNIX = "http+unix"
MOST_BYTES = 1 << 16
OK = 200


async def call(spawner: Any, name: str, body: dict[str, Any], patience_s: float) -> dict[str, Any] | None:
    """Send something to a running server, and return its answer; None = it gives none that can be read.

    Args:
        name: of what is called there.
        patience_s: of each step: to connect, to send, to wait for more.
    """
    url = urlsplit(str(spawner.server.url))
    is_socket = url.scheme == UNIX
    transport = httpx.AsyncHTTPTransport(uds=unquote(url.netloc)) if is_socket else None
    host = "http://localhost" if is_socket else f"{url.scheme}://{url.netloc}"
    try:
        with key_to(spawner) as key:
            headers = {"Authorization": f"token {key}"}
            address = f"{host}{spawner.server.base_url}sardonyx/api/{name}"
            async with (
                httpx.AsyncClient(transport=transport, timeout=patience_s, trust_env=False) as client,
                client.stream("POST", address, json=body, headers=headers) as answer,
            ):
                read = b""
                async for part in answer.aiter_bytes():
                    read += part
                    if len(read) > MOST_BYTES:
                        return None
                found = json.loads(read) if answer.status_code == OK else None
    except (httpx.HTTPError, ValueError) as error:
        spawner.log.warning("The server of %s could not be told (%s): %r", spawner.user.name, name, error)
        return None
    return found if isinstance(found, dict) else None
