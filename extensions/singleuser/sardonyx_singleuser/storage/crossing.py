"""Copies between the home and the data store: all of it or nothing, and what is copied stays where it was."""

import asyncio
import errno
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from pathlib import Path

from sardonyx_singleuser.language import N_, _
from sardonyx_singleuser.storage.changes import MOST_MOVED, Changes
from sardonyx_singleuser.storage.chosen import name_fault, open_chosen
from sardonyx_singleuser.storage.errors import CONFLICT, FORBIDDEN, INVALID, NOT_FOUND, TOO_LARGE, StorageError
from sardonyx_singleuser.storage.files import Files
from sardonyx_singleuser.storage.home_file import PART, HomeFile, why_unreadable
from sardonyx_singleuser.storage.places import Spot
from sardonyx_singleuser.storage.store import NO_ROOM
from sardonyx_singleuser.storage.uploads import MOST_PARTS

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
TOO_MANY = N_("“{name}” has more than 10,000 files in it. Use `aws s3 cp --recursive` in a terminal.")


class Crossing:
    """Copies, and says how far it is.

    Args:
        home: the folder that JupyterLab shows as the person's files.
    """

    def __init__(self, home: Path, files: Files, changes: Changes) -> None:
        self._home, self._files, self._changes = home.resolve(), files, changes
        self._reach, self._uploads = changes.reach, changes.uploads

    async def to_store(self, source: str, target: str) -> AsyncGenerator[tuple[int, int], None]:
        """Copy a file or a folder of the home; give how many bytes of how many are there, again and again.

        Args:
            source: a path below the home.
            target: a path as the file browser of the data store has it, where nothing is yet.

        Raises:
            StorageError: it cannot be copied, or not as a whole: nothing of it is there then.
        """
        found = await asyncio.to_thread(self._in_home, source)
        end = await self._changes.target(target, replaces=False)
        files = await asyncio.to_thread(_files_in, found)
        whole, sent = sum(files.values()), 0
        yield 0, whole
        written: list[str] = []
        is_done = False
        try:
            if not files:
                written.append(end.prefix)
                await self._changes.make_folder(target)
            for path in files:
                # It may be too long, with the folders around it.
                spot = await self._reach.writable(f"{target}/{path}" if path else target)
                written.append(spot.key)
                try:
                    number = await asyncio.to_thread(
                        open_chosen, self._home, str((found / path).relative_to(self._home))
                    )
                    # Closed with this one, so that nothing of it is left.
                    async with aclosing(self._send(spot, HomeFile(number))) as sending:
                        async for count in sending:
                            sent += count
                            yield sent, whole
                except OSError as error:
                    said = _("“{name}” was not copied. {why}")
                    raise StorageError(said.format(name=path or found.name, why=why_unreadable(error))) from error
            is_done = True
        finally:
            # Also where nobody waits for it any more.
            if not is_done:
                await self._changes.undo(end, written)

    async def to_home(self, source: str, target: str) -> AsyncGenerator[tuple[int, int], None]:
        """Copy a file or a folder of the data store; give how many bytes of how many are there, again and again.

        Args:
            source: a path as the file browser of the data store has it.
            target: a path below the home, where nothing is yet.

        Raises:
            StorageError: as `to_store`.
        """
        end = await asyncio.to_thread(self._free, target)
        start = await self._reach.spot(source)
        files = await self._files_of(start)
        whole, sent = sum(files.values()), 0
        yield 0, whole
        try:
            making = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix=".copying-", dir=end.parent))
        except OSError as error:
            raise _home_refuses(error, end.parent.name) from error
        made = making / end.name
        try:
            if not files:
                await asyncio.to_thread(made.mkdir)
            for path in files:
                spot = Spot(start.place, f"{start.path}/{path}".strip("/"))
                async with aclosing(self._fetch(spot, made / path)) as fetching:
                    async for count in fetching:
                        sent += count
                        yield sent, whole
            await asyncio.to_thread(self._put_there, made, end)
        except OSError as error:
            raise _home_refuses(error, end.name) from error
        finally:
            await asyncio.to_thread(shutil.rmtree, making, ignore_errors=True)

    async def _fetch(self, spot: Spot, to: Path) -> AsyncGenerator[int, None]:
        found = await self._files.find(spot)
        if found is None:
            raise StorageError(_("There is no file “{name}” here any more.").format(name=spot.name), NOT_FOUND)
        await asyncio.to_thread(to.parent.mkdir, parents=True, exist_ok=True)
        with await asyncio.to_thread(to.open, "xb") as file:
            async for block in self._files.blocks(spot, found):
                await asyncio.to_thread(file.write, block)
                yield len(block)

    async def _send(self, spot: Spot, file: HomeFile) -> AsyncGenerator[int, None]:
        upload = ""
        try:
            if file.size <= PART:
                body = await file.read()
                file.check()
                await self._uploads.put(spot, body)
                yield len(body)
                return
            upload = await self._uploads.begin(spot)
            tags: list[str] = []
            while body := await file.read(max(PART, -(-file.size // MOST_PARTS))):
                tags.append(await self._uploads.put_part(spot, upload, len(tags) + 1, body))
                yield len(body)
            file.check()
            await self._uploads.end(spot, upload, tags)
            upload = ""
        finally:
            file.close()
            if upload:
                # Parts are in no listing.
                with suppress(StorageError):
                    await self._uploads.abandon(spot, upload)

    async def _files_of(self, start: Spot) -> dict[str, int]:
        """Return the files of a folder, by their paths below it, with their sizes; of a file, itself, as ""."""
        found = await self._files.find(start) if start.path else None
        if found is not None:
            return {"": found.size}
        files = await self._files.sizes_in(start, MOST_MOVED)
        if not files and not await self._files.is_folder(start):
            raise StorageError(_("There is no “{name}” here any more.").format(name=start.name), NOT_FOUND)
        if len(files) > MOST_MOVED:
            raise StorageError(_(TOO_MANY).format(name=start.name), TOO_LARGE)
        if odd := next((path for path in files if not _is_plain(path)), None):
            said = _("“{name}” has a file that cannot be in a folder of your home, because of its name: “{path}”.")
            raise StorageError(said.format(name=start.name, path=odd[:200]), INVALID)
        return files

    def _in_home(self, path: str) -> Path:
        found = (self._home / path.strip("/")).resolve()
        if found == self._home or not found.is_relative_to(self._home) or not found.exists():
            raise StorageError(
                _("There is no “{name}” in your home any more.").format(name=path.rpartition("/")[2][:200]), NOT_FOUND
            )
        return found

    def _free(self, path: str) -> Path:
        folder, _slash, name = path.strip("/").rpartition("/")
        real = (self._home / folder).resolve()
        if not real.is_relative_to(self._home) or not real.is_dir() or name in {"", ".", ".."} or "\0" in path:
            raise StorageError(_("There is no such folder in your home any more."), NOT_FOUND)
        if os.path.lexists(real / name):
            said = _("There is a “{name}” here already. Choose another name.")
            raise StorageError(said.format(name=name), CONFLICT)
        return real / name

    def _put_there(self, made: Path, end: Path) -> None:
        self._free(str(end.relative_to(self._home)))
        made.rename(end)


def _files_in(found: Path) -> dict[str, int]:
    """Return the files of a folder, by their paths below it, with their sizes; of a file, itself, as "".

    Raises:
        StorageError: there are too many, or one that cannot be in the data store.
    """
    if found.is_file():
        files = {"": found.stat().st_size}
    else:
        files = {}
        for folder, _folders, names in os.walk(found):
            for file in (Path(folder, name) for name in names):
                # Links lead elsewhere, and pipes have no end.
                if file.is_file() and not file.is_symlink():
                    files[str(file.relative_to(found))] = file.stat().st_size
            if len(files) > MOST_MOVED:
                raise StorageError(_(TOO_MANY).format(name=found.name), TOO_LARGE)
    for path in files:
        if fault := name_fault(path or found.name):
            shown = (path or found.name).encode(errors="replace").decode()[:200]
            said = _("“{name}” cannot be in the data store: {why}.")
            raise StorageError(said.format(name=shown, why=_(fault)), INVALID)
    return files


def _is_plain(path: str) -> bool:
    return not any(part in {"", ".", ".."} for part in path.split("/")) and "\0" not in path


def _home_refuses(error: OSError, name: str) -> StorageError:
    if error.errno in FULL:
        return StorageError(_("There is no room left for it in your home. What was there is kept."), NO_ROOM)
    if isinstance(error, PermissionError):
        return StorageError(_("You have no right to write in this folder of your home."), FORBIDDEN)
    return StorageError(_("“{name}” was not copied: {why}.").format(name=name, why=error.strerror or error))
