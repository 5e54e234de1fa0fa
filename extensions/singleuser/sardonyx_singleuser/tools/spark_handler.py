"""The pages of Spark sessions at `tools/spark/`: a list of them, and below it those of each, passed on with our token."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tornado import web

from sardonyx_singleuser import contract
from sardonyx_singleuser.language import _
from sardonyx_singleuser.spark_settings import FOLDER, KEY, PAGES_HOST
from sardonyx_singleuser.tools.page import sessions_page
from sardonyx_singleuser.tools.passing import FRAMED, NO_ANSWER, READS, PassingHandler
from sardonyx_singleuser.tools.spark import SPARK, lacks_s3, within
from sardonyx_singleuser.tools.spark_sessions import Session, Sessions

SESSIONS = "sardonyx_spark_sessions"
"""Under this name the web application of the server knows its sessions."""
OWN_SITE = ("same-origin", "none")
KILLS = ("/kill", "/kill/")


class SparkHandler(PassingHandler):
    """Everything below `tools/spark/`."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, host_allowlist=[PAGES_HOST], **named)

    async def http_get(self, path: str) -> None:
        """Answer a page or what belongs to it."""
        await self._answer(path)

    async def post(self, path: str) -> None:
        """Answer what a page sends, such as the end of a job."""
        if self.request.headers.get("Sec-Fetch-Site", "same-origin") not in OWN_SITE:
            raise web.HTTPError(403, _("This comes from a page of another site."))
        await self._answer(path)

    put = delete = patch = head = options = post

    async def open(self, _path: str) -> None:
        """Connect nothing: Spark's pages have no websockets."""
        self.close(1008)

    def proxy_request_headers(self) -> Any:
        """Return what Spark sees: our token, and no cookie of the sign-in."""
        headers = super().proxy_request_headers()
        headers.pop("Cookie", None)
        headers["Authorization"] = f"Bearer {self._sessions.token()}"
        return headers

    @property
    def _sessions(self) -> Sessions:
        found: Sessions = self.settings[SESSIONS]
        return found

    @property
    def _base(self) -> str:
        return f"{self.base_url}tools/spark/"

    async def _answer(self, path: str) -> None:
        if not path:
            self.add_slash()
            return
        is_action = self.is_opened() if self.wants_page() else self.request.method not in READS
        if is_action:
            self.use()
        name, slash, inside = path.removeprefix("/").partition("/")
        if not name:
            await self._list()
            return
        if not slash:
            self.add_slash()
            return
        if self.request.method in READS and inside.endswith(KILLS):
            # Releases before 4.3 take a link for a button.
            raise web.HTTPError(405)
        session = await self._sessions.find(name)
        if session is None:
            await self._say_gone()
            return
        await self._pass_on(session, inside)

    async def _list(self) -> None:
        running = await self._sessions.running()
        if len(running) == 1 and self.wants_page():
            self.redirect(f"{self._base}{running[0].id}/jobs/")
            return
        self._show(running, is_gone=False)

    async def _say_gone(self) -> None:
        if not self.wants_page():
            raise web.HTTPError(404, _("This Spark session runs no longer."))
        self._show(await self._sessions.running(), is_gone=True)

    async def _pass_on(self, session: Session, inside: str) -> None:
        self.proxy_base = f"tools/spark/{session.id}"
        try:
            await self.proxy(PAGES_HOST, session.port, inside)
        except web.HTTPError as error:
            # It ended just now.
            if error.status_code in NO_ANSWER and await self._sessions.find(session.id) is None:
                await self._say_gone()
                return
            raise
        if "Location" in self._headers:
            self.set_header("Location", within(self._headers["Location"], f"{self._base}{session.id}"))
        if "Content-Security-Policy" not in self._headers:
            self.set_header("Content-Security-Policy", FRAMED)

    def _show(self, running: list[Session], *, is_gone: bool) -> None:
        lacks = lacks_s3(Path(SPARK.find(self.shelf.variables)), self.shelf.variables)
        page = sessions_page(running, self._base, self.base_url, is_gone=is_gone, lacks_s3=lacks)
        self.show(page, 404 if is_gone else 200)


def sessions_of(variables: Mapping[str, str]) -> Sessions:
    """Return the sessions of a server with these variables."""
    return Sessions(Path(variables.get(contract.TOKEN_FILE, "/nowhere")).with_name(FOLDER) / KEY)
