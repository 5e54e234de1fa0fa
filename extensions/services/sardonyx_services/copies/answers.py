"""git's answers about copies: each is made once for all who ask the same, as a class does, and kept for those who come later."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from logging import getLogger
from pathlib import Path

from sardonyx_services.copies.git_answer import Listener, ask_git
from sardonyx_services.copies.kept_answer import AnswerError, KeptAnswer, NoRoomError
from sardonyx_spawner.mirrors import bytes_below

log = getLogger(__name__)
MOST_ANSWERS = 128
"""So many are kept that nobody reads: each is an open file."""
LIGHT = (b"command=ls-refs", b"filter blob:none")
"""What asks for names alone, or for a history without contents (gitprotocol-v2)."""


@dataclass(frozen=True)
class Question:
    """What somebody's git asks.

    Args:
        copy: folder of the copy that it asks about.
        told: what `git http-backend` is told of it.
        body: what was sent with it.
    """

    copy: Path
    told: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)

    @property
    def digest(self) -> bytes:
        """The same for all who ask the same."""
        return hashlib.sha256(repr(sorted(self.told.items())).encode() + self.body).digest()

    def expected(self) -> int:
        """Return how many bytes its answer may have: all of the copy, where contents are asked for."""
        is_light = not self.body or any(sign in self.body for sign in LIGHT)
        return 0 if is_light else bytes_below(self.copy)


class Answers:
    """Makes answers, some at once and the others in turn, and keeps them; those go first that nobody read for longest.

    Args:
        folder: on whose disk they are.
        most: bytes of all of them.
        at_once: so many does git make at the same time.
    """

    def __init__(self, folder: Path, most: int, at_once: int = 8) -> None:
        self._folder, self._most = folder, most
        self._turns = asyncio.Semaphore(at_once)
        # The last one is the one that was asked for last.
        self._kept: dict[bytes, KeptAnswer] = {}
        self._open: set[KeptAnswer] = set()
        self._making: dict[KeptAnswer, asyncio.Task[None]] = {}

    @asynccontextmanager
    async def to(self, question: Question) -> AsyncIterator[KeptAnswer]:
        """Read an answer, which is made now if there is none; it is made as long as somebody reads it."""
        answer = self._kept.pop(question.digest, None) or self._begun(question)
        self._kept[question.digest] = answer
        answer.readers += 1
        try:
            yield answer
        finally:
            answer.readers -= 1
            if not answer.readers and answer in self._making:
                self._making[answer].cancel()
                self._forget(answer)
            self._close_if_done(answer)

    async def pass_on(self, question: Question, listener: Listener) -> None:
        """Let git make an answer that cannot be kept, for one alone."""
        async with self._turns:
            await ask_git(question.told, question.body, listener)

    def forget(self, copy: Path | None = None) -> None:
        """Keep no answer about a copy any more: there is something new in it.

        Args:
            copy: None = any.
        """
        for answer in [each for each in self._kept.values() if copy in {None, each.copy}]:
            self._forget(answer)

    def _begun(self, question: Question) -> KeptAnswer:
        answer = KeptAnswer(question.copy, self._folder, self._make_room)
        self._open.add(answer)
        self._making[answer] = asyncio.create_task(self._make(answer, question))
        return answer

    async def _make(self, answer: KeptAnswer, question: Question) -> None:
        error: AnswerError | None = AnswerError()
        is_good = False
        try:
            async with self._turns:
                answer.expected = await asyncio.to_thread(question.expected)
                self._make_room()
                is_good = await ask_git(question.told, question.body, answer)
            error = None
        except NoRoomError as found:
            error = found
        except (TimeoutError, OSError, ExceptionGroup) as found:
            log.warning("git did not answer about %s: %r", question.copy.name, found)
        finally:
            del self._making[answer]
            if not is_good:
                self._forget(answer)
            await answer.end(error)
            self._close_if_done(answer)

    def _make_room(self) -> None:
        """Keep fewer of those that nobody reads until there is room for the others.

        Raises:
            NoRoomError: those that somebody reads have it all.
        """
        for answer in [each for each in self._kept.values() if not each.readers]:
            if not self._is_full:
                return
            self._forget(answer)
        if self._is_full:
            raise NoRoomError

    @property
    def _is_full(self) -> bool:
        return len(self._open) > MOST_ANSWERS or sum(each.room for each in self._open) > self._most

    def _forget(self, answer: KeptAnswer) -> None:
        self._kept = {digest: each for digest, each in self._kept.items() if each is not answer}
        self._close_if_done(answer)

    def _close_if_done(self, answer: KeptAnswer) -> None:
        is_kept = any(each is answer for each in self._kept.values())
        if answer in self._open and not (answer.readers or is_kept or answer in self._making):
            self._open.remove(answer)
            answer.close()
