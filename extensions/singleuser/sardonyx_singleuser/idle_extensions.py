"""Extensions that a server does not load at its start: they would find nothing to do, or nothing to do yet.

The first ones would take a tenth of each start to learn that; the others are loaded when they are asked for.

Where somebody has settings of Jupyter's of their own, the person or the machine, nothing is left out: these may be for
one of them.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from sardonyx_singleuser.language_servers import has_language_server
from sardonyx_singleuser.own_settings import FILES, PATTERNS

CLASSIC, CLASSIC_PACKAGES = "notebook_shim", ("notebook", "nbclassic")
"""It makes extensions of the classic notebook work."""
LANGUAGE_SERVERS = "jupyter_lsp"
"""It validates what it knows of two dozen language servers, also where there is none."""

PROXY, PROXIED = "jupyter_server_proxy", "jupyter_serverproxy_servers"
"""Entry points of other packages, each a tool with an address of its own: where there is one, or one in packages'
settings, it is there at once."""
LAZY = {"jupyterlab_git": "git", "nbdime": "nbdime", PROXY: "(?:server-)?proxy"}
"""Loaded when they are asked for, see `lazy_extensions`: module -> first part of its addresses, below the server's, as a pattern."""


def idle_extensions(
    folders: Iterable[Path], roots: Sequence[Path] | None, environment: Path = Path(sys.prefix)
) -> list[str]:
    """Return the names of those that can be left out.

    Args:
        folders: where Jupyter looks for settings.
        roots: with packages of npm, see `node_roots`.
    """
    own = environment / "etc" / "jupyter"
    if any(_has_settings(folder, FILES if folder == own else PATTERNS) for folder in folders):
        return []
    found = [*_lazy(own), *([] if _has_classic(own) else [CLASSIC])]
    return found if has_language_server(roots) else [*found, LANGUAGE_SERVERS]


def _has_settings(folder: Path, patterns: Iterable[str]) -> bool:
    # What cannot be looked at is taken for a folder with settings: Jupyter says what is wrong.
    try:
        return folder.exists() and (not folder.is_dir() or any(any(folder.glob(pattern)) for pattern in patterns))
    except OSError:
        return True


@cache
def _lazy(folder: Path) -> tuple[str, ...]:
    """Return those that packages of the environment bring; looked at once, too."""
    parts = folder / "jupyter_server_config.d"
    try:
        known = _named(parts, "ServerApp", "jpserver_extensions")
        has_tools = bool(entry_points(group=PROXIED) or _named(parts, "ServerProxy", "servers"))
    except (OSError, ValueError, AttributeError):
        return ()
    return tuple(name for name in LAZY if name in known and not (name == PROXY and has_tools))


@cache
def _has_classic(folder: Path) -> bool:
    """Tell whether the environment has something of the classic notebook; looked at once, as its packages are."""
    try:
        known = _named(folder / "jupyter_server_config.d", "ServerApp", "jpserver_extensions")
        classic = _named(folder / "jupyter_notebook_config.d", "NotebookApp", "nbserver_extensions")
    except (OSError, ValueError, AttributeError):
        # Something else than what packages write: Jupyter says what is wrong.
        return True
    return any(find_spec(name) for name in CLASSIC_PACKAGES) or not classic <= known


def _named(parts: Path, section: str, extensions: str) -> set[str]:
    return {
        name
        for file in parts.glob("*.json")
        for name in json.loads(file.read_text()).get(section, {}).get(extensions, {})
    }
