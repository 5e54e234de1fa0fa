"""The pages of tools and apps, passed on: what the tool answers, or how far its start is, or that it hangs."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server_proxy.handlers import ProxyHandler
from tornado import web

from sardonyx_singleuser.language import _
from sardonyx_singleuser.tools.page import progress_page
from sardonyx_singleuser.tools.person import ALTERED, note_use
from sardonyx_singleuser.tools.person_script import put_script
from sardonyx_singleuser.tools.process import Process, State
from sardonyx_singleuser.tools.shelf import Shelf
from sardonyx_singleuser.tools.tool import SHELF

READS = ("GET", "HEAD", "OPTIONS")
NO_ANSWER = (500, 599)
NEWS_S = 2.0
"""A tool that ends cuts its connections first, and it is known why soon after that."""
FRAMED = "frame-ancestors 'self'"
"""JupyterLab shows these pages in tabs of its own; JupyterHub forbids that for all others, and no other site may."""


class OnShelf(JupyterHandler):  # type: ignore[misc]
    """One that knows the shelf."""

    @property
    def shelf(self) -> Shelf:
        """The tools and apps of this server."""
        found: Shelf = self.settings[SHELF]
        return found

    def process(self, kind: str, name: str) -> Process:
        """Return the process of a tool or an app; where there is none of that name, that is the answer."""
        try:
            return self.shelf.process(kind, name)
        except KeyError:
            said = _("There is no tool {name} here.") if kind == "tools" else _("There is no app {name} here.")
            raise web.HTTPError(404, said.format(name=name)) from None


class PassingHandler(ProxyHandler, OnShelf):  # type: ignore[misc]
    """One that passes requests on, and knows which of them a person made."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        # What counts as use is decided here, and not by any traffic.
        super().__init__(*arguments, update_last_activity=False, **named)

    def wants_page(self) -> bool:
        """Tell whether somebody opened an address, as opposed to what belongs to a page or a program."""
        mode = self.request.headers.get("Sec-Fetch-Mode", "navigate")
        accepts = self.request.headers.get("Accept", "")
        return self.request.method == "GET" and mode == "navigate" and "text/html" in accepts

    def is_opened(self) -> bool:
        """Tell whether a person opened the page that is wanted, as opposed to one that opens itself again by a clock.

        What JupyterLab shows in a tab, its person clicked on there, and JupyterLab tells of that.
        """
        headers = self.request.headers
        return "Sec-Fetch-User" in headers or headers.get("Sec-Fetch-Site", "none") != "same-origin"

    def use(self) -> None:
        """Note that somebody used this server."""
        note_use(self.settings)

    def show(self, page: str, status: int = 200) -> None:
        """Answer with a page of ours, which JupyterLab may show in a tab."""
        self.set_status(status)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Security-Policy", FRAMED)
        self.finish(page)

    def add_slash(self) -> None:
        """Lead to the same address with a slash at its end, below which a page's own addresses are."""
        where = urlsplit(self.request.uri or "")
        self.redirect(where._replace(path=f"{where.path}/").geturl())


