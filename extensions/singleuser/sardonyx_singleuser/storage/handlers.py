"""What JupyterLab asks about the data store, below `sardonyx/api/storage`; paths are in the query, encoded once."""

import json
from collections.abc import Awaitable
from contextlib import aclosing
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import APIHandler
from tornado import web
from tornado.iostream import StreamClosedError

from sardonyx_singleuser.language import _
from sardonyx_singleuser.storage.changes import Changes
from sardonyx_singleuser.storage.crossing import Crossing
from sardonyx_singleuser.storage.errors import INVALID, StorageError
from sardonyx_singleuser.storage.files import Files
from sardonyx_singleuser.storage.sharing import Sharing

STORAGE = "sardonyx_storage"
"""Under this name the web application has the person's files."""


class StorageHandler(APIHandler):  # type: ignore[misc]
    """One that answers with JSON, or with a sentence."""

    @property
    def files(self) -> Files:
        """What there is."""
        found: Files = self.settings[STORAGE][0]
        return found

    @property
    def changes(self) -> Changes:
        """What changes it."""
        found: Changes = self.settings[STORAGE][1]
        return found

    @property
    def path(self) -> str:
        """The path that is asked about."""
        return self.told("path")

    def told(self, name: str) -> str:
        """Return something of the query, as it was sent: a space at an end is part of a name."""
        found: str = self.get_query_argument(name, "", strip=False)
        return found

    async def answer(self, work: Awaitable[Any]) -> None:
        """Do something and answer with what came of it."""
        try:
            found = await work
        except StorageError as error:
            self.refuse(error)
            return
        self.finish(json.dumps(found))

    def refuse(self, error: StorageError) -> None:
        """Say why not."""
        self.set_status(error.status)
        self.finish(json.dumps({"message": str(error)}))

    def sent(self) -> bytes:
        """Take what was sent, as it is."""
        # Handlers and requests refer to each other, and would keep it until Python looks for such circles.
        found, self.request.body = self.request.body, b""
        return bytes(found)

    def body(self) -> dict[str, Any]:
        """Return what was sent, as JSON."""
        found = self.get_json_body()
        return found if isinstance(found, dict) else {}


class FolderHandler(StorageHandler):
    """A folder, at `sardonyx/api/storage/folder`; the file browser asks again and again, which is no use of the server."""

    _track_activity = False

    @web.authenticated
    async def get(self) -> None:
        """Return a part of what is in it."""
        await self.answer(self.files.folder(self.path, self.told("after")))

    @web.authenticated
    async def post(self) -> None:
        """Make it."""
        await self.answer(self.changes.make_folder(self.path))


class AboutHandler(StorageHandler):
    """What is known of a path, at `sardonyx/api/storage/about`."""

    _track_activity = False

    @web.authenticated
    async def get(self) -> None:
        """Return it."""
        await self.answer(self.files.about(self.path))


class KeyHandler(StorageHandler):
    """Until when the key lives that programs have, at `sardonyx/api/storage/key`; asked again and again by who looks."""

    _track_activity = False

    @web.authenticated
    async def get(self) -> None:
        """Return it."""
        await self.answer(self.files.key())


class CountHandler(StorageHandler):
    """How many files a folder has, at `sardonyx/api/storage/count`."""

    @web.authenticated
    async def get(self) -> None:
        """Return it."""
        await self.answer(self.files.count(self.path))


class FileHandler(StorageHandler):
    """A file, at `sardonyx/api/storage/file`."""

    @web.authenticated
    async def get(self) -> None:
        """Send it, as something to keep: a page of somebody else's must not run here."""
        try:
            spot, found = await self.files.file(self.path)
            blocks = self.files.blocks(spot, found)
            first = await anext(blocks, b"")
        except StorageError as error:
            self.refuse(error)
            return
        self.set_attachment_header(spot.name)
        self.set_header("Content-Type", "application/octet-stream")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Length", str(found.size))
        self.set_header("Cache-Control", "no-store")
        try:
            self.write(first)
            async for block in blocks:
                await self.flush()
                self.write(block)
            await self.flush()
        except StreamClosedError:
            return
        except StorageError as error:
            # Too late for a sentence; a connection that ends early is a download that failed, for every browser.
            self.log.warning("The download of %s ended early: %s", spot.key, error)
            self.request.connection.stream.close()
            return
        self.finish(set_content_type="application/octet-stream")

    @web.authenticated
    async def put(self) -> None:
        """Write it."""
        await self.answer(self.changes.put(self.path, self.sent(), replaces=self.told("replaces") == "1"))

    @web.authenticated
    async def delete(self) -> None:
        """Throw it away; folders too."""
        await self.answer(self.changes.delete(self.path))


