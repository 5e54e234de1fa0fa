"""Puts tools and apps into a server: their addresses, behind its sign-in."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sardonyx_singleuser.tools.handlers import (
    AppHandler,
    AppsHandler,
    PageHandler,
    ProcessHandler,
    ToolsHandler,
)
from sardonyx_singleuser.tools.shelf import Shelf
from sardonyx_singleuser.tools.tool import SHELF

NAME = r"([A-Za-z0-9_-]+)"


def add_tools(server: Any, variables: Mapping[str, str]) -> None:
    """Add the addresses to a Jupyter server."""
    base = server.web_app.settings["base_url"]
    home = Path(server.root_dir)
    first = variables.get("JUPYTERHUB_DEFAULT_URL", "").removeprefix("/lab/tree/")
    folder = home / first if first and (home / first).is_dir() else home
    server.web_app.settings[SHELF] = Shelf(home, folder, base, variables, sys.executable)
    server.web_app.add_handlers(
        ".*",
        [
            (rf"{base}(tools|apps)/{NAME}(|/.*)", PageHandler),
            (rf"{base}sardonyx/api/processes/(tools|apps)/{NAME}", ProcessHandler),
            (rf"{base}sardonyx/api/tools", ToolsHandler),
            (rf"{base}sardonyx/api/apps", AppsHandler),
            (rf"{base}sardonyx/api/apps/{NAME}", AppHandler),
        ],
    )
