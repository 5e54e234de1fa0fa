"""What JupyterLab and pages ask and tell about tools and apps."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from jupyter_server.base.handlers import APIHandler
from tornado import web

from sardonyx_singleuser.language import _
from sardonyx_singleuser.tools.frameworks import AppError
from sardonyx_singleuser.tools.passing import OnShelf
from sardonyx_singleuser.tools.person import note_use
from sardonyx_singleuser.tools.process import Process, State
from sardonyx_singleuser.tools.shelf import App


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


class PersonHandler(QuestionHandler):
    """What a page tells of its person, at `sardonyx/api/processes/KIND/NAME/person`: {"is_there": true}."""

    @web.authenticated
    def post(self, kind: str, name: str) -> None:
        """Know from now on that the page tells; note that its person is there."""
        is_there = (self.get_json_body() or {}).get("is_there")
        if not isinstance(is_there, bool):
            raise web.HTTPError(400, _('"is_there" has to be true or false.'))
        self.process(kind, name).tells_of_person = True
        if is_there:
            note_use(self.settings)
        self.set_status(204)
        self.finish()


class ToolsHandler(QuestionHandler):
    """All tools, at `sardonyx/api/tools`."""

    @web.authenticated
    def get(self) -> None:
        """Return them in their order, each with whether it is here."""
        running = self.shelf.running()
        is_here = {name: bool(tool.find(self.shelf.variables)) for name, tool in self.shelf.tools.items()}
        tools = [
            {
                "name": tool.name,
                "title": tool.title,
                "description": _(tool.description),
                "icon": tool.icon,
                "category": tool.category,
                "needs_window": tool.needs_window,
                "how_to_get": "" if is_here[tool.name] else self.shelf.way_to_get(tool),
                "address": f"{self.base_url}tools/{tool.name}/",
                "state": _state(running.get(("tools", tool.name))),
                "can_be_stopped": is_here[tool.name] and tool.start is not None,
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
