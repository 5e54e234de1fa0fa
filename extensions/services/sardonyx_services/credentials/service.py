"""The web side of the credentials service: the issuer's documents, and keys for servers."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sardonyx_services.credentials.access import Access
from sardonyx_services.credentials.asker import authorization, token_of
from sardonyx_services.credentials.broker import Broker
from sardonyx_services.credentials.clearing import Clearing, clearing_routes
from sardonyx_services.credentials.collecting import Collecting, collecting_routes
from sardonyx_services.credentials.configuration import StoreConfiguration
from sardonyx_services.credentials.ends import Ends, end_routes
from sardonyx_services.credentials.errors import CredentialsError, NotAllowedError, UnavailableError
from sardonyx_services.credentials.git.access import GitAccess
from sardonyx_services.credentials.git.routes import git_routes
from sardonyx_services.credentials.identity import Identity
from sardonyx_services.credentials.inventory import Inventory
from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.laptop import LaptopKeys
from sardonyx_services.credentials.links.routes import link_routes
from sardonyx_services.credentials.links.sharing import Sharing
from sardonyx_services.credentials.metrics import SCOPE, Metrics
from sardonyx_services.credentials.person_routes import person_routes
from sardonyx_services.credentials.self_test import keep_testing
from sardonyx_services.credentials.stored import StoredAmounts
from sardonyx_services.credentials.stored_routes import inventory_routes, stored_routes
from sardonyx_services.credentials.sts import Keys
from sardonyx_services.credentials.vault.access import VaultAccess
from sardonyx_services.credentials.vault.routes import vault_routes
from sardonyx_services.credentials.wish import Wish, wish_of
from sardonyx_services.people.errors import AwayError
from sardonyx_spawner.language import _, speak, wished

log = logging.getLogger(__name__)
RENEW_PATIENCE_S = 60


@dataclass(frozen=True)
class Parts:
    """What the service is made of.

    Args:
        beside: what runs as long as the service does.
        collecting: keys to collect what is handed in, and the token of the service that asks for them; None = nobody does.
        clearing: keys to delete what is of events, and the same token.
        stored: how much there is of what has a limit, and the same token; None = nothing has one.
        inventory: how much there is in every place, and the same token.
        sharing: links by which people share files, and the token of the service that opens them; None = there are none.
    """

    issuer: Issuer
    identity: Identity
    broker: Broker
    store: StoreConfiguration
    access: Access
    laptop: LaptopKeys
    hosts: tuple[str, ...]
    ends: Ends
    metrics: Metrics = field(default_factory=Metrics)
    beside: tuple[Callable[[], Coroutine[object, object, None]], ...] = ()
    vault: VaultAccess | None = None
    git: GitAccess | None = None
    sharing: tuple[Sharing, str] | None = field(default=None, repr=False)
    collecting: tuple[Collecting, str] | None = field(default=None, repr=False)
    clearing: tuple[Clearing, str] | None = field(default=None, repr=False)
    stored: tuple[StoredAmounts, str] | None = field(default=None, repr=False)
    inventory: tuple[Inventory, str] | None = field(default=None, repr=False)


class KeptByNobody:
    """Tells everything on the way not to keep an answer; Starlette's own kind of middleware takes as long as the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the header to each answer."""

        async def send_with_header(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"cache-control", b"no-store")]
            await send(message)

        await self._app(scope, receive, send_with_header)


class InTheirLanguage:
    """Answers each request in the language that it asks for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak it until the answer is given: each request has a context of its own."""
        if scope["type"] == "http":
            asked = dict(scope["headers"]).get(b"accept-language", b"")
            speak(wished(asked.decode("latin-1")))
        await self._app(scope, receive, send)


