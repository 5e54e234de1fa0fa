"""Tells JupyterLab what this server uses, at `sardonyx/api/resources`."""

import json
from dataclasses import asdict

from jupyter_server.base.handlers import APIHandler
from tornado import web

from sardonyx_singleuser.resources import Meter

METER = "sardonyx_meter"
"""Under this name the web application has what measures."""


class ResourcesHandler(APIHandler):  # type: ignore[misc]
    """Answers; the page asks by itself, so nothing of it counts as use."""

    _track_activity = False

    @web.authenticated
    def get(self) -> None:
        """Return what is used now."""
        self.finish(json.dumps(asdict(self._meter().read())))

    def _meter(self) -> Meter:
        found: Meter = self.settings[METER]
        return found
