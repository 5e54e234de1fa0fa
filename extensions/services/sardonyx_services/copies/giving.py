"""An answer of git's on its way to one who asked: as fast as they take it, and no further than they want it."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sardonyx_services.copies.answers import Answers, Question
from sardonyx_services.copies.git_answer import Head
from sardonyx_services.copies.kept_answer import KeptAnswer, NoRoomError

LONGEST_S, SLOWEST_S = 3600.0, 20.0
"""One answer is given no longer; and whoever takes nothing of it for so long is waited for no more."""


class GivenAnswer(Response):
    """What git says, or has said to somebody else who asked the same.

    Args:
        turn: of who asks; is entered for as long as it takes.
    """

    def __init__(self, answers: Answers, question: Question, turn: AbstractAsyncContextManager[None]) -> None:
        super().__init__()
        self._answers, self._question, self._turn = answers, question, turn

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as Starlette calls it
        """Give it, until its end or until nobody wants it any more.

        Raises:
            ExceptionGroup: it takes too long, nobody takes it (TimeoutError), or git has none (AnswerError): the
                connection ends.
        """
        async with asyncio.TaskGroup() as both:
            giving = both.create_task(self._give(_Taker(send)))
            leaving = both.create_task(_until_left(receive))
            await asyncio.wait((giving, leaving), return_when=asyncio.FIRST_COMPLETED)
            giving.cancel()
            leaving.cancel()

    async def _give(self, taker: "_Taker") -> None:
        async with self._turn, asyncio.timeout(LONGEST_S):
            try:
                async with self._answers.to(self._question) as answer:
                    await _read(answer, taker)
            except NoRoomError:
                await self._answers.pass_on(self._question, taker)
            await taker.end()


@dataclass(frozen=True)
class _Taker:
    send: Send

    async def begin(self, head: Head) -> None:
        """Tell what is said first."""
        await self.send({"type": "http.response.start", "status": head.status, "headers": list(head.headers)})

    async def take(self, part: bytes) -> None:
        """Give the next part."""
        async with asyncio.timeout(SLOWEST_S):
            await self.send({"type": "http.response.body", "body": part, "more_body": True})

    async def end(self) -> None:
        """Say that this was all."""
        await self.send({"type": "http.response.body", "body": b"", "more_body": False})


async def _read(answer: KeptAnswer, taker: _Taker) -> None:
    await taker.begin(await answer.head())
    position = 0
    while part := await answer.part(position):
        position += len(part)
        await taker.take(part)


async def _until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
