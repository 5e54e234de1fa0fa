"""The web side of the people service: sign-in, pages, API, and what is said where something is refused."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from sardonyx_services.people.classes import ChangedMeanwhileError
from sardonyx_services.people.errors import AwayError as DatabaseAwayError
from sardonyx_services.people.events import EventChangedError
from sardonyx_services.people.web import api, log_routes, offer_routes, page_routes, store_routes
from sardonyx_services.people.web.callers import SAFE, STATE
from sardonyx_services.people.web.classes import (
    copying_routes,
    course_routes,
    deadline_routes,
    ending_routes,
    hand_in_routes,
    lesson_routes,
)
from sardonyx_services.people.web.classes import routes as class_routes
from sardonyx_services.people.web.classes.end_notices import EVERY_S as NOTICES_EVERY_S
from sardonyx_services.people.web.configuration import SESSION
from sardonyx_services.people.web.errors import NobodyHereError, NotSignedInError, RefusedError
from sardonyx_services.people.web.events import api as event_api
from sardonyx_services.people.web.events import live_routes as event_live_routes
from sardonyx_services.people.web.events import own_routes as event_own_routes
from sardonyx_services.people.web.events import routes as event_routes
from sardonyx_services.people.web.events import team_link_routes
from sardonyx_services.people.web.events.ends import EVERY_S as EVENTS_EVERY_S
from sardonyx_services.people.web.kept import own_routes
from sardonyx_services.people.web.kept import routes as keep_routes
from sardonyx_services.people.web.live import help_routes
from sardonyx_services.people.web.operation import group_list_routes, people_routes, personal_routes
from sardonyx_services.people.web.operation import routes as operation_routes
from sardonyx_services.people.web.operation.accounting import EVERY_S as HOURS_EVERY_S
from sardonyx_services.people.web.pages import see
from sardonyx_services.people.web.parts import Parts
from sardonyx_services.people.web.rounds import again_and_again
from sardonyx_services.people.web.sign_in import STATE_LIFE_S
from sardonyx_services.people.web.tidying import EVERY_S as TIDY_EVERY_S
from sardonyx_spawner.language import N_, SaidError, _

BAD_REQUEST = 400
API = "api/"
MOST_FAULTS = 3
LONGEST_QUERY = 1000
ENDS_EVERY_S = 10.0
LARGEST_BODY = 9 << 20
"""A roster as the page of its preview keeps it, and the form around it. Bodies of the API are read before it is known who asks."""
UNREADABLE = N_("What was sent cannot be read. Load the page again, then try again.")
NOTHING_HERE = N_("There is nothing at this address.")
SAID = {404: NOTHING_HERE, 405: NOTHING_HERE, 413: N_("What was sent is too large: a list of names has 4 MB at most.")}
EVENT_API_ROUTERS = (
    event_api.router,
    event_live_routes.api_router,
    help_routes.event_api_router,
    team_link_routes.api_router,
)
EVENT_PAGE_ROUTERS = (
    event_routes.router,
    event_live_routes.router,
    help_routes.event_router,
    event_own_routes.router,
    team_link_routes.router,
)
API_ROUTERS = (
    api.router,
    copying_routes.api_router,
    course_routes.api_router,
    deadline_routes.api_router,
    ending_routes.api_router,
    hand_in_routes.api_router,
    help_routes.api_router,
    keep_routes.api_router,
    lesson_routes.api_router,
    log_routes.api_router,
    offer_routes.api_router,
    store_routes.api_router,
    own_routes.api_router,
    operation_routes.api_router,
    group_list_routes.api_router,
    people_routes.api_router,
    personal_routes.api_router,
    *EVENT_API_ROUTERS,
)
PAGE_ROUTERS = (
    page_routes.router,
    class_routes.router,
    copying_routes.router,
    course_routes.router,
    ending_routes.router,
    hand_in_routes.router,
    help_routes.router,
    keep_routes.router,
    lesson_routes.router,
    log_routes.router,
    own_routes.router,
    operation_routes.router,
    group_list_routes.router,
    people_routes.router,
    personal_routes.router,
    *EVENT_PAGE_ROUTERS,
)
ROUTERS = (*API_ROUTERS, *PAGE_ROUTERS)
"""All routes of this service but those of the sign-in; those of the API come first."""


def create_app(parts: Parts) -> FastAPI:
    """Return the service."""
    root = parts.root
    app = FastAPI(
        title="Sardonyx: classes",
        lifespan=_lifespan(parts),
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{root}{API}openapi.json",
        redirect_slashes=False,
        max_body_size=LARGEST_BODY,
    )
    app.state.parts = parts
    for router in ROUTERS:
        app.include_router(router, prefix=root.rstrip("/"))
    _add_sign_in(app, parts)
    _add_refusals(app, parts)
    return app


def _lifespan(parts: Parts) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        rounds = (
            again_and_again(parts.class_ends.look, ENDS_EVERY_S, "It cannot be looked now which classes are over"),
            again_and_again(parts.class_copies.look, ENDS_EVERY_S, "It cannot be looked now what is to be copied"),
            again_and_again(
                parts.event_copies.look, ENDS_EVERY_S, "It cannot be looked now what of teams is to be copied"
            ),
            again_and_again(parts.end_notices.look, NOTICES_EVERY_S, "It cannot be looked now which classes end soon"),
            again_and_again(parts.lesson_rounds.look, ENDS_EVERY_S, "It cannot be looked now which lessons begin"),
            again_and_again(
                parts.event_ends.look,
                EVENTS_EVERY_S,
                "It cannot be looked now which events are over",
                parts.event_ends.sooner,
            ),
            again_and_again(parts.erasures.look, ENDS_EVERY_S, "It cannot be looked now who is to be erased"),
            again_and_again(parts.tidying.look, TIDY_EVERY_S, "What is over cannot be deleted now"),
            again_and_again(parts.accounting.look, HOURS_EVERY_S, "Hours cannot be written down now"),
        )
        tasks = [asyncio.create_task(each) for each in rounds]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await parts.classroom.close()
        await parts.event_servers.close()
        await parts.keeps.close()
        await parts.exports.close()

    return lifespan


def _add_sign_in(app: FastAPI, parts: Parts) -> None:
    root = parts.root

    @app.get(f"{root}oauth_callback", include_in_schema=False)
    async def come_back(request: Request, state: str = "", code: str = "") -> Response:
        parts.callers.speak_to(request)
        kept = _state_cookie(state)
        session, back = await parts.sign_in.finish(request.cookies.get(kept, ""), state, code)
        answer = see(back)
        answer.delete_cookie(kept, path=root)
        answer.set_cookie(SESSION, session, path=root, secure=parts.is_secure, httponly=True, samesite="lax")
        return answer

    @app.get(f"{root}health", include_in_schema=False)
    async def health() -> dict[str, str]:
        return {"status": "ok"}


def _add_refusals(app: FastAPI, parts: Parts) -> None:
    root, pages = parts.root, parts.pages

    def answer(request: Request, message: str, status: int) -> Response:
        if request.url.path.startswith(f"{root}{API}"):
            return JSONResponse({"message": message}, status)
        return pages.fault(message, status)

    @app.exception_handler(SaidError)
    async def refused(request: Request, error: SaidError) -> Response:
        if isinstance(error, NotSignedInError) and not isinstance(error, NobodyHereError) and _is_a_page(request, root):
            return _send_to_sign_in(request, parts)
        return answer(request, error.message, _status_of(error))

    @app.exception_handler(RequestValidationError)
    async def not_understood(request: Request, error: RequestValidationError) -> Response:
        faults = [f"{'.'.join(map(str, fault['loc'][1:]))}: {fault['msg']}" for fault in error.errors()[:MOST_FAULTS]]
        return answer(request, _("This is not understood: {faults}.").format(faults="; ".join(faults)), 422)

    @app.exception_handler(HTTPException)
    async def no_page(request: Request, error: HTTPException) -> Response:
        parts.callers.speak_to(request)
        return answer(request, _(SAID.get(error.status_code, UNREADABLE)), error.status_code)

    @app.exception_handler(UnicodeEncodeError)
    async def no_text(request: Request, _error: UnicodeEncodeError) -> Response:
        # Half of a sign, which JSON can hold and no text.
        return answer(request, _(UNREADABLE), BAD_REQUEST)

    @app.exception_handler(Exception)
    async def wrong(request: Request, _error: Exception) -> Response:
        # The error itself goes on into the log.
        return answer(request, _("Something went wrong here, and was written down. Try again."), 500)


def _status_of(error: SaidError) -> int:
    if isinstance(error, RefusedError):
        return error.status
    if isinstance(error, ChangedMeanwhileError | EventChangedError):
        return 409
    return 503 if isinstance(error, DatabaseAwayError) else BAD_REQUEST


def _is_a_page(request: Request, root: str) -> bool:
    """Tell whether a browser shows the answer: what was sent by a script or a form is not begun again after a sign-in."""
    is_shown = request.headers.get("sec-fetch-mode", "navigate") == "navigate"
    return request.method in SAFE and is_shown and not request.url.path.startswith((f"{root}{API}", f"{root}oauth"))


def _send_to_sign_in(request: Request, parts: Parts) -> Response:
    # What a page looks for is in its address, which people send each other; a cookie takes only so much of it.
    path, query = request.url.path, request.url.query
    where, kept, state = parts.sign_in.begin(f"{path}?{query}" if 0 < len(query) <= LONGEST_QUERY else path)
    found = see(where)
    cookie = {"path": parts.root, "secure": parts.is_secure, "httponly": True}
    found.set_cookie(_state_cookie(state), kept, max_age=STATE_LIFE_S, samesite="lax", **cookie)  # type: ignore[arg-type]  # as above
    return found


def _state_cookie(state: str) -> str:
    """Return the name of a cookie for each sign-in: a browser that opens several pages at once has several."""
    return f"{STATE}-{state[:8]}"
