"""Handing in from the home: what would be handed in where, doing it, and what was handed in."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sardonyx_singleuser.language import N_, _
from sardonyx_singleuser.storage.chosen import choose, shown
from sardonyx_singleuser.storage.delivery import ENDED, GOING, Delivery
from sardonyx_singleuser.storage.errors import CONFLICT, FORBIDDEN, NOT_FOUND, TOO_LARGE, StorageError
from sardonyx_singleuser.storage.files import PAGE
from sardonyx_singleuser.storage.hand_in_places import (
    FULL,
    NOT_THERE,
    OPEN,
    HandInPlace,
    hand_in_places,
    likely,
    said,
)
from sardonyx_singleuser.storage.handed import Before, Handed
from sardonyx_singleuser.storage.places import Place
from sardonyx_singleuser.storage.reach import Reach
from sardonyx_singleuser.storage.sending import Sender
from sardonyx_singleuser.storage.uploads import Uploads

MOST_HANDED = 20_000
"""Files of one person in one class that are looked at."""
MOST_WAITING = 4
REMEMBERED = 16
"""Hand-ins that are over, for windows that have not asked yet what came of them."""
NO_CLASS = N_("You are a student in no class that goes on here, so there is nowhere to hand in.")
TOO_MUCH = N_("This is more than the class has room for in the data store. Hand in less, or tell those who lead it.")

log = logging.getLogger(__name__)


class HandIn:
    """Does it, for the server's owner.

    Args:
        home: that JupyterLab shows.
    """

    def __init__(self, reach: Reach, home: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._reach, self._home, self._clock = reach, home, clock
        self._sender = Sender(home, Uploads(reach), self._place_now, clock)
        self._turn = asyncio.Lock()
        self._deliveries: dict[str, Delivery] = {}

    async def look(self, paths: Sequence[str], group: str) -> dict[str, Any]:
        """Return what would be handed in, where, and what it would replace.

        Args:
            group: name of the class; "" = the likely one.

        Raises:
            StorageError: nothing can be handed in of this, or it cannot be said.
        """
        chosen = await asyncio.to_thread(choose, self._home, paths)
        found, now = await self._places_now(), self._clock()
        where = _named(found, group) or likely(found, paths, self._reach.keyring.service.group)
        before = await self._before(where.place) if where is not None else Before(())
        return {
            "places": [self._shown(each, now) for each in found],
            "group": where.group if where is not None and where.state(now) == OPEN else "",
            "owner": (await self._reach.keyring.access())["person"],
            "files": [_file(path, size, before) for path, size in chosen.files.items()],
            "left_out": [{"path": shown(each.path), "why": _(each.why)} for each in chosen.left_out],
            "added": before.added_by(chosen.files),
            "why_not": "" if found else _(NO_CLASS),
        }

    async def begin(self, paths: Sequence[str], group: str, agreed: Mapping[str, str]) -> dict[str, Any]:
        """Begin to hand in, and return what it is asked for by.

        Args:
            agreed: the files -> what each replaces, as `look` said; nothing else is handed in.

        Raises:
            StorageError: it cannot be.
        """
        if sum(not each.is_over for each in self._deliveries.values()) > MOST_WAITING:
            raise StorageError(_("Other files are being handed in. Wait until that is done."), CONFLICT)
        where = await self._place(group)
        if (state := where.state(self._clock())) != OPEN:
            raise StorageError(said(state), FORBIDDEN)
        chosen = await asyncio.to_thread(choose, self._home, paths)
        files = {path: size for path, size in chosen.files.items() if path in agreed}
        if where.room is not None and (await self._before(where.place)).added_by(files) > where.room:
            raise StorageError(_(TOO_MUCH), TOO_LARGE)
        gone = {path: _("It is not there any more.") for path in agreed if path not in files}
        delivery = Delivery(secrets.token_hex(8), where, files, dict(agreed), failed=gone)
        self._remember(delivery)
        delivery.task = asyncio.create_task(self._run(delivery))
        return delivery.told()

    def told(self, name: str) -> dict[str, Any]:
        """Return how far a hand-in is.

        Raises:
            StorageError: there is none of this name.
        """
        return self._delivery(name).told()

    def stop(self, name: str) -> None:
        """End a hand-in before its time; files that were sent stay.

        Raises:
            StorageError: there is none of this name.
        """
        task = self._delivery(name).task
        if task is not None:
            task.cancel()

    async def handed(self, group: str) -> dict[str, Any]:
        """Return what was handed in in a class.

        Args:
            group: its name; "" = that of the server, or the first.

        Raises:
            StorageError: it cannot be said.
        """
        found, now = await self._places_now(), self._clock()
        own = self._reach.keyring.service.group
        where = _named(found, group) or _named(found, own) or next(iter(found), None)
        files = await self._listed(where.place) if where is not None else []
        return {
            "places": [self._shown(each, now) for each in found],
            "group": where.group if where is not None else "",
            "folder": where.place.name if where is not None else "",
            "may_remove": where is not None and where.state(now) in {OPEN, FULL},
            "files": [{"path": each.path, "size": each.size, "modified": each.modified} for each in files],
            "is_more": len(files) >= MOST_HANDED,
            "why_not": "" if found else _(NO_CLASS),
        }

    async def remove(self, group: str, path: str) -> None:
        """Take back a file that was handed in.

        Raises:
            StorageError: it cannot be, or not any more.
        """
        where = await self._place(group)
        if where.state(self._clock()) not in {OPEN, FULL}:
            raise StorageError(_("The time to hand in is over: what you handed in stays as it is."), FORBIDDEN)
        spot = await self._reach.removable(f"{where.place.name}/{path}")
        await self._reach.of(spot.place, lambda keys: self._reach.store.ask(keys, "DELETE", spot.key))

    async def _run(self, delivery: Delivery) -> None:
        try:
            # One after the other, whatever windows there are: the second sees what the first has handed in.
            async with self._turn:
                delivery.state = GOING
                await self._sender.send(delivery, await self._before(delivery.where.place))
        except StorageError as error:
            delivery.stopped = str(error)
        except asyncio.CancelledError:
            delivery.stopped = _("It was stopped.")
            raise
        except Exception:
            log.exception("What was handed in could not be sent")
            delivery.stopped = _("Something went wrong in your server, and was written down. Try again.")
        finally:
            delivery.state, delivery.ended = ENDED, self._clock()

    def _remember(self, delivery: Delivery) -> None:
        over = [name for name, each in self._deliveries.items() if each.is_over]
        for name in over[: max(0, len(over) - REMEMBERED)]:
            del self._deliveries[name]
        self._deliveries[delivery.id] = delivery

    def _delivery(self, name: str) -> Delivery:
        found = self._deliveries.get(name)
        if found is None:
            raise StorageError(
                _(
                    "Your server does not know of this any more: it may have been started again. Look at what you handed in."
                ),
                NOT_FOUND,
            )
        return found

    async def _places_now(self) -> tuple[HandInPlace, ...]:
        self._reach.keyring.look_again()
        places = await self._reach.keyring.places()
        return hand_in_places(await self._reach.keyring.access(), places)

    async def _place(self, group: str) -> HandInPlace:
        found = _named(await self._places_now(), group)
        if found is None:
            raise StorageError(_(NOT_THERE), FORBIDDEN)
        return found

    async def _place_now(self, group: str) -> HandInPlace | None:
        return _named(await self._places_now(), group)

    async def _before(self, place: Place) -> Before:
        return Before(await self._listed(place))

    async def _listed(self, place: Place) -> list[Handed]:
        found: list[Handed] = []
        after = ""
        while len(found) < MOST_HANDED:
            ask = partial(self._reach.store.page, prefix=place.prefix, after=after, most=PAGE, whole=True)
            page = await self._reach.of(place, ask)
            found += [Handed(each.name, each.size or 0, each.modified) for each in page.entries]
            after = page.after
            if not after:
                break
        return found

    @staticmethod
    def _shown(each: HandInPlace, now: datetime) -> dict[str, Any]:
        state = each.state(now)
        return {
            "group": each.group,
            "title": each.title,
            "until": each.until.isoformat() if each.until else None,
            "state": state,
            "why_not": said(state),
            "room": each.room,
        }


def _named(found: Sequence[HandInPlace], group: str) -> HandInPlace | None:
    return next((each for each in found if each.group == group), None)


def _file(path: str, size: int, before: Before) -> dict[str, Any]:
    old = before.at(path)
    return {
        "path": path,
        "size": size,
        "replaces": old.modified if old else "",
        "tag": old.tag if old else "",
        "in_the_way": before.in_the_way_of(path),
    }
