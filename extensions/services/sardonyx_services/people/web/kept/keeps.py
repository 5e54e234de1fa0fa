"""Copying what somebody keeps into their own data, within the store and in the background: nothing is downloaded."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError
from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.kept.keeping import (
    LARGEST_AT_ONCE,
    Copy,
    Order,
    Stored,
    check_lasts,
    folder_for,
    list_of,
    placed,
    to_copy,
)
from sardonyx_services.people.web.store_door import StoreAwayError, StoreDoor, listed
from sardonyx_spawner.language import _

log = logging.getLogger(__name__)
AT_ONCE = 4
"""People for whom something is copied; the others of a class wait for their turn."""
MOST_REFUSED = 20
"""So many files that cannot be copied are no fault of these files."""
REMEMBERED = 2000


@dataclass
class Keep:
    """One go of keeping.

    Args:
        folder: key of it in the store.
        total: files that are to be copied; None = it is not known yet.
        copied: so many of them are.
        there: so many were there before.
        refused: path -> why it was not copied.
        fault: why it ended before its time; "" = it did not.
        goes_on: whether it is not through.
    """

    folder: str
    total: int | None = None
    copied: int = 0
    there: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    fault: str = ""
    goes_on: bool = True


class Keeps:
    """The goes, the last one of each person and thing to keep. They end with this service, and the next one goes on."""

    def __init__(self, door: StoreDoor) -> None:
        self._door = door
        self._last: dict[tuple[str, str], Keep] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._is_closing = False

    def of(self, caller: Caller, order: Order) -> Keep:
        """Return the last go; one that has not begun, where there was none."""
        return self._last.get((caller.id, order.name)) or Keep(folder_for(caller, order), goes_on=False)

    def start(self, caller: Caller, order: Order) -> Keep:
        """Keep something, in the background; if that is being done, it goes on.

        Raises:
            RefusedError: the caller has no data that lasts.
        """
        check_lasts(caller)
        keep = self.of(caller, order)
        if not keep.goes_on:
            keep = Keep(folder_for(caller, order))
            self._remember(caller, order, keep)
            task = asyncio.create_task(self._in_turn(caller, order, keep))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return keep

    async def close(self) -> None:
        """End what goes on, between two files."""
        self._is_closing = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def copy(self, caller: Caller, order: Order, keep: Keep) -> None:
        """Copy all of it, and note how far it is.

        Raises:
            RefusedError: it is not theirs to read, or the store does not do it now.
        """
        self.copy_with(self._door.client("keep", {"name": caller.name, "group": order.group}), order, keep)

    def copy_with(self, client: Any, order: Order, keep: Keep) -> None:
        """Copy all of it with a client of S3, as `copy` does."""
        taken: set[str] = set()
        wanted = [copy for part in order.parts for copy in placed(part, self._listed(client, part.prefix), taken)]
        there = {each.key.removeprefix(keep.folder): each for each in self._listed(client, keep.folder)}
        copies = to_copy(wanted, there)
        keep.there, keep.total = len(wanted) - len(copies), len(copies)
        for each in copies:
            if self._is_closing:
                raise StoreAwayError(_("This place is being started anew."))
            self._one(client, each, keep)
            if len(keep.refused) >= MOST_REFUSED:
                raise StoreAwayError(_("Too many files cannot be copied."))
        if order.is_of_all and wanted:
            path, content = list_of(order.parts[0], wanted)
            if path not in there:
                self._write(client, f"{keep.folder}{path}", content)

    async def _in_turn(self, caller: Caller, order: Order, keep: Keep) -> None:
        try:
            async with self._turns:
                await run_in_threadpool(self.copy, caller, order, keep)
        except RefusedError as error:
            keep.fault = error.message
        except Exception:
            keep.fault = _("Something went wrong here, and was written down. Try again.")
            log.exception("What %s keeps of %s cannot be copied", caller.id, order.group)
        finally:
            keep.goes_on = False

    def _one(self, client: Any, copy: Copy, keep: Keep) -> None:
        bucket, key = self._door.bucket, f"{keep.folder}{copy.path}"
        source = {"Bucket": bucket, "Key": copy.source.key}
        try:
            if copy.source.size > LARGEST_AT_ONCE:
                in_parts = TransferConfig(multipart_threshold=LARGEST_AT_ONCE, multipart_chunksize=LARGEST_AT_ONCE)
                client.copy(source, bucket, key, Config=in_parts)
            else:
                client.copy_object(Bucket=bucket, Key=key, CopySource=source)
            keep.copied += 1
        except ClientError as error:
            keep.refused[copy.path] = _why(error)
        except BotoCoreError as error:
            raise StoreAwayError from error

    def _write(self, client: Any, key: str, content: bytes) -> None:
        try:
            client.put_object(Bucket=self._door.bucket, Key=key, Body=content)
        except (BotoCoreError, ClientError) as error:
            raise StoreAwayError from error

    def _listed(self, client: Any, prefix: str) -> list[Stored]:
        return [Stored.of(each) for each in listed(client, self._door.bucket, prefix)]

    def _remember(self, caller: Caller, order: Order, keep: Keep) -> None:
        self._last.pop((caller.id, order.name), None)
        self._last[caller.id, order.name] = keep
        for key in [key for key, each in self._last.items() if not each.goes_on][
            : max(0, len(self._last) - REMEMBERED)
        ]:
            del self._last[key]


def _why(error: ClientError) -> str:
    match error.response["Error"]["Code"]:
        case "NoSuchKey" | "404" | "NotFound":
            return _("It was taken away while it was copied.")
        case "AccessDenied" | "403":
            return _("You may not read it any more.")
        case code:
            return _("The data store does not copy it: {code}.").format(code=code)
