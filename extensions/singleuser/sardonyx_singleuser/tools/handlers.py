"""The addresses of tools and apps: their pages, passed on, and what JupyterLab asks about them."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from jupyter_server.base.handlers import APIHandler, JupyterHandler, utcnow
from jupyter_server_proxy.handlers import ProxyHandler
from tornado import web

from sardonyx_singleuser.language import _
from sardonyx_singleuser.tools.frameworks import AppError, is_action_of_dash
from sardonyx_singleuser.tools.page import progress_page
from sardonyx_singleuser.tools.process import Process, State
from sardonyx_singleuser.tools.shelf import App, Shelf
from sardonyx_singleuser.tools.tool import SHELF

USED = "sardonyx-tools"
"""Our entry in Jupyter Server's list of what was used when."""
READS = ("GET", "HEAD", "OPTIONS")
NO_ANSWER = (500, 599)
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

    def use(self) -> None:
        """Note that somebody used this server."""
        self.settings.setdefault("last_activity_times", {})[USED] = utcnow()

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
        super().__init__(*arguments, **named)
        self._kind = self._name = ""

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
        if process.state is not State.RUNNING:
            # A page that was left open must not start anything.
            self.close(1013, process.problem[:100] or "stopped")
            return
        self._aim(kind, name, process)
        await self.proxy_open("localhost", 0, path)

    def on_message(self, message: bytes | str) -> None:
        """Pass on what a page says."""
        tool = self.shelf.tools.get(self._name) if self._kind == "tools" else None
        if tool is None or tool.is_action(message):
            self.use()
        super().on_message(message)

    async def _answer(self, kind: str, name: str, path: str) -> None:
        if not path:
            self.add_slash()
            return
        process = self.process(kind, name)
        if self._is_action():
            self.use()
        if process.state is not State.RUNNING:
            if process.state is State.STOPPED and (self.wants_page() or not self._is_browsers()):
                process.begin()
            if self.wants_page():
                self._show(process, kind, name)
                return
            if await process.settled() is not State.RUNNING:
                said = process.problem or _("{title} does not run.").format(title=process.title)
                raise web.HTTPError(503, reason=None, log_message=said)
        self._aim(kind, name, process)
        try:
            await self.proxy("localhost", 0, path)
            if "Content-Security-Policy" not in self._headers:
                self.set_header("Content-Security-Policy", FRAMED)
        except web.HTTPError as error:
            if error.status_code in NO_ANSWER and process.state is not State.RUNNING and self.wants_page():
                self._show(process, kind, name)
                return
            raise

    def _aim(self, kind: str, name: str, process: Process) -> None:
        self._kind, self._name = kind, name
        self.unix_socket = str(process.socket)
        self.proxy_base = f"{kind}/{name}"
        tool = self.shelf.tools.get(name) if kind == "tools" else None
        self.absolute_url = tool is not None and tool.keeps_prefix

    def _show(self, process: Process, kind: str, name: str) -> None:
        status = f"{self.base_url}sardonyx/api/processes/{kind}/{name}"
        self.show(progress_page(process, status, self.base_url))

    def _is_browsers(self) -> bool:
        return "Sec-Fetch-Mode" in self.request.headers

    def _is_action(self) -> bool:
        if self.wants_page():
            return True
        if self.request.method in READS:
            return False
        return not self.request.path.endswith("/_dash-update-component") or is_action_of_dash(self.request.body)


class QuestionHandler(APIHandler, OnShelf):  # type: ignore[misc]
    """Answers what pages ask by themselves, too: being asked is not being used."""

    _track_activity = False


class ProcessHandler(QuestionHandler):
    """How a tool or an app is, at `sardonyx/api/processes/KIND/NAME`."""

    @web.authenticated
    def get(self, kind: str, name: str) -> None:
        """Return its state."""
        self.finish(json.dumps(said_of(self.process(kind, name))))

    @web.authenticated
    async def post(self, kind: str, name: str) -> None:
        """Start it anew, after it failed too."""
        process = self.process(kind, name)
        await process.end()
        process.begin()
        self.finish(json.dumps(said_of(process)))

    @web.authenticated
    async def delete(self, kind: str, name: str) -> None:
        """Stop it."""
        await self.process(kind, name).end()
        self.set_status(204)
        self.finish()


class ToolsHandler(QuestionHandler):
    """All tools, at `sardonyx/api/tools`."""

    @web.authenticated
    def get(self) -> None:
        """Return them in their order, each with whether it is on this machine."""
        running = self.shelf.running()
        is_here = {name: bool(tool.find(self.shelf.variables)) for name, tool in self.shelf.tools.items()}
        tools = [
            {
                "name": tool.name,
                "title": tool.title,
                "description": _(tool.description),
                "how_to_get": "" if is_here[tool.name] else tool.way_to_get,
                "address": f"{self.base_url}tools/{tool.name}/",
                "state": _state(running.get(("tools", tool.name))),
            }
            for tool in self.shelf.tools.values()
            if is_here[tool.name] or tool.is_shown_missing
        ]
        self.finish(json.dumps(tools))


class AppsHandler(QuestionHandler):
    """The apps, at `sardonyx/api/apps`."""

    @web.authenticated
    def get(self) -> None:
        """Return them."""
        self.finish(json.dumps([self._said(app) for app in self.shelf.apps.values()]))

    @web.authenticated
    def post(self) -> None:
        """Make a file known as an app: {"path": in the home}."""
        path = (self.get_json_body() or {}).get("path")
        if not isinstance(path, str) or not path:
            raise web.HTTPError(400, _('There has to be a "path", of a file in your home.'))
        try:
            app = self.shelf.add_app(path)
        except AppError as error:
            raise web.HTTPError(422, str(error)) from None
        self.finish(json.dumps(self._said(app)))

    def _said(self, app: App) -> Mapping[str, Any]:
        state = _state(self.shelf.running().get(("apps", app.name)))
        return {**asdict(app), "address": f"{self.base_url}apps/{app.name}/", "state": state}


class AppHandler(QuestionHandler):
    """One app, at `sardonyx/api/apps/NAME`."""

    @web.authenticated
    def patch(self, name: str) -> None:
        """Pin it to the launcher, or take it away: {"is_pinned": true}."""
        is_pinned = (self.get_json_body() or {}).get("is_pinned")
        if not isinstance(is_pinned, bool):
            raise web.HTTPError(400, _('"is_pinned" has to be true or false.'))
        try:
            self.finish(json.dumps(asdict(self.shelf.pin(name, is_pinned=is_pinned))))
        except KeyError:
            raise web.HTTPError(404, _("There is no app {name} here.").format(name=name)) from None

    @web.authenticated
    async def delete(self, name: str) -> None:
        """End it and forget it; its file stays."""
        await self.shelf.forget_app(name)
        self.set_status(204)
        self.finish()


def said_of(process: Process) -> dict[str, str]:
    """Return what is told of a process."""
    return {
        "title": process.title,
        "state": process.state.value,
        "problem": process.problem,
        "last_words": process.last_words,
    }


def _state(process: Process | None) -> str:
    return State.STOPPED.value if process is None else process.state.value
