"""The web side of the credentials service: the issuer's documents, and keys for servers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse

from sardonyx_services.credentials.broker import Broker
from sardonyx_services.credentials.configuration import StoreConfiguration
from sardonyx_services.credentials.errors import CredentialsError, NotAllowedError
from sardonyx_services.credentials.identity import Identity
from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.self_test import test_until_good

NEVER_FROM_A_BROWSER = ("origin", "cookie", "referer", "sec-fetch-mode", "sec-fetch-site")
"""Headers of a browser; a program that wants keys sends none of them."""


@dataclass(frozen=True)
class Parts:
    """What the service is made of."""

    issuer: Issuer
    identity: Identity
    broker: Broker
    store: StoreConfiguration
    hosts: tuple[str, ...]


def create_app(parts: Parts, prefix: str) -> FastAPI:
    """Return the service; `prefix` is the path under which the hub shows it."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        testing = asyncio.create_task(test_until_good(parts.broker, parts.store))
        yield
        testing.cancel()
        with suppress(asyncio.CancelledError):
            await testing

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    router = APIRouter(prefix=prefix.rstrip("/"))

    @router.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, object]:
        return parts.issuer.discovery()

    @router.get("/jwks")
    async def jwks() -> dict[str, object]:
        return parts.issuer.key_set()

    @router.get("/health")
    async def health() -> Response:
        if parts.broker.refusal:
            return _answer("NotReady", parts.broker.refusal, 503)
        return JSONResponse({"status": "ok"})

    @router.get("/aws")
    async def aws(request: Request) -> Response:
        caller = await parts.identity.of(_token(request, parts.hosts))
        keys = await parts.broker.keys_for(caller)
        return JSONResponse(keys.to_json())

    @app.exception_handler(CredentialsError)
    async def explain(_request: Request, error: CredentialsError) -> Response:
        return _answer(error.code, error.message, error.status)

    @app.middleware("http")
    async def keep_nothing(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        answer = await call_next(request)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    app.include_router(router)
    return app


def _token(request: Request, hosts: tuple[str, ...]) -> str:
    """Return the caller's token: from the Authorization header, from nowhere else, and never from a browser."""
    if request.headers.get("host", "") not in hosts:
        raise NotAllowedError("This address is not the one for keys. Ask from inside your server.")
    if request.url.query or any(name in request.headers for name in NEVER_FROM_A_BROWSER):
        raise NotAllowedError
    given = request.headers.getlist("authorization")
    words = given[0].split() if len(given) == 1 else []
    if len(words) == 2 and words[0].lower() in {"token", "bearer"}:  # noqa: PLR2004 - scheme and token
        return words[1]
    if len(words) == 1:
        return words[0]
    raise NotAllowedError


def _answer(code: str, message: str, status: int) -> JSONResponse:
    return JSONResponse({"code": code, "message": message}, status_code=status)