class UploadHandler(StorageHandler):
    """An upload in parts, at `sardonyx/api/storage/upload`: no request is long, and no file is in memory."""

    @web.authenticated
    async def post(self) -> None:
        """Begin it: {} or end it: {"upload": …, "tags": […]}."""
        told = self.body()
        if "upload" not in told:
            await self.answer(self.changes.begin_upload(self.path, replaces=self.told("replaces") == "1"))
            return
        tags = told.get("tags")
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
            self.refuse(StorageError(_('"tags" has to be the tags of all parts, in their order.'), INVALID))
            return
        await self.answer(self.changes.end_upload(self.path, str(told["upload"]), tags))

    @web.authenticated
    async def put(self) -> None:
        """Write a part."""
        number = self.told("number")
        work = self.changes.put_part(
            self.path, self.told("upload"), int(number) if number.isdecimal() else 0, self.sent()
        )
        await self.answer(work)

    @web.authenticated
    async def delete(self) -> None:
        """Throw its parts away."""
        await self.answer(self.changes.abandon_upload(self.path, self.told("upload")))


class CopyHandler(StorageHandler):
    """Copies, and gives other names, at `sardonyx/api/storage/copy`: {"from": …, "to": …, "moves": true}."""

    @web.authenticated
    async def post(self) -> None:
        """Do it."""
        told = self.body()
        source, target = told.get("from"), told.get("to")
        if not isinstance(source, str) or not isinstance(target, str):
            self.refuse(StorageError(_('There have to be "from" and "to", two paths.'), INVALID))
            return
        await self.answer(self.changes.copy(source, target, moves=told.get("moves") is True))


class CrossingHandler(StorageHandler):
    """Copies between the home and the store, at `sardonyx/api/storage/crossing`: {"from": …, "to": …, "into": "store"}.

    It answers with lines of JSON while it does it, {"sent": …, "of": …} in bytes, so that no proxy ends what takes long;
    the last one is {"done": true} or {"message": …}. Who goes away meanwhile ends it.
    """

    @web.authenticated
    async def post(self) -> None:
        """Do it."""
        told = self.body()
        source, target, into = told.get("from"), told.get("to"), told.get("into")
        if not isinstance(source, str) or not isinstance(target, str) or into not in {"store", "home"}:
            self.refuse(
                StorageError(_('There have to be "from" and "to", two paths, and "into", one of: store, home.'))
            )
            return
        crossing = Crossing(Path(self.contents_manager.root_dir), *self.settings[STORAGE][:2])
        async with aclosing((crossing.to_store if into == "store" else crossing.to_home)(source, target)) as steps:
            try:
                sent, whole = await anext(steps)
            except StorageError as error:
                self.refuse(error)
                return
            self.set_header("Content-Type", "application/jsonl")
            try:
                await self._line({"sent": sent, "of": whole})
                async for sent, whole in steps:
                    await self._line({"sent": sent, "of": whole})
                await self._line({"done": True})
            except StreamClosedError:
                return
            except StorageError as error:
                self.write(json.dumps({"message": str(error)}) + "\n")
        self.finish(set_content_type="application/jsonl")

    async def _line(self, said: dict[str, Any]) -> None:
        self.write(json.dumps(said) + "\n")
        await self.flush()


class LinkHandler(StorageHandler):
    """A link to a file that ends, at `sardonyx/api/storage/link`: {"seconds": 3600}."""

    @property
    def sharing(self) -> Sharing:
        """What makes it."""
        found: Sharing = self.settings[STORAGE][2]
        return found

    @web.authenticated
    async def get(self) -> None:
        """Return how long one may live."""
        await self.answer(self.sharing.offered())

    @web.authenticated
    async def post(self) -> None:
        """Make it."""
        seconds = self.body().get("seconds")
        if not isinstance(seconds, int):
            self.refuse(StorageError(_('"seconds" has to be a number.'), INVALID))
            return
        await self.answer(self.sharing.link(self.path, seconds))


HANDLERS = (
    ("folder", FolderHandler),
    ("about", AboutHandler),
    ("key", KeyHandler),
    ("count", CountHandler),
    ("file", FileHandler),
    ("upload", UploadHandler),
    ("copy", CopyHandler),
    ("crossing", CrossingHandler),
    ("link", LinkHandler),
)
