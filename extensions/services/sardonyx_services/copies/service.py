"""The addresses at which git in a server gets a repository from this place's copy, as it would from the forge."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from weakref import WeakValueDictionary

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from sardonyx_services.copies.answers import Answers, Question
from sardonyx_services.copies.git_answer import backend_environment
from sardonyx_services.copies.giving import GivenAnswer
from sardonyx_services.credentials.errors import BadRequestError, CredentialsError
from sardonyx_spawner.copy_places import asked_for, mirror_name
from sardonyx_spawner.language import _
from sardonyx_spawner.mirrors import Mirrors

LARGEST_QUESTION = 10 << 20
"""Bytes: git tells which of thousands of commits it has."""
READING = "git-upload-pack"
LONGEST_WAIT_S = 25.0
"""git in a server gives up where nothing comes for half a minute, and goes to the forge."""


class Turns:
    """Gives one person some answers at once and no more.

    Args:
        of_one: a server fetches four repositories at a time.
    """

    def __init__(self, of_one: int = 4) -> None:
        self._of_one = of_one
        self._of = WeakValueDictionary[str, asyncio.Semaphore]()

    @asynccontextmanager
    async def of(self, person: str) -> AsyncIterator[None]:
        """Wait for a turn of somebody's."""
        own = self._of.setdefault(person, asyncio.Semaphore(self._of_one))
        async with own:
            yield


class Copies:
    """What may be copied, for whom, and how it is given.

    Args:
        folder: of the copies.
        key: by which the hub signs what may be asked for.
    """

    def __init__(self, folder: Path, key: str, mirrors: Mirrors, answers: Answers) -> None:
        self._folder, self._key, self._mirrors, self._answers = folder, key, mirrors, answers
        self._turns = Turns()

    def asked(self, asked: str, signature: str) -> tuple[str, str]:
        """Return whose server asks, and the address of the repository that it asks for.

        Raises:
            NoCopyError: the hub has not said that it may.
        """
        found = asked_for(self._key, asked, signature)
        if found is None:
            raise NoCopyError
        return found

    async def renew(self, url: str) -> None:
        """Make a copy, or bring it up to date; where that takes too long or fails, the one of before is good.

        Raises:
            OnItsWayError: it takes longer than one question may, and comes.
        """
        await self._mirrors.ready([url], lambda: None)
        if self._mirrors.is_coming(url):
            raise OnItsWayError

    async def renew_now(self, url: str) -> None:
        """Bring a copy up to date because somebody says that there is something new.

        Raises:
            NotNewError: what is new did not come, or not in time.
        """
        try:
            async with asyncio.timeout(LONGEST_WAIT_S):
                is_new = await self._mirrors.renewed(url)
        except TimeoutError:
            is_new = False
        if not is_new:
            raise NotNewError

    def answer(self, person: str, url: str, path: str, request: Request, body: bytes = b"") -> Response:
        """Return git's answer about a copy.

        Raises:
            NoCopyError: there is none.
        """
        copy = self._folder / mirror_name(url)
        if not copy.is_dir():
            raise NoCopyError
        asked = f"/{copy.name}/{path}"
        told = backend_environment(
            str(self._folder), asked, verb=request.method, query=request.url.query, headers=request.headers
        )
        return GivenAnswer(self._answers, Question(copy, told, body), self._turns.of(person))


class NoCopyError(CredentialsError):
    """There is no copy of what is asked for: git goes to the forge."""

    def __init__(self) -> None:
        super().__init__("NotFound", _("There is no copy of this repository here."), 404)


class OnItsWayError(CredentialsError):
    """The first copy is on its way: git asks again."""

    def __init__(self) -> None:
        # Said by nothing that may stand between a server and this service, as 503 is.
        super().__init__("OnItsWay", _("The copy of this repository is on its way. Ask again."), 425)


class NotNewError(CredentialsError):
    """A copy may lack what is new: git goes to the forge."""

    def __init__(self) -> None:
        super().__init__("NotNew", _("The copy of this repository could not be brought up to date."), 503)


def create_app(copies: Copies) -> FastAPI:
    """Return the service."""
    app = FastAPI(
        docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False, max_body_size=LARGEST_QUESTION
    )

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/copies/{asked}/{signature}/info/refs")
    async def what_there_is(request: Request, asked: str, signature: str, service: str = "") -> Response:
        person, url = copies.asked(asked, signature)
        if service != READING:
            raise BadRequestError(_("Copies are only read."))
        # git asks this first. What it asks after it is about what it was told here.
        if "no-cache" in request.headers.get("cache-control", ""):
            await copies.renew_now(url)
        else:
            await copies.renew(url)
        return copies.answer(person, url, "info/refs", request)

    @app.post("/copies/{asked}/{signature}/git-upload-pack")
    async def contents(request: Request, asked: str, signature: str) -> Response:
        person, url = copies.asked(asked, signature)
        return copies.answer(person, url, READING, request, await request.body())

    @app.exception_handler(CredentialsError)
    async def explain(_request: Request, error: CredentialsError) -> Response:
        return JSONResponse({"code": error.code, "message": error.message}, status_code=error.status)

    return app
