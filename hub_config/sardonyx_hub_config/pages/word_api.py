"""Says to somebody's server what those who lead a class or an event say, over JupyterHub's REST API; for the service of classes alone."""

from typing import Any

from jupyterhub.apihandlers.base import APIHandler
from jupyterhub.scopes import Scope
from tornado import web

from sardonyx_hub_config.server_call import call
from sardonyx_hub_config.services.people import WORD_SCOPE
from sardonyx_spawner.language import N_, _

PATIENCE_S = 120.0
"""New material may take as long as at a start."""
LONGEST = 300
AWAY = N_("Their server does not answer.")
NOTHING_TO_FETCH = frozenset({"text", "put_back", "hand_out"})
"""What a word has that does not bring new material."""


class WordAPIHandler(APIHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """A word to a server of somebody."""

    async def post(self, name: str) -> None:
        """Say it, if they run what `profile` says; answer with what their server could not do, in words.

        `server` is its name; without it, the usual one is told.
        """
        if self.parsed_scopes.get(WORD_SCOPE) is not Scope.ALL:
            raise web.HTTPError(403)
        told = self.get_json_body()
        if not isinstance(told, dict) or not isinstance(word := told.get("word"), dict):
            raise web.HTTPError(400, "say `profile` and `word`")
        user = self.find_user(name)
        spawner = user.spawners.get(str(told.get("server", ""))) if user is not None else None
        if spawner is None or not spawner.ready or spawner.running.profile != told.get("profile"):
            raise web.HTTPError(404, _("Their server does not run, or is something else by now."))
        if not word.keys() & NOTHING_TO_FETCH and spawner.plan is not None:
            await spawner.renew_copies(spawner.plan)
        self.write({"problem": await said_to(spawner, word)})


async def said_to(spawner: Any, word: dict[str, Any]) -> str:
    """Say something to a server; return what it could not do. It is its person's, and believed no more than they are."""
    answer = await call(spawner, "word", word, PATIENCE_S)
    return str(answer["problem"])[:LONGEST] if answer is not None and "problem" in answer else _(AWAY)
