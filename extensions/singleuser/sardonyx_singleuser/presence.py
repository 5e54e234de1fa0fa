"""Whether somebody is there: JupyterLab's window tells of keys, clicks and scrolling.

By itself a window asks for files, sessions and layout every few seconds, and Jupyter Server takes each request for use:
who left it open would keep their server for ever.
"""

import asyncio
from datetime import UTC, datetime
from typing import Any

PERSON = "sardonyx-person"
"""Our entry in Jupyter Server's list of what was used when: somebody said that they are there."""
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
FIRST_S = 5.0
"""So long after its start a server tells the hub of its use for the first time."""
_OF_PERSONS = ("api/contents", "sardonyx/api/")


def note_presence(settings: dict[str, Any]) -> None:
    """Note that somebody is there now, in the settings of a server's web application."""
    settings.setdefault("last_activity_times", {})[PERSON] = datetime.now(UTC)


def is_told(settings: dict[str, Any]) -> bool:
    """Tell whether windows of this server tell of their person; not so where the extension is switched off."""
    return PERSON in settings.get("last_activity_times", {})


def is_use(method: str, path: str, *, from_window: bool) -> bool:
    """Tell whether a request means that somebody uses the server.

    Args:
        path: below the server's own address, without a slash in front.
        from_window: it is one of those whose person is told of apart. Of these, what writes files counts still:
            sending a large one takes long without a key.
    """
    return not from_window or (method in _WRITES and path.startswith(_OF_PERSONS))


def count_persons_only(handlers: Any, base: str) -> None:
    """Let requests that windows make by themselves count no more, in this process.

    Args:
        handlers: Jupyter Server's class of what answers its API.
        base: the server's own address, with a slash at its end.
    """
    counts = handlers.update_api_activity

    def update_api_activity(handler: Any) -> None:
        asked = handler.request
        # Both bring a token; only windows have cookies.
        from_window = "Cookie" in asked.headers and is_told(handler.settings)
        if is_use(asked.method, asked.path.removeprefix(base), from_window=from_window):
            counts(handler)

    handlers.update_api_activity = update_api_activity


def tell_hub_later(extension: Any) -> None:
    """Let JupyterHub's part of a server tell the hub of its use some seconds after the start, in this process.

    JupyterHub 6.1 tells it at once what the hub knows, and keeps it from ending the start meanwhile: 5 to 10 ms of 100.

    Args:
        extension: its class.
    """
    keep = getattr(extension, "keep_activity_updated", None)
    if keep is None:
        return

    async def keep_activity_updated(server: Any) -> None:
        await asyncio.sleep(FIRST_S)
        await keep(server)

    extension.keep_activity_updated = keep_activity_updated
