"""Working together in one server, through jupyter-collaboration: in every environment, off unless the plan says so.

Off is free: nothing of it is imported or loaded, and JupyterLab's page does not name it.
"""

import json
import os
from pathlib import Path
from typing import Any

EXTENSIONS = ("jupyter_server_fileid", "jupyter_server_ydoc")
"""Its parts in the server."""
LABEXTENSIONS = ("@jupyter/collaboration-extension", "@jupyter/docprovider-extension")
"""Its parts in JupyterLab. `etc/page_config.json` turns them off in the whole environment: one of them turns parts of
JupyterLab off, which has to stay on where it is off itself."""
SHARED_LINK = "@jupyter/collaboration-extension:shared-link"
"""A button whose link leads everybody into a server of their own, and whose invitations the hub does not take."""
CONFIG_PATH = "JUPYTER_CONFIG_PATH"
HOOK = "page_config_hook"
ASK_AGAIN_S = 5
"""Who may enter is asked of the hub again after so many seconds: who is not invited any more is out after that."""


def extensions(*, is_on: bool) -> dict[str, bool]:
    """Return which of its parts in the server are loaded."""
    return dict.fromkeys(EXTENSIONS, is_on)


def options(folder: Path) -> list[str]:
    """Return what the server is told where it is on.

    Args:
        folder: of this server alone, and gone with it: what it keeps there is of use while it runs. Its own places for
            that are files in the home.
    """
    return [
        f"--SQLiteYStore.db_path={folder / 'edits.db'}",
        f"--YDocExtension.session_store_path={folder / 'sessions.json'}",
        f"--BaseFileIdManager.db_path={folder / 'files.db'}",
        f"--HubOAuth.cache_max_age={ASK_AGAIN_S}",
    ]


def turn_on(folder: Path) -> None:
    """Let JupyterLab's page have it: said to this server, and to no other of the environment."""
    settings = folder / "labconfig" / "page_config.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps({"disabledExtensions": {**dict.fromkeys(LABEXTENSIONS, False), SHARED_LINK: True}}))
    before = os.environ.get(CONFIG_PATH)
    os.environ[CONFIG_PATH] = f"{folder}{os.pathsep}{before}" if before else str(folder)


def leave_out(settings: dict[str, Any]) -> None:
    """Take it out of JupyterLab's page, where it is off: a browser loads also what is off, to look.

    Args:
        settings: of the server's web application.
    """
    before = settings.get(HOOK) or (lambda _handler, config: config)

    def hook(handler: Any, config: dict[str, Any]) -> dict[str, Any]:
        found = before(handler, config)
        there = found.get("federated_extensions", [])
        return {**found, "federated_extensions": [each for each in there if each["name"] not in LABEXTENSIONS]}

    settings[HOOK] = hook
