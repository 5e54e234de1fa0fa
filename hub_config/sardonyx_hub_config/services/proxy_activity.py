"""JupyterHub's proxy, without what it says of use: any page that was left open asks for something all day.

Servers tell the hub themselves when they are used, and know what somebody does from what a page does.
"""

from typing import Any

from jupyterhub.proxy import ConfigurableHTTPProxy


class SardonyxProxy(ConfigurableHTTPProxy):  # type: ignore[misc]  # JupyterHub is untyped
    """See the module; without an activity in a route JupyterHub takes none from it (its docs on writing a proxy)."""

    async def get_all_routes(self, *args: Any, **kwargs: Any) -> dict[str, dict[str, Any]]:
        """Return the routes as the proxy has them."""
        routes: dict[str, dict[str, Any]] = await super().get_all_routes(*args, **kwargs)
        for route in routes.values():
            route["data"].pop("last_activity", None)
        return routes
