"""What a preview asks, at `sardonyx/api/storage/preview`."""

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jupyter_server.utils import to_os_path
from tornado import web

from sardonyx_singleuser.language import _
from sardonyx_singleuser.preview.previews import NO_STORE, PATIENCE_S, Previews
from sardonyx_singleuser.preview.sources import Source
from sardonyx_singleuser.storage.errors import INVALID, NOT_FOUND, StorageError
from sardonyx_singleuser.storage.handlers import StorageHandler
from sardonyx_singleuser.storage.reach import Reach

PREVIEWS = "sardonyx_previews"
"""Under this name the web application has the previews, and what reaches the store; None = there is no store."""
ARGUMENTS = {"first": 0, "count": 0, "column": 1, "query": 1}
LONGEST_ARGUMENT = 20_000


class PreviewHandler(StorageHandler):
    """Answers questions about a table: {"path": …, "is_local": false, "what": "first", "arguments": []}."""

    _work: "asyncio.Task[Any] | None" = None

    @web.authenticated
    async def post(self) -> None:
        """Answer one; whoever does not wait for the answer ends the work for it."""
        self._work = asyncio.create_task(self._answer())
        try:
            await self.answer(self._work)
        except asyncio.CancelledError:
            # Nobody is there to be told.
            return

    def on_connection_close(self) -> None:
        """End the work."""
        super().on_connection_close()
        if self._work is not None:
            self._work.cancel()

    async def _answer(self) -> dict[str, Any]:
        told = self.body()
        what, arguments, path = told.get("what"), told.get("arguments", []), told.get("path")
        if not isinstance(path, str) or what not in PATIENCE_S:
            wanted = _('There have to be a "path" and a "what": {known}.').format(known=", ".join(ARGUMENTS))
            raise StorageError(wanted, INVALID)
        if (
            not isinstance(arguments, list)
            or len(arguments) != ARGUMENTS[what]
            or not all(isinstance(each, str) and len(each) <= LONGEST_ARGUMENT for each in arguments)
        ):
            wanted = _('"{what}" takes so many arguments: {count}, of {most} characters at most.')
            raise StorageError(wanted.format(what=what, count=ARGUMENTS[what], most=LONGEST_ARGUMENT))
        previews: Previews
        reach: Reach | None
        previews, reach = self.settings[PREVIEWS]
        source, store = self._local(path) if told.get("is_local") is True else await self._stored(path, reach)
        return {**await previews.ask(source, what, arguments, store), "size": source.size}

    def _local(self, path: str) -> tuple[Source, dict[str, str]]:
        root = Path(self.contents_manager.root_dir).resolve()
        file = Path(to_os_path(path, str(root))).resolve()
        if not file.is_relative_to(root) or not file.is_file():
            said = _("There is no file “{path}” in your home any more.")
            raise StorageError(said.format(path=path[:200]), NOT_FOUND)
        return Source(str(file), file.stat().st_size), dict(NO_STORE)

    async def _stored(self, path: str, reach: Reach | None) -> tuple[Source, dict[str, str]]:
        if reach is None:
            raise StorageError(_("There is no data store here."), NOT_FOUND)
        spot, found = await self.files.file(path)
        keys = await reach.keyring.keys(spot.place.group, spot.place.prefix, "read")
        where = urlsplit(reach.store.endpoint)
        store = {
            "name": keys.name,
            "secret": keys.secret,
            "token": keys.token,
            "endpoint": where.netloc,
            "tls": json.dumps(where.scheme == "https"),
            "region": reach.store.region,
        }
        return Source(f"s3://{reach.store.bucket}/{spot.key}", found.size), store
