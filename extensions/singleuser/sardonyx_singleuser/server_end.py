"""When this server ends: at its time, which its person may move as far as the profile allows, or because nobody uses it."""

import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from sardonyx_singleuser.language import _

LOOK_S, LOOK_NEAR_S = 600.0, 60.0
"""So often is the hub asked, where the end may have been moved on its first page; and when it is near."""
NEAR_S = 35 * 60
PATIENCE_S = 5.0
OK = 200


class EndError(Exception):
    """The end could not be moved; the message is for the person."""


@dataclass(frozen=True)
class End:
    """What is known of it.

    Args:
        ends_at: seconds since 1970; None = it has no end.
        may_be_kept_s: by how much that can be moved.
        files_until: when the files in the home go, in seconds since 1970, as those of an event do; None = they stay.
    """

    ends_at: float | None
    may_be_kept_s: int = 0
    files_until: float | None = None


class ServerEnd:
    """Knows the end, and moves it.

    Args:
        lifetime_s: seconds from now; None = there is no end.
        variables: those of JupyterHub.
        is_fresh: the home goes with the server.
    """

    def __init__(self, lifetime_s: int | None, variables: Mapping[str, str], *, is_fresh: bool = False) -> None:
        self.is_fresh = is_fresh
        self.now = End(None if lifetime_s is None else time.time() + lifetime_s)
        self._hub = variables.get("JUPYTERHUB_API_URL", "")
        self._token = variables.get("JUPYTERHUB_API_TOKEN", "")
        user, server = variables.get("JUPYTERHUB_USER", ""), variables.get("JUPYTERHUB_SERVER_NAME", "")
        self._path = f"/sardonyx/ends/{quote(user, safe='')}/{quote(server, safe='')}?files=yes"
        self._next_look = 0.0

    async def look(self) -> End:
        """Return the end, as the hub knew it a short while ago."""
        if time.monotonic() >= self._next_look:
            is_near = self.now.ends_at is not None and self.now.ends_at - time.time() < NEAR_S
            self._next_look = time.monotonic() + (LOOK_NEAR_S if is_near else LOOK_S)
            if await self._ask("GET", None) and self.now.ends_at is None and self.now.files_until is None:
                self._next_look = math.inf
        return self.now

    async def keep(self, seconds: int) -> End:
        """Move the end.

        Raises:
            EndError: the hub does not do it.
        """
        if not await self._ask("POST", {"seconds": seconds}):
            raise EndError(_("The hub does not answer now. Try again in a minute."))
        return self.now

    async def _ask(self, method: str, body: Mapping[str, int] | None) -> bool:
        request = HTTPRequest(
            self._hub + self._path,
            method,
            {"Authorization": f"token {self._token}"},
            body=None if body is None else json.dumps(body),
            request_timeout=PATIENCE_S,
            follow_redirects=False,
        )
        try:
            answer = await AsyncHTTPClient().fetch(request, raise_error=False)
            if answer.code == OK:
                found = json.loads(answer.body)
                self.now = End(found["ends_at"], found["may_be_kept_s"], found.get("files_until"))
        except (OSError, ValueError, TypeError, KeyError):
            return False
        return bool(answer.code == OK)


def told(end: End, idle_stop_s: int | None, used_at: float, now: float) -> dict[str, float | None]:
    """Return what JupyterLab is told, in seconds from now; `files_until` in seconds since 1970.

    Args:
        used_at: when somebody last used the server, in seconds since 1970.
    """
    return {
        "seconds_left": None if end.ends_at is None else end.ends_at - now,
        "may_be_kept_s": end.may_be_kept_s,
        "files_until": end.files_until,
        "idle_seconds_left": None if idle_stop_s is None else used_at + idle_stop_s - now,
    }
