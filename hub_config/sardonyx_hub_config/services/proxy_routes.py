"""What the proxy of a cluster leads to, where it may be started anew at any moment, and then knows nothing.

JupyterHub looks every five minutes whether a proxy that it has not started itself has lost its routes.
"""

import asyncio

from jupyterhub.app import JupyterHub

LOOK_S = 2.0
PATIENCE_S = 3.0
"""For one look. A connection to a proxy that is just going away may get no answer at all: JupyterHub waits 30 s for one."""


async def keep_routes(hub: JupyterHub, look_s: float = LOOK_S, patience_s: float = PATIENCE_S) -> None:
    """Look again and again whether the proxy leads to the hub; one that does not gets all routes.

    Args:
        look_s: seconds between two looks. One takes some milliseconds with a thousand servers.
        patience_s: seconds that the proxy has to say where it leads.
    """
    while True:
        await asyncio.sleep(look_s)
        try:
            await _look(hub, patience_s)
        except Exception as error:  # noqa: BLE001 - whatever it is: the proxy is asked again
            hub.log.debug("The proxy does not say where it leads: %r", error)


async def _look(hub: JupyterHub, patience_s: float) -> None:
    async with asyncio.timeout(patience_s):
        routes = await hub.proxy.get_all_routes()
    if hub.hub.routespec in routes:
        return
    hub.log.warning("The proxy was started anew, and leads nowhere: it is told all routes")
    await hub.proxy.check_routes(hub.users, hub._service_map, routes)  # noqa: SLF001 - as the hub itself does
