"""Runs a script of Panel on a unix socket, by the Python of the app: `python panel_server.py FILE SOCKET`.

Panel runs it anew for each visit. Many scripts are made to be started by hand, too, and end with `.show()` or `pn.serve()`:
at each visit that would start a server of its own, on a port for all the world.
"""

import inspect
import sys
from pathlib import Path
from typing import Any

import panel as pn
from panel.command import main as run
from panel.viewable import ServableMixin


def show(wanted: Any, title: str | None = None, *_given: Any, **_named: Any) -> None:
    """Make something the app, where the script has made nothing else the app yet."""
    if not pn.state.curdoc.roots:
        wanted.servable(title)


def serve(wanted: Any, *_given: Any, **named: Any) -> None:
    """Make what would be served the app, or what it makes when it is called; the first of several."""
    first = next(iter(wanted.values())) if isinstance(wanted, dict) else wanted
    show(pn.panel(first() if inspect.isfunction(first) else first), named.get("title"))


def main() -> None:
    """Serve it."""
    file, path = sys.argv[1:]
    # As if the file had been started itself.
    sys.path.insert(0, str(Path(file).parent))
    ServableMixin.show, pn.serve = show, serve
    # Requests of other sites do not come through the hub's sign-in.
    sys.argv = ["panel", "serve", file, f"--unix-socket={path}", "--allow-websocket-origin=*", "--use-xheaders"]
    run()


if __name__ == "__main__":
    main()
