"""Tries again to load an extension of the server, for JupyterLab, at `sardonyx/api/extensions`."""

import json
from dataclasses import asdict

from jupyter_server.base.handlers import APIHandler
from tornado import web

from sardonyx_singleuser.broken_extensions import BROKEN
from sardonyx_singleuser.language import _


class ExtensionsHandler(APIHandler):  # type: ignore[misc]
    """Which those are, `sardonyx/api/resources` tells."""

    @web.authenticated
    async def post(self) -> None:
        """Load the extension `name`; answer what is still wrong with it, or null."""
        try:
            name = str(json.loads(self.request.body)["name"])
            broken = await self.settings[BROKEN].try_again(self.settings["serverapp"].extension_manager, name)
        except (ValueError, TypeError, KeyError):
            raise web.HTTPError(404, _("This extension is loaded, or there is none of this name.")) from None
        self.finish(json.dumps({"broken": None if broken is None else asdict(broken)}))
