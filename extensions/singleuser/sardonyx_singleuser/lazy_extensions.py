"""Extensions of the server that are loaded when somebody first asks for an address of theirs, not at each start.

What they need is imported in the fork server; what is left is to compile fifty addresses with this server's name in
them, and to look for entry points, which took a fifth of each start.
"""

import importlib
import re
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from tornado.routing import PathMatches, Router, Rule

from sardonyx_singleuser.broken_extensions import SAID_OF_ONE
from sardonyx_singleuser.idle_extensions import LAZY

PARTS = ("jupyterlab_git.handlers", "nbdime.webapp.nb_server_extension", "jupyter_server_proxy")
"""What they import when they are loaded."""
NOT_LOADED = f"{SAID_OF_ONE}the extension could not be loaded"


class FirstAsked(Router):
    """Loads an extension when the first request for it comes, which then finds its way by the extension's own addresses."""

    SUPPORTED_METHODS = ()
    """Jupyter Server looks whether all that it is given asks who somebody is: this answers nothing itself."""

    def __init__(self, load: Callable[[], None]) -> None:
        self._load: Callable[[], None] | None = load

    def find_handler(self, request: Any, **_: Any) -> None:
        """Leave each request to the addresses that come after this one."""
        del request
        load, self._load = self._load, None
        if load is not None:
            load()


def load_when_asked(server: Any, names: Collection[str]) -> None:
    """Let a Jupyter server load some of them when they are asked for.

    Args:
        names: those that it was told not to load itself; others of them are left alone.
    """
    for name in names:
        if name in LAZY:
            call_when_asked(server, f"{LAZY[name]}/.*", partial(_load, server, name))


def call_when_asked(server: Any, path: str, load: Callable[[], None]) -> None:
    """Let a Jupyter server do something before it answers the first request for some addresses.

    Args:
        path: pattern of theirs, below the server's own.
        load: adds what answers there.
    """
    base = re.escape(server.web_app.settings["base_url"])
    server.web_app.add_handlers(".*", [Rule(PathMatches(f"{base}{path}"), FirstAsked(load))])


def _load(server: Any, name: str) -> None:
    try:
        # Named by Jupyter Server for extensions (its developers' guide, "Server Extensions").
        importlib.import_module(name)._load_jupyter_server_extension(server)  # noqa: SLF001
    except Exception:
        # As at a start: a server without it is better than none. In these words it is heard (`broken_extensions`).
        server.log.exception(NOT_LOADED, name)


def import_lazy() -> None:
    """Import what they will need, for all servers at once; one that is not installed is left out."""
    for name in PARTS:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            continue
