"""The web side of links: a small page for people, the file itself for programs and for the page's button."""

from http import HTTPStatus

import httpx
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from sardonyx_services.links.headers import ALWAYS, OF_A_PAGE, asked_of_store, is_from_the_beginning, of_file
from sardonyx_services.links.lookup import UNKNOWN, ClosedLinkError, LinkLookup, Opened
from sardonyx_services.links.pages import WHY, Pages, said_of
from sardonyx_services.links.transfer import Turns, pass_on, stored
from sardonyx_spawner.language import _, speak, wished

DOWNLOAD = "download"
RETRY_AFTER_S = 30


class Opener:
    """Answers requests for links; an ASGI application of its own, because a file is sent while it comes.

    Args:
        prefix: path below which the links are, with a slash at its end.
    """

    def __init__(self, prefix: str, lookup: LinkLookup, pages: Pages, store: httpx.AsyncClient) -> None:
        self._prefix, self._lookup, self._pages, self._store = prefix, lookup, pages, store
        self._turns = Turns()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        speak(wished(request.headers.get("accept-language", "")))
        try:
            if request.method not in {"GET", "HEAD"}:
                refused = PlainTextResponse(
                    _("A link is opened with GET.") + "\n", 405, {**ALWAYS, "Allow": "GET, HEAD"}
                )
                await refused(scope, receive, send)
                return
            token = self._token(scope["path"])
            opened = await self._lookup.open(token)
            if wants_page(request):
                await (await self._page(opened))(scope, receive, send)
            else:
                await self._file(token, opened, request, send)
        except ClosedLinkError as error:
            await self._closed(request, error.why)(scope, receive, send)

    def _token(self, path: str) -> str:
        """Return what stands before the name of the file; the name is there for people and programs, and is not looked at."""
        token, _, name = path.removeprefix(self._prefix).partition("/")
        if not path.startswith(self._prefix) or "/" in name:
            raise ClosedLinkError(UNKNOWN)
        return token

    async def _page(self, opened: Opened) -> Response:
        async with stored(self._store, "HEAD", opened.head, asked_of_store({})) as answer:
            length = answer.headers.get("content-length", "")
        html = self._pages.of_file(opened, int(length) if length.isdecimal() else None)
        return HTMLResponse(html, headers={**ALWAYS, **OF_A_PAGE})

    async def _file(self, token: str, opened: Opened, request: Request, send: Send) -> None:
        asked = asked_of_store(request.headers)
        address = opened.get if request.method == "GET" else opened.head
        with self._turns.turn(opened.mark):
            async with stored(self._store, request.method, address, asked) as answer:
                if request.method == "GET" and answer.is_success and is_from_the_beginning(asked):
                    await self._lookup.count(token)
                headers = of_file(opened.name, answer.headers)
                if not answer.is_success:
                    headers["Content-Length"] = "0"
                await pass_on(answer, headers, request.scope, request.receive, send)

    def _closed(self, request: Request, why: str) -> Response:
        status, (happened, to_do) = WHY[why][0], said_of(why)
        headers = {**ALWAYS, **({"Retry-After": str(RETRY_AFTER_S)} if is_away(status) else {})}
        if "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(self._pages.of_closed(why), status, {**headers, **OF_A_PAGE})
        return PlainTextResponse(f"{happened}. {to_do}\n", status, headers)


def wants_page(request: Request) -> bool:
    """Tell whether somebody looks at an address in a browser; programs, and the page's button, want the file."""
    headers = request.headers
    return DOWNLOAD not in request.query_params and "range" not in headers and "text/html" in headers.get("accept", "")


def is_away(status: int) -> bool:
    """Tell whether trying again is worth it."""
    return status == HTTPStatus.SERVICE_UNAVAILABLE
