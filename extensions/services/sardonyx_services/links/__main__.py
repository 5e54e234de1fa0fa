"""Run the service that opens links under JupyterHub: `python -m sardonyx_services.links CONFIGURATION`."""

import asyncio
import os
import socket
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import uvicorn

from sardonyx_services.certificates import trusting
from sardonyx_services.links.configuration import OpenerConfiguration
from sardonyx_services.links.lookup import LinkLookup
from sardonyx_services.links.opener import Opener
from sardonyx_services.links.pages import Pages
from sardonyx_services.listening import given
from sardonyx_services.parent import die_with_hub
from sardonyx_services.service_log import log_to

STORE_PATIENCE = httpx.Timeout(10, read=60)
KEPT_CONNECTIONS = 20
STALLED_S = 120
"""A reader who takes nothing for so long is gone."""


async def serve(configuration: OpenerConfiguration) -> None:
    """Serve on the hub's port for this service."""
    hub = f"{os.environ['JUPYTERHUB_BASE_URL']}hub/"
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=KEPT_CONNECTIONS)
    async with AsyncExitStack() as stack:
        keys = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, limits=limits))
        store = await stack.enter_async_context(
            httpx.AsyncClient(trust_env=False, verify=trusting(), limits=limits, timeout=STORE_PATIENCE)
        )
        token = os.environ["JUPYTERHUB_API_TOKEN"]
        opener = Opener(
            os.environ["JUPYTERHUB_SERVICE_PREFIX"],
            LinkLookup(configuration.keys, token, configuration.people, keys),
            Pages(hub, configuration.title, configuration.contact),
            store,
        )
        settings = uvicorn.Config(
            opener,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=2,
        )
        await uvicorn.Server(settings).serve(
            sockets=[_patient(given(urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"]).port or 80))]
        )


def _patient(listener: socket.socket) -> socket.socket:
    """Let the kernel end connections whose reader takes nothing: those that come from this socket have the same (tcp(7))."""
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED_S * 1000)
    # asyncio does this only for sockets that were made with the number of their protocol.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def main() -> None:
    """Run until the hub says stop."""
    die_with_hub()
    os.umask(0o077)
    configuration = OpenerConfiguration.read(Path(sys.argv[1]))
    log_to(configuration.log)
    asyncio.run(serve(configuration))


if __name__ == "__main__":
    main()
