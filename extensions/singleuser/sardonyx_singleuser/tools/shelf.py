"""All tools and apps of one server: what there is, what runs, and where."""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

from sardonyx_singleuser import contract
from sardonyx_singleuser.language import _
from sardonyx_singleuser.sandbox.layout import OWN
from sardonyx_singleuser.tools import frameworks
from sardonyx_singleuser.tools.process import Process
from sardonyx_singleuser.tools.registry import TOOLS
from sardonyx_singleuser.tools.tool import Place, Start, Tool

KNOWN = Path(".local/share/sardonyx/apps.json")
"""In the home: which files were run as apps, so that their addresses stay."""
SLUG = 6


@dataclass(frozen=True)
class App:
    """A file of the person's that was run as an app.

    Args:
        name: its part of the address; the same for the same file.
        path: of the file, in the home.
        is_pinned: its person wants it in the launcher.
    """

    name: str
    path: str
    is_pinned: bool = False


@dataclass(eq=False)
class Shelf:
    """See the module.

    Args:
        prefix: of the server, with a slash at its end.
        usual_python: that of the server's environment.
        environment: that the server was started with, as it is called in the settings.
    """

    home: Path
    folder: Path
    prefix: str
    variables: Mapping[str, str]
    usual_python: str
    tools: Mapping[str, Tool] = field(default_factory=lambda: TOOLS)
    environment: str = ""
    _processes: dict[tuple[str, str], Process] = field(default_factory=dict)
    _unsaved: dict[str, App] = field(default_factory=dict)

    @cached_property
    def _sockets(self) -> Path:
        # Short, because of the 107 characters that a socket's path may have; and nobody else's.
        own = Path(OWN)
        return own / "tools" if os.access(own, os.W_OK) else Path(tempfile.mkdtemp(prefix="sardonyx-"))

    @property
    def apps(self) -> dict[str, App]:
        """The apps that are known, by their names."""
        try:
            said = json.loads((self.home / KNOWN).read_text())
            found = [App(str(each["name"]), str(each["path"]), bool(each["pinned"])) for each in said]
        except (OSError, ValueError, TypeError, KeyError):
            found = []
        return {app.name: app for app in [*found, *self._unsaved.values()]}

    def add_app(self, path: str) -> App:
        """Return the app for a file, known from now on.

        Args:
            path: in the home.

        Raises:
            AppError: it is not an app, or not in the home.
        """
        file = self._inside(path)
        frameworks.recognise(file, frameworks.read(file))
        inside = str(file.relative_to(self.home))
        digest = hashlib.sha256(inside.encode()).hexdigest()[:SLUG]
        stem = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in file.stem.lower())
        app = App(f"{stem.strip('-') or 'app'}-{digest}", inside)
        known = self.apps
        if app.name not in known:
            self._write({**known, app.name: app})
        return known.get(app.name, app)

    def pin(self, name: str, *, is_pinned: bool) -> App:
        """Put an app into the launcher, or take it away.

        Raises:
            KeyError: there is no such app.
        """
        known = self.apps
        app = App(name, known[name].path, is_pinned)
        self._write({**known, name: app})
        return app

    async def forget_app(self, name: str) -> None:
        """End an app, and know it no longer."""
        process = self._processes.pop(("apps", name), None)
        if process is not None:
            await process.end()
        self._unsaved.pop(name, None)
        known = self.apps
        if known.pop(name, None) is not None:
            self._write(known)

    def process(self, kind: str, name: str) -> Process:
        """Return the process of a tool or an app, which may not have been started yet.

        Args:
            kind: "tools" or "apps".

        Raises:
            KeyError: there is no such tool or app.
        """
        if (kind, name) not in self._processes:
            self._processes[kind, name] = self._tool(name) if kind == "tools" else self._app(self.apps[name])
        return self._processes[kind, name]

    def running(self) -> dict[tuple[str, str], Process]:
        """Return the processes that were asked for, by kind and name."""
        return dict(self._processes)

    def way_to_get(self, tool: Tool) -> str:
        """Return what to do about a tool that is not here."""
        return tool.way_to_get(self.variables.get(contract.IMAGE, ""), self.environment)

    def kill(self) -> None:
        """End all at once, where nothing waits for them any more."""
        for process in self._processes.values():
            process.kill()

    def _tool(self, name: str) -> Process:
        tool = self.tools[name]
        begin = tool.start
        if begin is None:
            raise KeyError(name)

        def start() -> Start:
            found = tool.find(self.variables)
            if not found:
                missing = _("{title} is not here.").format(title=tool.title)
                raise ValueError(f"{missing} {self.way_to_get(tool)}")
            return begin(found, self._place("tools", name))

        on_port = _("Its command in the settings has to name {socket} where it shall listen.")
        return Process(tool.title, start, self._place("tools", name).socket, on_port=on_port)

    def _app(self, app: App) -> Process:
        socket = self._place("apps", app.name).socket
        on_port = _("Take out of the file what starts a server: the app in it is served without that.")
        return Process(Path(app.path).name, partial(self._start_app, app), socket, frameworks.explain, on_port)

    def _start_app(self, app: App) -> Start:
        # Recognised anew: the file may have changed.
        file = self._inside(app.path)
        framework = frameworks.recognise(file, frameworks.read(file))
        return frameworks.start(framework, file, self._place("apps", app.name), self.usual_python)

    def _place(self, kind: str, name: str) -> Place:
        short = hashlib.sha256(f"{kind}/{name}".encode()).hexdigest()[:12]
        return Place(
            self._sockets / f"{short}.sock", f"{self.prefix}{kind}/{name}", self.home, self.folder, self.variables
        )

    def _inside(self, path: str) -> Path:
        file = (self.home / path.lstrip("/")).resolve()
        if not file.is_relative_to(self.home.resolve()):
            raise frameworks.AppError(_("{path} is not in your home.").format(path=path))
        return self.home / file.relative_to(self.home.resolve())

    def _write(self, apps: Mapping[str, App]) -> None:
        lines = [{"name": app.name, "path": app.path, "pinned": app.is_pinned} for app in apps.values()]
        file = self.home / KNOWN
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            new = file.with_suffix(".new")
            new.write_text(json.dumps(lines, indent=1))
            new.replace(file)
        except OSError:
            # On a full disk an app runs all the same, and is forgotten with this server.
            self._unsaved = dict(apps)
        else:
            self._unsaved.clear()
