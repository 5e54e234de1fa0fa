"""Whether somebody is there: JupyterLab's window tells of keys, clicks and scrolling.

By itself a window asks for files, sessions and layout every few seconds, and Jupyter Server takes each request for use:
who left it open would keep their server for ever.
"""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from sardonyx_singleuser.replaced import found

PERSON = "sardonyx-person"
"""Our entry in Jupyter Server's list of what was used when: somebody said that they are there."""
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
FIRST_S = 5.0
"""So long after its start a server tells the hub of its use for the first time."""
_OF_PERSONS = ("api/contents", "sardonyx/api/")
_PART = re.compile(rb'"chunk": ?-?\d')
"""In what JupyterLab sends of a file that is too large for one request, before its content."""
_HEAD_BYTES = 1000
_PARTS = "sardonyx/api/storage/upload"
CHAIN = timedelta(seconds=60)
"""Who sends many files sends the next one sooner; JupyterLab saves what was changed every 120 seconds."""
_FAILS = 400


def note_presence(settings: dict[str, Any]) -> None:
    """Note that somebody is there now, in the settings of a server's web application."""
    settings.setdefault("last_activity_times", {})[PERSON] = datetime.now(UTC)


def is_told(settings: dict[str, Any]) -> bool:
    """Tell whether windows of this server tell of their person; not so where the extension is switched off."""
    return PERSON in settings.get("last_activity_times", {})


def is_use(method: str, path: str, *, body: bytes = b"", since: timedelta, status: int = 200) -> bool:
    """Tell whether a request of a window, whose person is told of apart, means still that somebody uses the server.

    Files that are sent do: that takes long without a key. What JupyterLab saves by itself does not, and least of all again
    and again, as it does where the disk is full.

    Args:
        path: below the server's own address, without a slash in front.
        body: what was sent.
        since: how long ago the server was used before that.
        status: of the answer.
    """
    if method not in _WRITES or not path.startswith(_OF_PERSONS) or status >= _FAILS:
        return False
    is_part = path.startswith(_PARTS) or (method == "PUT" and _PART.search(body[:_HEAD_BYTES]) is not None)
    return is_part or since < CHAIN


def count_persons_only(handlers: Any, base: str) -> None:
    """Let requests that windows make by themselves count no more, in this process.

    JupyterLab could say itself which they are (jupyterlab#19796). Remove when it does so for all of them.

    Args:
        handlers: Jupyter Server's class of what answers its API.
        base: the server's own address, with a slash at its end.
    """
    counts = found(handlers, "update_api_activity", "A window that is left open counts as use of its server.")
    if counts is None:
        return

    def update_api_activity(handler: Any) -> None:
        asked = handler.request
        # Both bring a token; only windows have cookies.
        if "Cookie" in asked.headers and is_told(handler.settings):
            since = datetime.now(UTC) - handler.application.last_activity()
            path = asked.path.removeprefix(base)
            if not is_use(asked.method, path, body=asked.body, since=since, status=handler.get_status()):
                return
        counts(handler)

    handlers.update_api_activity = update_api_activity


def tell_hub_later(extension: Any) -> None:
    """Let JupyterHub's part of a server tell the hub of its use some seconds after the start, in this process.

    JupyterHub 6.1 tells it at once what the hub knows, and keeps it from ending the start meanwhile: 5 to 10 ms of 100.
    Remove when it waits by itself.

    Args:
        extension: its class.
    """
    keep = found(
        extension, "keep_activity_updated", "The hub hears of a new server at once, and its start takes longer."
    )
    if keep is None:
        return

    async def keep_activity_updated(server: Any) -> None:
        await asyncio.sleep(FIRST_S)
        await keep(server)

    extension.keep_activity_updated = keep_activity_updated
