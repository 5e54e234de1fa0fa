"""The log of a server: as a page, and as text for programs and for the page's script.

Who may start and stop a server reads its log: its owner, and administrators. Somebody with whom it is shared only
has `access:servers`, and so have the tokens of servers themselves.
"""

import re
from typing import Any

from jupyterhub.apihandlers.base import APIHandler
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.scopes import needs_scope
from tornado import web

from sardonyx_hub_config.said import SaidError
from sardonyx_spawner.errors import UserError
from sardonyx_spawner.language import N_, _
from sardonyx_spawner.server_log import KEPT, ServerLogs, last_lines, readable_parts

SHOWN_KB = 64
MOST_KB = 256
NAMES = (N_("Newest"), N_("The one before"), N_("And before that"))


def log_handlers() -> list[tuple[Any, ...]]:
    """Return the handlers, by path below /hub."""
    return [
        (r"/log/([^/]+)/([^/]+)", LogPageHandler),
        (r"/log/([^/]+)", LogPageHandler),
        (r"/api/users/([^/]+)/servers/([^/]+)/log", LogTextHandler),
        (r"/api/users/([^/]+)/server/log", LogTextHandler),
    ]


class LogPageHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """A page with the end of a log; it needs no script."""

    @web.authenticated
    @needs_scope("servers")  # type: ignore[untyped-decorator]  # JupyterHub is untyped
    async def get(self, user_name: str, server_name: str = "") -> None:
        """Show the log, or why there is none."""
        spawner = _find(self, user_name, server_name)
        number = whole_number(self.get_query_argument("number", "0"), 0, KEPT - 1)
        notes, text, problem, is_cut = {}, "", "", False
        try:
            logs: ServerLogs = spawner.logs
            notes = dict(logs.notes())
            if number in notes:
                raw = await logs.end(number, SHOWN_KB << 10)
                is_cut = len(raw) == SHOWN_KB << 10
                text = await last_lines(raw, is_cut=is_cut)
        except UserError as error:
            problem = error.message
        may_read = self.get_scope_filter("servers")
        html = await self.render_template(
            "log.html",
            owner=spawner.user,
            spawner=spawner,
            others=sorted(s.name for s in spawner.user.orm_user._orm_spawners if may_read(s, kind="server")),  # noqa: SLF001 - as JupyterHub's own home page
            number=number,
            names=[_(name) for name in NAMES],
            notes=notes,
            text=text,
            is_cut=is_cut,
            shown_kb=SHOWN_KB,
            problem=problem,
        )
        self.finish(html)


class LogTextHandler(APIHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """The same as text: all of it, or its last kilobytes; asked again with its ETag, nothing is sent twice."""

    @needs_scope("servers")  # type: ignore[untyped-decorator]  # JupyterHub is untyped
    async def get(self, user_name: str, server_name: str = "") -> None:
        """Send the log."""
        spawner = _find(self, user_name, server_name)
        number = whole_number(self.get_query_argument("number", "0"), 0, KEPT - 1)
        kilobytes = self.get_query_argument("kilobytes", "")
        most = whole_number(kilobytes, 1, MOST_KB) << 10 if kilobytes else 0
        try:
            logs: ServerLogs = spawner.logs
            if number not in logs.notes():
                raise SaidError(404, _("There is no such log: a server writes one when it starts."))
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.set_header("X-Content-Type-Options", "nosniff")
            self.set_header("Cache-Control", "no-store")
            if most:
                raw = await logs.end(number, most)
                self.finish(await last_lines(raw, is_cut=len(raw) == most))
                return
            name = re.sub(r"[^A-Za-z0-9]+", "-", f"{user_name} {server_name} {number or ''}").strip("-")
            self.set_header("Content-Disposition", f'attachment; filename="log-{name}.txt"')
            async for lines in readable_parts(logs.parts(number)):
                self.write(lines)
                # Waits for a slow reader: nothing is piled up in the hub.
                await self.flush()
        except UserError as error:
            raise SaidError(409, error.message) from error


def whole_number(text: str, least: int, most: int) -> int:
    """Return a number of the address.

    Raises:
        SaidError: it is none, or out of range.
    """
    if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
        raise SaidError(
            400,
            _("The address of this log has a number that is not from {least} to {most}.").format(
                least=least, most=most
            ),
        )
    return int(text)


def _find(handler: Any, user_name: str, server_name: str) -> Any:
    user = handler.find_user(user_name)
    # Not `user.spawners`: JupyterHub takes a named server out of it when it stops.
    if user is None or (server_name and server_name not in user.orm_user.orm_spawners):
        raise web.HTTPError(404)
    return user.spawners[server_name]