def create_app(parts: Parts, prefix: str) -> FastAPI:
    """Return the service; `prefix` is the path under which the hub shows it."""
    # A redirect would be followed with the token to wherever it leads.
    app = FastAPI(lifespan=_lifespan(parts), docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    root = prefix.rstrip("/")
    app.include_router(_issuer_routes(parts), prefix=root)
    app.include_router(_key_routes(parts), prefix=root)
    shown = partial(token_of, hosts=parts.hosts)
    app.include_router(end_routes(parts.ends, shown), prefix=root)
    if parts.vault is not None:
        app.include_router(vault_routes(parts.vault, parts.identity, parts.metrics, shown), prefix=root)
    if parts.git is not None:
        app.include_router(git_routes(parts.git, parts.identity, shown), prefix=root)
    if parts.collecting is not None:
        app.include_router(collecting_routes(*parts.collecting, shown), prefix=root)
    if parts.clearing is not None:
        app.include_router(clearing_routes(*parts.clearing, shown), prefix=root)
    if parts.stored is not None:
        app.include_router(stored_routes(*parts.stored, shown), prefix=root)
    if parts.inventory is not None:
        inventory, own_token = parts.inventory
        app.include_router(inventory_routes(inventory, parts.store.limits, own_token, shown), prefix=root)
    sharing = None
    if parts.sharing is not None:
        sharing, opener = parts.sharing
        app.include_router(link_routes(sharing, parts.identity, opener, shown), prefix=root)
    of_person = person_routes(parts.identity, parts.access, parts.laptop, shown, sharing)
    app.include_router(of_person, prefix=root)

    _explain_errors(app)
    app.add_middleware(KeptByNobody)
    app.add_middleware(InTheirLanguage)
    return app


def _explain_errors(app: FastAPI) -> None:
    @app.exception_handler(CredentialsError)
    async def explain(_request: Request, error: CredentialsError) -> Response:
        return _answer(error)

    @app.exception_handler(AwayError)
    async def explain_database(_request: Request, error: AwayError) -> Response:
        return _answer(UnavailableError(error.message))

    @app.exception_handler(HTTPException)
    async def explain_path(_request: Request, error: HTTPException) -> Response:
        return _answer(CredentialsError("NotFound", _("There is nothing at this address."), error.status_code))

    @app.exception_handler(Exception)
    async def explain_fault(_request: Request, _error: Exception) -> Response:
        # The error itself goes on into the log. What answers here is outside of all that adds to answers.
        text = _("Something went wrong here, and was written down. Try again.")
        found = _answer(CredentialsError("InternalFailure", text, 500))
        found.headers["Cache-Control"] = "no-store"
        return found


def _lifespan(parts: Parts) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(keep_testing(parts.broker, parts.store)),
            asyncio.create_task(_renew(parts.issuer)),
            *(asyncio.create_task(run()) for run in parts.beside),
        ]
        yield
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    return lifespan


async def _renew(issuer: Issuer) -> None:
    """Renew the signing keys when it is time; a disk that is full is tried again, and the keys that are there go on."""
    while True:
        try:
            pause_s = await asyncio.to_thread(issuer.renew)
        except OSError as error:
            log.warning("The signing keys cannot be renewed now: %s", error)
            pause_s = RENEW_PATIENCE_S
        # Not longer than an hour: a machine that slept has another time when it wakes.
        await asyncio.sleep(min(max(pause_s, 1), 3600))


def _issuer_routes(parts: Parts) -> APIRouter:
    router = APIRouter()

    @router.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, object]:
        return parts.issuer.discovery()

    @router.get("/jwks")
    async def jwks() -> dict[str, object]:
        return parts.issuer.key_set()

    @router.get("/health")
    async def health() -> Response:
        if parts.broker.refusal:
            return _answer(CredentialsError("NotReady", parts.broker.refusal, 503))
        return JSONResponse({"status": "ok"})

    @router.get("/metrics")
    async def metrics(request: Request) -> Response:
        if not await parts.identity.has_scope(authorization(request), SCOPE):
            raise NotAllowedError(f"Metrics are for tokens with the scope {SCOPE}: give one to your Prometheus.")
        parts.metrics.ready.set(not parts.broker.refusal)
        return Response(parts.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return router


def _key_routes(parts: Parts) -> APIRouter:
    router = APIRouter()

    async def keys(request: Request, group: str, *, is_usual: bool) -> Keys:
        token = token_of(request, parts.hosts)
        wish = wish_of(group, request.query_params.multi_items(), is_usual=is_usual)
        try:
            caller = await parts.identity.of(token)
        except UnavailableError as error:
            return _while_the_hub_is_away(parts, token, wish, error)
        return await parts.broker.keys_for(caller, wish)

    async def answer(request: Request, group: str, *, is_usual: bool = False) -> Response:
        began, code = time.monotonic(), "Failed"
        try:
            found = await keys(request, group, is_usual=is_usual)
            code = "Given"
            return JSONResponse(found.to_json())
        except CredentialsError as error:
            code = error.code
            raise
        finally:
            parts.metrics.answers.labels("s3", code).inc()
            parts.metrics.seconds.labels("s3").observe(time.monotonic() - began)

    @router.get("/aws")
    async def aws(request: Request) -> Response:
        return await answer(request, "")

    @router.get("/aws/{group}")
    async def aws_of_group(request: Request, group: str) -> Response:
        return await answer(request, group)

    @router.get("/aws/server/{group}")
    async def aws_of_server_of_group(request: Request, group: str) -> Response:
        return await answer(request, group, is_usual=True)

    return router


def _while_the_hub_is_away(parts: Parts, token: str, wish: Wish, error: UnavailableError) -> Keys:
    caller = parts.identity.last_known(token)
    if caller is None:
        raise error
    return parts.broker.last_good(caller, wish, error)


def _answer(error: CredentialsError) -> JSONResponse:
    return JSONResponse({"code": error.code, "message": error.message}, status_code=error.status)
