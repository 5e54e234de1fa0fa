"""What libraries have read from the throw-away home of the warming, and a child with a home of its own must not have."""

import importlib
import sys
import sysconfig
from contextlib import suppress
from pathlib import Path


def adopt_user_base() -> None:
    """Replace what Python itself has read."""
    sysconfig.get_config_vars()["userbase"] = str(Path.home() / ".local")


def adopt_home() -> None:
    """Replace what libraries have read from the throw-away home at their import; for a child that has a home of its own.

    JupyterLab's folders for settings and workspaces are such, too: the launcher sets them.
    """
    adopt_user_base()
    trash = sys.modules.get("send2trash.plat_other")
    if trash is not None:
        # Without it, deleted files would go into a folder that is not there: no reason to have no server.
        with suppress(ImportError):
            importlib.reload(trash)
