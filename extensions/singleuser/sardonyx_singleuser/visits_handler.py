"""Where the hub tells this server that sessions have ended, at `sardonyx/api/visits`."""

from jupyter_server.base.handlers import APIHandler
from tornado import web

from sardonyx_singleuser.visits import VISITS


class VisitsHandler(APIHandler):  # type: ignore[misc]
    """Lets everybody who is connected be asked about; its person has not used the server by that."""

    _track_activity = False

    @web.authenticated
    async def post(self) -> None:
        """End what nobody may have open any more, and answer how much that was."""
        self.finish({"ended": await self.settings[VISITS].end()})
