"""Handlers that come before JupyterHub's own: what upstream's pages get wrong."""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from jupyterhub import orm
from jupyterhub.apihandlers.auth import OAuthAuthorizeHandler
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.handlers.pages import SpawnHandler
from jupyterhub.scopes import needs_scope
from tornado import web
from tornado.httputil import url_concat

from sardonyx_hub_config.pages.end_handlers import end_handlers
from sardonyx_hub_config.pages.language_handlers import language_handlers
from sardonyx_hub_config.pages.log_handlers import log_handlers
from sardonyx_hub_config.pages.people_api import EndSessionsAPIHandler, LeftAloneAPIHandler, PersonAPIHandler
from sardonyx_hub_config.pages.program_keys import KeyAPIHandler, KeysPageHandler
from sardonyx_hub_config.pages.servers_api import ServersAPIHandler
from sardonyx_hub_config.pages.sign_in_handlers import SignInHandler, SignOutHandler
from sardonyx_hub_config.pages.static_files import STATIC, StaticHandler
from sardonyx_hub_config.pages.stop_api import StopAPIHandler, why_stopped
from sardonyx_hub_config.pages.together_handlers import together_handlers
from sardonyx_hub_config.pages.word_api import WordAPIHandler

NAME = re.compile(r"[a-z](?:-?[a-z0-9]){0,29}")
COOKIE_OF_A_SERVER = "jupyterhub-user-"


def page_handlers() -> list[tuple[Any, ...]]:
    """Return the handlers, by path below /hub."""
    return [
        (r"/sardonyx/(.*)", StaticHandler, {"path": str(STATIC)}),
        (r"/spawn/([^/]+)/([^/]+)", StartHandler),
        (r"/spawn/([^/]+)", StartHandler),
        (r"/spawn", StartHandler),
        (r"/start-another", StartAnotherHandler),
        (r"/stop/([^/]+)/([^/]+)", StopHandler),
        (r"/stop/([^/]+)", StopHandler),
        (r"/remove/([^/]+)/([^/]+)", RemoveHandler),
        (r"/login", SignInHandler),
        (r"/logout", SignOutHandler),
        (r"/token", KeysPageHandler),
        (r"/api/users/([^/]+)", PersonAPIHandler),
        (r"/api/users/([^/]+)/tokens/([^/]*)", KeyAPIHandler),
        (r"/api/users/([^/]+)/server", StopAPIHandler),
        (r"/api/users/([^/]+)/servers/([^/]*)", StopAPIHandler),
        (r"/api/oauth2/authorize", OpenServerHandler),
        (r"/api/sardonyx/people/([^/]+)/left-alone", LeftAloneAPIHandler),
        (r"/api/sardonyx/people/([^/]+)/end-sessions", EndSessionsAPIHandler),
        (r"/api/sardonyx/servers", ServersAPIHandler),
        (r"/api/sardonyx/servers/([^/]+)/word", WordAPIHandler),
        *log_handlers(),
        *end_handlers(),
        *language_handlers(),
        *together_handlers(),
    ]


