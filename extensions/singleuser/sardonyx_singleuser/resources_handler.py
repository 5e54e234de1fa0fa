"""Tells JupyterLab what this server uses, when it ends, what was said to it and what could not be loaded, at `sardonyx/api/resources`."""

import json
import time
from dataclasses import asdict
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async
from tornado import web

from sardonyx_singleuser import contract
from sardonyx_singleuser.broken_extensions import BROKEN
from sardonyx_singleuser.language import _
from sardonyx_singleuser.presence import note_presence
from sardonyx_singleuser.resources import Meter
from sardonyx_singleuser.server_end import EndError, ServerEnd, told
from sardonyx_singleuser.victims import OF_THIS_SERVER, Victim
from sardonyx_singleuser.word import WORDS

METER, SPACE, END = "sardonyx_meter", "sardonyx_space", "sardonyx_end"
"""Under these names the web application has what measures, what looks at the home, and what knows the end."""
LONGEST_STEP_S = 366 * 86400


class ResourcesHandler(APIHandler):  # type: ignore[misc]
    """Answers; the page asks by itself, so nothing of it counts as use."""

    _track_activity = False

    @web.authenticated
    async def get(self) -> None:
        """Return what is used now, how long the server goes on, and what was said to it."""
        meter, end = self.settings[METER], self.settings[END]
        await end.look()
        said = [asdict(word) for word in self.settings[WORDS].said]
        home = asdict(await self.settings[SPACE].look())
        used = {**asdict(meter.read()), "victims": await self._victims(), "broken": self.settings[BROKEN].told()}
        self.finish(json.dumps({**used, "home": home, **self._end(end, meter), "words": said}))

    async def _victims(self) -> list[dict[str, Any]]:
        """Return what was ended because memory was full, where its person knows it by a name."""
        noted = list(OF_THIS_SERVER.noted)
        names: dict[str, str] = {}
        if any(victim.kind == "kernel" for victim in noted):
            sessions = await ensure_async(self.session_manager.list_sessions())
            names = {session["kernel"]["id"]: session["name"] for session in sessions}

        def name(victim: Victim) -> str:
            return names.get(victim.name, "") if victim.kind == "kernel" else victim.name

        return [{**asdict(victim), "name": name(victim)} for victim in noted if name(victim)]

    def _end(self, end: ServerEnd, meter: Meter) -> dict[str, Any]:
        idle_stop = meter.variables.get(contract.IDLE_STOP, "")
        used_at = self.settings["serverapp"].web_app.last_activity().timestamp()
        idle_stop_s = int(idle_stop) if idle_stop.isdigit() else None
        return {**told(end.now, idle_stop_s, used_at, time.time()), "is_fresh": end.is_fresh}


class KeepHandler(APIHandler):  # type: ignore[misc]
    """Keeps this server: longer, where it has an end; and from being taken for one that nobody uses."""

    @web.authenticated
    async def post(self) -> None:
        """Move the end by `seconds`; 0 only says that somebody is there."""
        try:
            seconds = json.loads(self.request.body)["seconds"]
        except (ValueError, TypeError, KeyError):
            seconds = None
        if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds <= LONGEST_STEP_S:
            raise web.HTTPError(400, _("Say for how many seconds more: a whole number."))
        note_presence(self.settings)
        try:
            if seconds:
                await self.settings[END].keep(seconds)
        except EndError as error:
            raise web.HTTPError(503, str(error)) from None
        ends_at = self.settings[END].now.ends_at
        self.finish({"seconds_left": None if ends_at is None else ends_at - time.time()})
