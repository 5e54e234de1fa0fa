"""Says to somebody's server what those who lead a class or an event say, over JupyterHub's REST API; for the service of classes alone."""

import json
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
from jupyterhub.apihandlers.base import APIHandler
from jupyterhub.scopes import Scope
from tornado import web

from sardonyx_hub_config.server_keys import key_to
from sardonyx_hub_config.services.people import WORD_SCOPE
from sardonyx_spawner.language import _

UNIX = "http+unix"
PATIENCE_S = 120.0
"""New material may take as long as at a start."""
MOST_BYTES = 1 << 16
LONGEST = 300
NOTHING_TO_FETCH = frozenset({"text", "put_back", "hand_out"})
"""What a word has that does not bring new material."""
OK = 200


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
    url = urlsplit(str(spawner.server.url))
    is_socket = url.scheme == UNIX
    transport = httpx.AsyncHTTPTransport(uds=unquote(url.netloc)) if is_socket else None
    host = "http://localhost" if is_socket else f"{url.scheme}://{url.netloc}"
    away = _("Their server does not answer.")
    try:
        with key_to(spawner) as key:
            headers = {"Authorization": f"token {key}"}
            address = f"{host}{spawner.server.base_url}sardonyx/api/word"
            async with (
                httpx.AsyncClient(transport=transport, timeout=PATIENCE_S, trust_env=False) as client,
                client.stream("POST", address, json=word, headers=headers) as answer,
            ):
                body = b""
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > MOST_BYTES:
                        return away
                return str(json.loads(body)["problem"])[:LONGEST] if answer.status_code == OK else away
    except (httpx.HTTPError, ValueError, TypeError, KeyError) as error:
        spawner.log.warning("The server of %s could not be told a word: %r", spawner.user.name, error)
        return away