class OpenServerHandler(OAuthAuthorizeHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """Lets somebody into a server, as upstream does, after it took away what would keep them out.

    Servers once set their cookie for the whole host, and browsers keep it for a month. Of two with the same name a server
    reads that one, knows nobody by it, and sends the browser here again, without end.
    """

    async def get(self) -> None:
        """Answer; the cookie of a server reaches the hub only if it is such a one."""
        for name in self.request.cookies:
            if name.startswith(COOKIE_OF_A_SERVER):
                self.clear_cookie(name, path="/")
        await super().get()


class StartHandler(SpawnHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """The form, as upstream's page, but a link never starts a server and an answer is never lost.

    JupyterHub 6.1 starts a server on GET with any unknown query parameter: a link that somebody sends would run
    code in another person's name.
    """

    def _get_user_options(self, _query_options: dict[str, list[str]]) -> dict[str, list[str]]:
        return {}

    @needs_scope("servers")  # type: ignore[untyped-decorator]  # JupyterHub is untyped
    async def _get(self, user_name: str, server_name: str, display_name: str) -> None:
        """Show the form; upstream's makes a server of its own of any name that it is asked for."""
        user = self.find_user(user_name)
        if user is None or not server_name or server_name in user.orm_spawners:
            await super()._get(user_name=user_name, server_name=server_name, display_name=display_name)
            return
        await self._check_named_server_request(user, server_name, display_name)
        # In no session, so that nothing of it is kept: it says what a server of this name would be asked.
        spawner = user.spawner_class(
            user=user,
            orm_spawner=orm.Spawner(name=server_name),
            hub=self.hub,
            authenticator=self.authenticator,
            config=self.settings["config"],
        )
        self.finish(await self._show(user, server_name, await spawner.get_options_form()))

    @needs_scope("servers")  # type: ignore[untyped-decorator]  # JupyterHub is untyped
    async def _post(self, user_name: str, server_name: str, display_name: str) -> None:
        """Start it, or show the form again: a server that was never started is not there."""
        user = self.find_user(user_name)
        was_there = user is None or not server_name or server_name in user.orm_spawners
        await super()._post(user_name=user_name, server_name=server_name, display_name=display_name)
        if was_there or self.get_status() == HTTPStatus.FOUND or user.spawners[server_name].active:
            return
        self.db.delete(user.spawners.pop(server_name).orm_spawner)
        self.db.commit()

    async def _render_form(
        self, for_user: Any, spawner_options_form: str, message: str = "", html_message: str = ""
    ) -> str:
        del html_message
        # Upstream renders the form of the default server, also for a named one that was refused.
        server = self.path_args[1] if len(self.path_args) > 1 else ""
        spawner = for_user.spawners[server or ""]
        if spawner is not for_user.spawner:
            spawner_options_form = await spawner.get_options_form()
        return await self._show(for_user, server or "", spawner_options_form, message)

    async def _show(self, for_user: Any, server_name: str, form: str, message: str = "") -> str:
        html: str = await self.render_template(
            "spawn.html",
            for_user=for_user,
            server_name=server_name,
            spawner_options_form=form,
            error_message=message,
            url=url_concat(self.append_query_parameters(self.request.path), {"_xsrf": self.xsrf_token.decode("ascii")}),
        )
        return html

    def append_query_parameters(self, url: str, exclude: Iterable[str] = ()) -> str:
        """Take what the address was asked for with, but for the sign of the page: it is of no use in any other one."""
        found: str = super().append_query_parameters(url, [*exclude, "_xsrf"])
        return found


class StartAnotherHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """Leads from a name for another server to its form."""

    @web.authenticated
    async def get(self) -> None:
        """Go to the form, or home where the name cannot be one, or where there cannot be one more."""
        name = self.get_argument("name", "").strip().lower()
        user = self.current_user
        there = {server for server in user.orm_spawners if server}
        has_room = name in there or len(there) < await self.get_current_user_named_server_limit()
        self.redirect(
            f"{self.hub.base_url}spawn/{user.escaped_name}/{name}"
            if has_room and NAME.fullmatch(name)
            else f"{self.hub.base_url}home"
        )


class StopHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """Stops a server from a plain form, so that no script is needed; the first page leads to one that asks."""

    @web.authenticated
    async def get(self, user_name: str, server_name: str = "") -> None:
        """Ask, or go home where nothing can be stopped."""
        await self._ask(user_name, server_name=server_name)

    @web.authenticated
    async def post(self, user_name: str, server_name: str = "") -> None:
        """Stop, and go home."""
        await self._stop(user_name, server_name=server_name)

    @needs_scope("delete:servers")  # type: ignore[untyped-decorator]  # JupyterHub is untyped
    async def _ask(self, user_name: str, *, server_name: str) -> None:
        owner = self._owner(user_name, server_name)
        spawner = owner.spawners[server_name]
        if not _can_be_stopped(spawner):
            self.redirect(self.hub.base_url + "home")
            return
        self.finish(await self.render_template("stop.html", owner=owner, server_name=server_name, spawner=spawner))

    @needs_scope("delete:servers")  # type: ignore[untyped-decorator]  # JupyterHub is untyped
    async def _stop(self, user_name: str, *, server_name: str) -> None:
        owner = self._owner(user_name, server_name)
        spawner = owner.spawners[server_name]
        if _can_be_stopped(spawner):
            why = why_stopped("user", self.current_user.name, owner.name, None)
            if why is not None:
                spawner.note_end(why)
            await self.stop_single_user(owner, server_name)
        self.redirect(self.hub.base_url + "home")

    def _owner(self, user_name: str, server_name: str) -> Any:
        user = self.find_user(user_name)
        if user is None or server_name not in user.spawners:
            raise web.HTTPError(404)
        return user


def _can_be_stopped(spawner: Any) -> bool:
    return bool(spawner.active) and spawner.pending != "stop"


class RemoveHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """Forgets a server with a name of its own that does not run, from a plain form: it counts until then."""

    @web.authenticated
    async def post(self, user_name: str, server_name: str) -> None:
        """Forget it, and go home; a server that runs is left as it is."""
        await self._remove(user_name, server_name=server_name)

    @needs_scope("delete:servers")  # type: ignore[untyped-decorator]  # JupyterHub is untyped
    async def _remove(self, user_name: str, *, server_name: str) -> None:
        user = self.find_user(user_name)
        if user is None or server_name not in user.orm_spawners:
            raise web.HTTPError(404)
        spawner = user.spawners[server_name]
        if not spawner.active:
            # As upstream's REST API does.
            await user._delete_spawner(spawner)  # noqa: SLF001
            self.db.delete(spawner.orm_spawner)
            user.spawners.pop(server_name, None)
            self.db.commit()
        self.redirect(self.hub.base_url + "home")