class PageHandler(PassingHandler):
    """Everything below `tools/NAME/` and `apps/NAME/`: what the tool answers, or how far its start is."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        def rewrite(response: Any) -> None:
            # A method would be asked for a `self`: jupyter-server-proxy gives what the code's own names say.
            self._add_script(response)

        super().__init__(*arguments, rewrite_response=rewrite, **named)
        self._kind = self._name = ""
        self._silence: asyncio.Task[None] | None = None

    async def http_get(self, kind: str, name: str, path: str) -> None:
        """Answer a page or what belongs to it."""
        await self._answer(kind, name, path)

    async def post(self, kind: str, name: str, path: str) -> None:
        """Answer what a page sends."""
        await self._answer(kind, name, path)

    put = delete = patch = head = options = post

    async def open(self, kind: str, name: str, path: str) -> None:
        """Connect a page's websocket."""
        process = self.process(kind, name)
        if not process.is_up:
            # A page that was left open must not start anything.
            self.close(1013, process.problem[:100] or "stopped")
            return
        self._aim(kind, name, process)
        await self.proxy_open("localhost", 0, path)

    def on_message(self, message: bytes | str) -> None:
        """Pass on what a page says."""
        if not self._tells_of_person(self.process(self._kind, self._name)):
            self.use()
        super().on_message(message)

    async def _answer(self, kind: str, name: str, path: str) -> None:
        if not path:
            self.add_slash()
            return
        process = self.process(kind, name)
        if self._is_action(process):
            self.use()
        if not process.is_up and not await self._settles(process, kind, name):
            return
        self._aim(kind, name, process)
        try:
            if self.wants_page():
                await self._pass_page(kind, name, path, process)
            else:
                await self.proxy("localhost", 0, path)
        except web.HTTPError as error:
            if error.status_code not in NO_ANSWER or not self.wants_page():
                raise
            problem = ""
            if not await process.ends_within(NEWS_S):
                problem = _("Its answer cannot be shown: {problem}").format(problem=error.log_message)
            self._show(process, kind, name, problem)
            return
        if "Content-Security-Policy" not in self._headers:
            self.set_header("Content-Security-Policy", FRAMED)

    async def _settles(self, process: Process, kind: str, name: str) -> bool:
        """Start it for whoever may; tell whether it is ready, and answer whoever opened a page before that."""
        if process.state is State.STOPPED and (self.wants_page() or not self._is_browsers()):
            process.begin()
        elif process.is_refused and self.wants_page():
            # What was missing may have come; where it has not, that is known at once.
            process.begin()
            await process.ends_within(NEWS_S)
        if self.wants_page():
            self._show(process, kind, name)
            return False
        if await process.settled() is not State.RUNNING:
            said = process.problem or _("{title} does not run.").format(title=process.title)
            raise web.HTTPError(503, reason=None, log_message=said)
        return True

    async def _pass_page(self, kind: str, name: str, path: str, process: Process) -> None:
        """Pass a page on; whoever opened one of a tool that hangs does not wait for minutes without a word."""
        if process.state is State.SILENT:
            self._show(process, kind, name)
            return
        silence = self._silence = asyncio.create_task(process.falls_silent())
        passing = asyncio.create_task(self.proxy("localhost", 0, path))
        try:
            await asyncio.wait({passing, silence}, return_when=asyncio.FIRST_COMPLETED)
            if passing.done() or silence.cancelled():
                await passing
            else:
                self._show(process, kind, name)
        finally:
            passing.cancel()
            silence.cancel()

    def proxy_request_headers(self) -> Any:
        """Return what the tool sees."""
        headers = super().proxy_request_headers()
        if self.wants_page():
            for name in ALTERED:
                headers.pop(name, None)
        return headers

    def proxy_request_options(self) -> Any:
        """Return how a request is passed on: what has begun to answer may take its time, as long downloads do."""
        options: dict[str, Any] = super().proxy_request_options()
        silence = self._silence
        if silence is not None:
            options["header_callback"] = lambda _line: silence.cancel()
        return options

    def _aim(self, kind: str, name: str, process: Process) -> None:
        self._kind, self._name = kind, name
        self.unix_socket = str(process.socket)
        self.proxy_base = f"{kind}/{name}"
        tool = self.shelf.tools.get(name) if kind == "tools" else None
        self.absolute_url = tool is not None and tool.keeps_prefix

    def _show(self, process: Process, kind: str, name: str, problem: str = "") -> None:
        status = f"{self.base_url}sardonyx/api/processes/{kind}/{name}"
        self.show(progress_page(process, status, self.base_url, problem))

    def _is_browsers(self) -> bool:
        # Only a browser at a secure address, or at this machine's own, tells how it came to ask.
        return "Sec-Fetch-Mode" in self.request.headers or "Cookie" in self.request.headers

    def _is_action(self, process: Process) -> bool:
        if self.wants_page():
            return self.is_opened()
        return self.request.method not in READS and not self._tells_of_person(process)

    def _tells_of_person(self, process: Process) -> bool:
        # A program comes with a token. A page of what has stopped is one that was left open.
        return "Cookie" in self.request.headers and (process.tells_of_person or not process.is_up)

    def _add_script(self, response: Any) -> None:
        if self.wants_page():
            told = f"{self.base_url}sardonyx/api/processes/{self._kind}/{self._name}/person"
            put_script(response, f"{self.base_url}sardonyx/person.js", told)
