"""What JupyterLab asks to hand in, below `sardonyx/api/storage/hand-in`; loaded when somebody first does."""

import re
from pathlib import Path
from typing import Any

from tornado import web

from sardonyx_singleuser.language import _
from sardonyx_singleuser.storage.errors import INVALID, StorageError
from sardonyx_singleuser.storage.hand_in import HandIn
from sardonyx_singleuser.storage.handlers import StorageHandler
from sardonyx_singleuser.storage.reach import Reach

HAND_IN = "sardonyx_hand_in"
"""Under this name the web application has what hands in."""


class HandInHandler(StorageHandler):
    """Hands in, at `sardonyx/api/storage/hand-in`: {"paths": […], "group": "class-…", "agreed": {path: tag}}."""

    @property
    def hand_in(self) -> HandIn:
        """What does it."""
        found: HandIn = self.settings[HAND_IN]
        return found

    @property
    def paths(self) -> list[str]:
        """What was chosen.

        Raises:
            StorageError: that is not said.
        """
        found = self.body().get("paths")
        if not isinstance(found, list) or not all(isinstance(path, str) for path in found):
            raise StorageError(_('"paths" has to be a list of files and folders of the home.'), INVALID)
        return found

    @web.authenticated
    async def post(self) -> None:
        """Begin it."""
        await self.answer(self._begin())

    async def _begin(self) -> dict[str, Any]:
        agreed = self.body().get("agreed")
        if not isinstance(agreed, dict) or not all(isinstance(tag, str) for tag in agreed.values()):
            raise StorageError(_('"agreed" has to say what each file replaces.'), INVALID)
        return await self.hand_in.begin(self.paths, str(self.body().get("group", "")), agreed)


class LookHandler(HandInHandler):
    """What would be handed in, at `sardonyx/api/storage/hand-in/look`: {"paths": […], "group": ""}."""

    @web.authenticated
    async def post(self) -> None:
        """Return it."""
        await self.answer(self._look())

    async def _look(self) -> dict[str, Any]:
        return await self.hand_in.look(self.paths, str(self.body().get("group", "")))


class DeliveryHandler(HandInHandler):
    """One hand-in, at `sardonyx/api/storage/hand-in/delivery?id=…`; asked again and again until it is over."""

    _track_activity = False

    @web.authenticated
    async def get(self) -> None:
        """Return how far it is."""
        await self.answer(self._told())

    @web.authenticated
    async def delete(self) -> None:
        """Stop it."""
        await self.answer(self._stop())

    async def _told(self) -> dict[str, Any]:
        return self.hand_in.told(self.told("id"))

    async def _stop(self) -> None:
        self.hand_in.stop(self.told("id"))


class HandedHandler(HandInHandler):
    """What was handed in, at `sardonyx/api/storage/hand-in/handed?group=…`."""

    @web.authenticated
    async def get(self) -> None:
        """Return it."""
        await self.answer(self.hand_in.handed(self.told("group")))

    @web.authenticated
    async def delete(self) -> None:
        """Take back the file at `path`."""
        await self.answer(self.hand_in.remove(self.told("group"), self.path))


def add_hand_in(server: Any, reach: Reach, home: Path) -> None:
    """Add them to a Jupyter server."""
    server.web_app.settings[HAND_IN] = HandIn(reach, home)
    base = re.escape(server.web_app.settings["base_url"]) + "sardonyx/api/storage/hand-in"
    handlers = (
        ("", HandInHandler),
        ("/look", LookHandler),
        ("/delivery", DeliveryHandler),
        ("/handed", HandedHandler),
    )
    server.web_app.add_handlers(".*", [(f"{base}{path}", handler) for path, handler in handlers])
