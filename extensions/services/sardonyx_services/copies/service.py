"""The addresses at which git in a server gets a repository from this place's copy, as it would from the forge."""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from sardonyx_services.copies.configuration import CopiesConfiguration
from sardonyx_services.copies.git_answer import GitAnswer, backend_environment
from sardonyx_services.credentials.asker import token_of
from sardonyx_services.credentials.errors import BadRequestError, CredentialsError
from sardonyx_services.credentials.identity import Identity
from sardonyx_spawner.language import _
from sardonyx_spawner.mirrors import Mirrors, mirror_name

LARGEST_QUESTION = 10 << 20
"""Bytes: git tells which of thousands of commits it has."""
READING = "git-upload-pack"


class AnswerTurns:
    """Lets some answers through at once, and not all of them of one person.

    Args:
        of_one: a server fetches four repositories at a time.
    """

    def __init__(self, at_once: int = 8, of_one: int = 4) -> None:
        self._free, self._of_one = asyncio.Semaphore(at_once), of_one
        self._of = WeakValueDictionary[str, asyncio.Semaphore]()

    @asynccontextmanager
    async def of(self, name: str) -> AsyncIterator[None]:
        """Wait for a turn of somebody's."""
        own = self._of.setdefault(name, asyncio.Semaphore(self._of_one))
        async with own, self._free:
            yield


class Copies:
    """What may be copied, who may have it, and how it is given."""

    def __init__(self, configuration: CopiesConfiguration, mirrors: Mirrors, identity: Identity) -> None:
        self._configuration, self._mirrors, self._identity = configuration, mirrors, identity
        self._turns = AnswerTurns()

    async def asked(self, request: Request, key: str) -> tuple[str, str]:
        """Return who asks, and the address of the repository that they ask for.

        Raises:
            CredentialsError: it is no server that asks, or there can be no copy.
        """
        caller = await self._identity.of(token_of(request, self._configuration.hosts))
        caller.wants("git")
        url = address_of(key)
        if not self._configuration.has(url):
            raise NoCopyError
        return caller.name, url

    async def renew(self, url: str) -> None:
        """Make a copy, or bring it up to date; where that takes too long or fails, the one of before is good."""
        await self._mirrors.ready([url], lambda: None)

    def answer(self, name: str, url: str, path: str, request: Request, body: bytes = b"") -> Response:
        """Return git's answer about a copy.

        Raises:
            NoCopyError: there is none.
        """
        folder, copy = self._configuration.folder, mirror_name(url)
        if not (folder / copy).is_dir():
            raise NoCopyError
        told = backend_environment(
            str(folder), f"/{copy}/{path}", verb=request.method, query=request.url.query, headers=request.headers
        )
        return GitAnswer(told, self._turns.of(name), body)


class NoCopyError(CredentialsError):
    """There is no copy of what is asked for: git goes to the forge."""

    def __init__(self) -> None:
        super().__init__("NotFound", _("There is no copy of this repository here."), 404)


def create_app(copies: Copies) -> FastAPI:
    """Return the service."""
    # A redirect would be followed with the token to wherever it leads.
    app = FastAPI(
        docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False, max_body_size=LARGEST_QUESTION
    )

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/copies/{key}/info/refs")
    async def what_there_is(request: Request, key: str, service: str = "") -> Response:
        name, url = await copies.asked(request, key)
        if service != READING:
            raise BadRequestError(_("Copies are only read."))
        # git asks this first. What it asks after it is about what it was told here.
        await copies.renew(url)
        return copies.answer(name, url, "info/refs", request)

    @app.post("/copies/{key}/git-upload-pack")
    async def contents(request: Request, key: str) -> Response:
        name, url = await copies.asked(request, key)
        return copies.answer(name, url, READING, request, await request.body())

    @app.exception_handler(CredentialsError)
    async def explain(_request: Request, error: CredentialsError) -> Response:
        return JSONResponse({"code": error.code, "message": error.message}, status_code=error.status)

    return app


def address_of(key: str) -> str:
    """Return the address that a key stands for; the user side makes it by the same rule.

    Raises:
        NoCopyError: it is no key.
    """
    try:
        return base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)).decode()
    except (binascii.Error, ValueError) as error:
        raise NoCopyError from error
