"""When a server ends, and how to keep it longer: for the first page, and for the server itself."""

from typing import Any

from jupyterhub.apihandlers.base import APIHandler
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.scopes import needs_scope
from jupyterhub.user import User
from tornado import web

from sardonyx_hub_config.said import SaidError
from sardonyx_spawner.language import _

LONGEST_STEP_S = 366 * 86400


def end_handlers() -> list[tuple[Any, ...]]:
    """Return the handlers, by path below /hub."""
    return [
        (r"/keep/([^/]+)/([^/]+)", KeepHandler),
        (r"/keep/([^/]+)", KeepHandler),
        (r"/api/sardonyx/ends/([^/]+)/([^/]*)", EndAPIHandler),
    ]


class KeepHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """Keeps a server longer, from a plain form, so that no script is needed."""

    @web.authenticated
    async def post(self, user_name: str, server_name: str = "") -> None:
        """Keep it, and go home, which says until when."""
        self._keep(user_name, server_name=server_name)
        self.redirect(self.hub.base_url + "home")

    @needs_scope("access:servers")  # type: ignore[untyped-decorator]  # JupyterHub is untyped
    def _keep(self, user_name: str, *, server_name: str) -> None:
        spawner = running(self, user_name, server_name)
        keep(self, spawner, self.get_body_argument("seconds", ""))


class EndAPIHandler(APIHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """The same for programs: a server asks with its own token when it ends."""

    @needs_scope("access:servers")  # type: ignore[untyped-decorator]  # JupyterHub is untyped
    async def get(self, user_name: str, server_name: str) -> None:
        """Return `ends_at` in seconds since 1970 (null = never), and by how much it can be kept longer.

        With `?files` also `files_until`: when the files in the home go, which only those of an event do; null = they stay.
        """
        self._say(running(self, user_name, server_name))

    @needs_scope("access:servers")  # type: ignore[untyped-decorator]  # JupyterHub is untyped
    async def post(self, user_name: str, server_name: str) -> None:
        """Keep it longer by `seconds`, as far as its profile allows; return the same."""
        spawner = running(self, user_name, server_name)
        body = self.get_json_body()
        keep(self, spawner, str(body.get("seconds", "")) if isinstance(body, dict) else "")
        self._say(spawner)

    def _say(self, spawner: Any) -> None:
        now = spawner.running
        told = {"ends_at": now.ends_at, "may_be_kept_s": now.may_be_kept_s}
        # Servers of versions that do not ask for it take nothing that they do not know.
        if "files" in self.request.query_arguments:
            until = self.settings["template_vars"]["endings"](self.current_user).files_until(spawner.user.name)
            told["files_until"] = until.timestamp() if until is not None else None
        self.write(told)


def running(handler: BaseHandler, user_name: str, server_name: str) -> Any:
    """Return the spawner of a server that runs; where there is none, that is the answer.

    To who was invited into a server, and may enter it, there is none either: how long it runs is its owner's to say.
    """
    user, visitor = handler.find_user(user_name), handler.current_user
    if isinstance(visitor, User) and visitor.name != user_name and not visitor.admin:
        user = None
    if user is None or server_name not in user.spawners or not user.spawners[server_name].ready:
        raise SaidError(404, _("This server does not run."))
    return user.spawners[server_name]


def keep(handler: BaseHandler, spawner: Any, seconds: str) -> None:
    """Move a server's end, and write it down."""
    if not (seconds.isascii() and seconds.isdigit() and 0 < int(seconds) <= LONGEST_STEP_S):
        raise SaidError(400, _("Say for how many seconds more: a whole number."))
    spawner.keep(int(seconds))
    spawner.orm_spawner.state = spawner.get_state()
    handler.db.commit()
