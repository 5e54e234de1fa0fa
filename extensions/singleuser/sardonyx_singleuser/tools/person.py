"""Whether somebody is at the page of a tool or an app: a script in it tells of keys, clicks and scrolling.

Such pages ask and send by themselves, with any method and over websockets: VS Code writes a file every five seconds,
MLflow looks for runs by POST. None of that tells whether their person is there.
"""

from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import JupyterHandler, utcnow
from tornado import web

USED = "sardonyx-tools"
"""Our entry in Jupyter Server's list of what was used when."""
SCRIPT = Path(__file__).parents[1] / "pages" / "person.js"
ALTERED = ("Accept-Encoding", "If-None-Match", "If-Modified-Since")
"""Asked for without these, a page comes as it is, and as a whole."""


def note_use(settings: dict[str, Any]) -> None:
    """Note that somebody used this server now, in the settings of its web application."""
    settings.setdefault("last_activity_times", {})[USED] = utcnow()


class ScriptHandler(JupyterHandler):  # type: ignore[misc]
    """The script, at `sardonyx/person.js`."""

    @web.authenticated
    def get(self) -> None:
        """Return it."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "private, max-age=3600")
        self.finish(SCRIPT.read_text())
