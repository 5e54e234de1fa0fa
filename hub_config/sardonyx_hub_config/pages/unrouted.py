"""What is asked of a server that runs while the proxy does not lead to it: for a moment after the proxy was started anew."""

import json
from typing import Any
from urllib.parse import unquote

from jupyterhub.handlers.base import PrefixRedirectHandler
from tornado import web

from sardonyx_spawner.language import _

RETRY_AFTER_S = 1


class UnroutedHandler(PrefixRedirectHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """Sends pages below /hub as JupyterHub does, and lets what an open page asks for by itself be asked again.

    JupyterLab asks again after 503, and takes JupyterHub's way to a page for an answer that its server has given.
    """

    def check_xsrf_cookie(self) -> None:
        """Nothing is done for anybody here."""

    def get(self) -> None:
        """Send a page on its way."""
        headers = self.request.headers
        if not is_page(headers.get("Sec-Fetch-Mode"), headers.get("Accept", "")) and self._is_of_a_server_that_runs():
            self._ask_again()
        else:
            super().get()

    def other(self) -> None:
        """Refuse what is no page."""
        if not self._is_of_a_server_that_runs():
            raise web.HTTPError(405)
        self._ask_again()

    post = put = patch = delete = other

    def _is_of_a_server_that_runs(self) -> bool:
        kind, person, name, *_rest = [*map(unquote, self.request.path.removeprefix(self.base_url).split("/")), "", ""]
        user = self.find_user(person) if kind == "user" else None
        if user is None:
            return False
        spawner = user.spawners.get(name if name in user.orm_user.orm_spawners else "")
        return bool(spawner and spawner.ready)

    def _ask_again(self) -> None:
        self.set_status(503)
        self.set_header("Retry-After", str(RETRY_AFTER_S))
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"message": _("Your server runs, and cannot be reached for a moment. Try again.")}))


def is_page(mode: str | None, accepts: str) -> bool:
    """Tell whether somebody's browser goes to a page, and no script of a page asks.

    Args:
        mode: `Sec-Fetch-Mode`, which browsers of 2023 and later send; None = it is not known.
        accepts: what the answer may be.
    """
    return mode == "navigate" if mode else "text/html" in accepts


def with_unrouted(handlers: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the hub's handlers with this one instead of JupyterHub's."""
    return [
        (path, UnroutedHandler if handler is PrefixRedirectHandler else handler, *more)
        for path, handler, *more in handlers
    ]
