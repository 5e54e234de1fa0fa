"""What the person changes in the data store: uploads, folders, names, and what is thrown away."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from sardonyx_singleuser.language import _
from sardonyx_singleuser.storage.entries import FOLDER
from sardonyx_singleuser.storage.errors import CONFLICT, INVALID, NOT_FOUND, TOO_LARGE, StorageError
from sardonyx_singleuser.storage.files import PAGE, Files
from sardonyx_singleuser.storage.places import Place, Spot
from sardonyx_singleuser.storage.reach import Reach
from sardonyx_singleuser.storage.signature import Keys
from sardonyx_singleuser.storage.store import MULTIPART_COPY_FROM, in_turns
from sardonyx_singleuser.storage.uploads import Uploads

MOST_MOVED = 10_000


class Changes:
    """Changes it."""

    def __init__(self, reach: Reach, files: Files) -> None:
        self.reach, self._store, self._files = reach, reach.store, files
        self.uploads = Uploads(reach)

    async def put(self, path: str, body: bytes, *, replaces: bool) -> None:
        """Write a file.

        Args:
            replaces: whether one that is there is overwritten.

        Raises:
            StorageError: it cannot be written.
        """
        await self.uploads.put(await self.target(path, replaces=replaces), body)

    async def begin_upload(self, path: str, *, replaces: bool) -> str:
        """Begin to write a large file; return what its parts and its end name it by.

        Raises:
            StorageError: it cannot be written.
        """
        return await self.uploads.begin(await self.target(path, replaces=replaces))

    async def put_part(self, path: str, upload: str, number: int, body: bytes) -> str:
        """Write a part of a large file; return the tag by which the end knows it.

        Raises:
            StorageError: it cannot be written.
        """
        return await self.uploads.put_part(await self.reach.writable(path), upload, number, body)

    async def end_upload(self, path: str, upload: str, tags: Sequence[str]) -> None:
        """Make a file of the parts.

        Raises:
            StorageError: it cannot be written.
        """
        await self.uploads.end(await self.reach.writable(path), upload, tags)

    async def abandon_upload(self, path: str, upload: str) -> None:
        """Throw the parts away.

        Raises:
            StorageError: it cannot be done.
        """
        await self.uploads.abandon(await self.reach.removable(path), upload)

    async def target(self, path: str, *, replaces: bool) -> Spot:
        """Return where something can be written.

        Raises:
            StorageError: nowhere there, or something of that name is there.
        """
        spot = await self.reach.writable(path)
        if not replaces and (await self._files.find(spot) is not None or await self._files.is_folder(spot)):
            raise StorageError(
                _("There is a “{name}” here already. Choose another name.").format(name=spot.name), CONFLICT
            )
        return spot

    async def make_folder(self, path: str) -> None:
        """Make a folder: an object that stands for it, because S3 has none.

        Raises:
            StorageError: it cannot be made, or is there.
        """
        spot = await self.target(path, replaces=False)
        await self.reach.of(spot.place, lambda keys: self._store.ask(keys, "PUT", spot.prefix))

    async def delete(self, path: str) -> None:
        """Throw a file away, or a folder with all that is in it.

        Raises:
            StorageError: it cannot be done; what was thrown away until then stays so.
        """
        spot = await self.reach.removable(path)
        if await self._files.find(spot) is not None:
            await self._delete(spot.place, [spot.key])
            return
        while keys := [key for key in await self._files.keys_in(spot, 0) if not key.endswith("/")]:
            await self._delete(spot.place, keys)
        await self._sweep(spot.place, spot.prefix)

    async def copy(self, source: str, target: str, *, moves: bool) -> None:
        """Copy a file or a folder, or give it another name.

        Raises:
            StorageError: it cannot be done, or something of that name is there.
        """
        start = await (self.reach.removable(source) if moves else self.reach.spot(source))
        if f"{target}/".startswith(f"{source}/"):
            raise StorageError(_("“{name}” cannot be put into itself.").format(name=start.name), INVALID)
        end = await self.target(target, replaces=False)
        found = await self._files.find(start) if start.path else None
        if found is not None and found.size > MULTIPART_COPY_FROM:
            said = _("“{name}” is larger than 5 GB: use `{command}` in a terminal.")
            command = "aws s3 mv" if moves else "aws s3 cp"
            raise StorageError(said.format(name=start.name, command=command), TOO_LARGE)
        pairs = [(start.key, end.key)] if found is not None else await self._pairs(start, end)
        await self._copy_all(start, end, pairs)
        # All is there twice before anything is thrown away.
        if moves:
            await self._remove_moved(start, [old for old, _new in pairs], is_folder=found is None)

    async def undo(self, end: Spot, written: Sequence[str]) -> None:
        """Throw away what was written of something that could not be as a whole, as far as the store lets it.

        Args:
            end: where it was to be, and nothing was before.
            written: keys.
        """
        with suppress(StorageError):
            await self._delete(end.place, written)
            if end.key not in written:
                await self._sweep(end.place, end.prefix)

    async def _copy_all(self, start: Spot, end: Spot, pairs: Sequence[tuple[str, str]]) -> None:
        """Copy objects, all of them or none."""
        copied: list[str] = []
        failed: list[StorageError] = []

        async def one(keys: Keys, old: str, new: str) -> None:
            if failed:
                return
            try:
                if old.endswith("/"):
                    # It stands for a folder, and some stores only show it.
                    await self._store.ask(keys, "PUT", new)
                else:
                    await self._store.copy(keys, old, new)
            except StorageError as error:
                # Those under way end by themselves: whoever gave one up would not know whether it is there.
                failed.append(error)
            else:
                copied.append(new)

        async def do(keys: Keys) -> None:
            failed.clear()
            await in_turns([partial(one, keys, old, new) for old, new in pairs])
            if failed:
                raise failed[0]

        try:
            await self.reach.between(start.place, end.place, do)
        except StorageError:
            await self.undo(end, copied)
            raise

    async def _remove_moved(self, start: Spot, keys: Sequence[str], *, is_folder: bool) -> None:
        try:
            await self._delete(start.place, [key for key in keys if not key.endswith("/")])
            if is_folder:
                await self._sweep(start.place, start.prefix)
        except StorageError as error:
            said = _("“{name}” was copied, and not all of it could be removed where it was. {why}")
            raise StorageError(said.format(name=start.name, why=error), error.status) from error

    async def _pairs(self, start: Spot, end: Spot) -> list[tuple[str, str]]:
        keys = await self._files.keys_in(start, MOST_MOVED)
        if not keys and not await self._files.is_folder(start):
            raise StorageError(_("There is no “{name}” here any more.").format(name=start.name), NOT_FOUND)
        if len(keys) > MOST_MOVED:
            raise StorageError(
                _(
                    "“{name}” has more than 10,000 files in it."
                    " Use `aws s3 mv --recursive` or `aws s3 cp --recursive` in a terminal."
                ).format(name=start.name),
                TOO_LARGE,
            )
        return [(key, end.prefix + key.removeprefix(start.prefix)) for key in keys or [start.prefix]]

    async def _delete(self, place: Place, keys: Sequence[str]) -> None:
        async def do(with_keys: Keys) -> Any:
            await in_turns([partial(self._store.ask, with_keys, "DELETE", key) for key in keys])

        await self.reach.of(place, do)

    async def _sweep(self, place: Place, prefix: str) -> None:
        """Delete what stands for a folder without files, and for those in it: in some stores they are there by themselves."""
        page = await self.reach.of(place, partial(self._store.page, prefix=prefix, after="", most=PAGE))
        for entry in page.entries:
            if entry.kind == FOLDER:
                await self._sweep(place, f"{prefix}{entry.name}/")
        await self._delete(place, [prefix])
