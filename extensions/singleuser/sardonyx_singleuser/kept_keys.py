"""Keys that a server was given, for as long as they are worth giving again: one question to the keys service for all who ask."""

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

GIVEN_AGAIN = timedelta(minutes=20)
"""Keys that live longer are given again. SDKs ask anew 15 minutes before the end: what they get has to live longer than that."""
SURE_S = 10.0
"""After so long the service is asked whether they still are what this server gets: it has them at hand, unless its person lost a
right, when the store refuses those of before."""
MOST = 64
"""Wishes that are remembered: each group, prefix and lifetime is one."""
PATIENCE_S, SHORT_PATIENCE_S = 25.0, 1.5
"""The short one is for when there are keys that still live: SDKs wait two seconds."""
PAUSE_S = 10.0
"""So long nobody asks a service again that was away, if there are keys that still live."""
OK, FAILED = 200, 500


@dataclass(frozen=True)
class Answer:
    """What the service says; 503 where it says nothing."""

    status: int
    body: bytes
    kind: str = "application/json"


@dataclass
class _Kept:
    answer: Answer
    expires: datetime
    sure_until: float
    not_before: float = 0.0


class KeptKeys:
    """Asks the service, and keeps what it gives.

    Args:
        ask: a path with its query, and for how long to wait -> what the service says. It raises nothing for a service
            that is away.
    """

    def __init__(
        self,
        ask: Callable[[str, float], Answer],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        since: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask, self._clock, self._since = ask, clock, since
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._under_way: dict[str, Future[Answer]] = {}
        self._reach: frozenset[tuple[str, str]] | None = None
        self._forgotten = 0

    def get(self, path: str) -> Answer:
        """Return keys: those that are kept, or new ones; who asks for the same meanwhile gets the same."""
        with self._lock:
            kept = self._living(path)
            if kept and self._is_given_again(kept):
                return kept.answer
            coming = self._under_way.get(path)
            if coming is None:
                mine = self._under_way[path] = Future()
            forgotten = self._forgotten
        if coming is not None:
            return coming.result()
        try:
            answer = self._ask(path, SHORT_PATIENCE_S if kept else PATIENCE_S)
            answer = self._settled(path, kept, answer, forgotten)
        except BaseException as error:
            mine.set_exception(error)
            raise
        else:
            mine.set_result(answer)
            return answer
        finally:
            with self._lock:
                # What came after the keys were forgotten has an entry of its own.
                if self._under_way.get(path) is mine:
                    del self._under_way[path]

    def see(self, access: bytes) -> None:
        """Forget all keys if the service says that this server reaches something else than before.

        Args:
            access: its answer, as JSON.
        """
        reach = _reach(access)
        if reach is None:
            return
        with self._lock:
            if self._reach is not None and reach != self._reach:
                self._kept.clear()
                self._under_way.clear()
                self._forgotten += 1
            self._reach = reach

    def _settled(self, path: str, kept: _Kept | None, answer: Answer, forgotten: int) -> Answer:
        if answer.status >= FAILED and kept is not None and kept.expires > self._clock():
            kept.not_before = self._since() + PAUSE_S
            return kept.answer
        expires = _expires(answer)
        with self._lock:
            # Also where it refuses: whoever has left a class is given nothing of it again, whatever comes after.
            self._kept.pop(path, None)
            # Keys that were on their way when all were forgotten are of the time before.
            if expires is not None and forgotten == self._forgotten:
                self._kept[path] = _Kept(answer, expires, self._since() + SURE_S)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return answer

    def _is_given_again(self, kept: _Kept) -> bool:
        now = self._since()
        return now < kept.not_before or (now < kept.sure_until and kept.expires - self._clock() > GIVEN_AGAIN)

    def _living(self, path: str) -> _Kept | None:
        kept = self._kept.get(path)
        return kept if kept and kept.expires > self._clock() else None


def _expires(answer: Answer) -> datetime | None:
    """Return until when the keys of an answer live; None = these are no keys."""
    if answer.status != OK:
        return None
    try:
        until = datetime.fromisoformat(json.loads(answer.body)["Expiration"])
    except (ValueError, KeyError, TypeError):
        return None
    return until if until.tzinfo is not None else None


def _reach(access: bytes) -> frozenset[tuple[str, str]] | None:
    """Return which places an answer of the service names, and what may be done there; None = it names none."""
    try:
        told: Mapping[str, Any] = json.loads(access)
        groups = [place for group in told["memberships"] for place in group["places"]]
        return frozenset((place["prefix"], place["access"]) for place in (told["home"], told["public"], *groups))
    except (ValueError, KeyError, TypeError):
        return None
