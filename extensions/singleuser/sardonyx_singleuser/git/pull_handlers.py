"""The addresses behind links of nbgitpuller: a page that says what happens, and what does it."""

import asyncio
import json
from pathlib import Path

from jupyter_server.base.handlers import APIHandler, JupyterHandler
from tornado import web

from sardonyx_singleuser.git.clone import Fetched, place_name
from sardonyx_singleuser.git.coming import Coming
from sardonyx_singleuser.git.link import Link, LinkError, follow, page_of, read_link
from sardonyx_singleuser.language import _
from sardonyx_singleuser.pages import template
from sardonyx_singleuser.word import WORDS, Words

PARAMETERS = (
    *("repo", "branch", "depth", "backup", "targetpath", "targetPath"),
    *("urlpath", "urlPath", "subpath", "subPath"),
)


class PullPageHandler(JupyterHandler):  # type: ignore[misc]
    """The page of a link; it changes nothing by itself, since anybody can make a browser open it."""

    @web.authenticated
    async def get(self) -> None:
        """Show what will be brought, or why it will not."""
        told = {name: self.get_query_argument(name, "") for name in PARAMETERS}
        name = problem = ""
        try:
            name = place_name(read_link(lambda each: told[each]).repository)
        except LinkError as error:
            problem = str(error)
            self.set_status(400)
        page = template("pull.html")
        self.finish(page.render(name=name, repo=told["repo"], problem=problem, told=told, server=self.base_url))


class PullHandler(APIHandler):  # type: ignore[misc]
    """Does what a link asks for."""

    @web.authenticated
    async def post(self) -> None:
        """Bring it; answer with the page to open, or with how much has come: whoever asks again goes on waiting."""
        try:
            told = {str(name): str(value) for name, value in json.loads(self.request.body).items()}
            link = read_link(lambda name: told.get(name, ""))
        except (ValueError, AttributeError):
            raise web.HTTPError(400, _("This is not what a link asks for.")) from None
        except LinkError as error:
            raise web.HTTPError(400, str(error)) from None
        words: Words = self.settings[WORDS]
        coming = words.on_its_way(link.repository)
        if coming is not None:
            self._answer(link, coming, await asyncio.to_thread(coming.next_word))
            return
        # git does not go well with another git in the same folder.
        async with words.turn:
            coming = await asyncio.to_thread(follow, link, Path.home())
            fetched = await asyncio.to_thread(coming.next_word)
        if fetched.is_coming:
            # The page may be closed meanwhile.
            words.say_when_here([coming])
        self._answer(link, coming, fetched)

    def _answer(self, link: Link, coming: Coming, fetched: Fetched) -> None:
        if fetched.problem and not fetched.folder.exists():
            raise web.HTTPError(502, fetched.problem)
        page = page_of(link, str(fetched.folder.relative_to(coming.home)))
        megabytes = round(coming.arrival.arrived / 1e6)
        # What a service copies first is not seen here.
        is_seen = fetched.is_coming and megabytes > 0
        so_far = _("{megabytes} MB have come so far.").format(megabytes=megabytes) if is_seen else ""
        self.finish(
            {
                "address": f"{self.base_url}{page}",
                "problem": fetched.problem,
                "is_kept": fetched.is_kept,
                "set_aside": list(fetched.set_aside),
                "is_coming": fetched.is_coming,
                "so_far": so_far,
            }
        )
