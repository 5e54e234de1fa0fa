"""Language servers: where those of npm are, found without npm, and whether there is one at all."""

import os
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from sardonyx_singleuser.r_packages import may_have

TRAIT = "LanguageServerManager.node_roots"
FINDERS = "jupyter_lsp_spec_v1"
"""Entry points of jupyter_lsp: each finds one language server."""
R = "Rscript"
PREFIX = re.compile(r"^\s*prefix\s*=", re.MULTILINE)


def node_roots(home: Path) -> list[Path] | None:
    """Return the places that jupyter_lsp would find by running npm, which takes a third of a second.

    Returns:
        [] where there is no npm: jupyter_lsp looks at the usual places. None where npm has to be asked, because its own
        configuration may say something else.
    """
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return []
    prefix = Path(node).resolve().parents[1]
    files = (home / ".npmrc", prefix / "etc" / "npmrc", Path("/etc/npmrc"))
    if any(name.lower().startswith("npm_config_") for name in os.environ) or any(map(_has_prefix, files)):
        return None
    here = Path(sys.prefix)
    roots = (home, here / "share" / "jupyter" / "lab" / "staging", here / "lib", here, prefix / "lib", prefix)
    return list(dict.fromkeys(roots))


def node_root_options(roots: Sequence[Path] | None) -> list[str]:
    """Return options that tell jupyter_lsp of them."""
    return [f"--{TRAIT}={root}" for root in roots or ()]


def has_language_server(roots: Sequence[Path] | None) -> bool:
    """Tell whether jupyter_lsp would find a language server, or has to look itself."""
    finders = _finders()
    return bool(finders) and (roots is None or is_any_there(finders, roots))


def is_any_there(finders: Iterable[Any], roots: Iterable[Path]) -> bool:
    """Tell whether jupyter_lsp would find a language server.

    Args:
        finders: its own; one that cannot be asked at once, or fails, is taken to find something.
        roots: with the packages of npm; none = the usual places.
    """
    from jupyter_lsp.manager import LanguageServerManager  # noqa: PLC0415 - takes its time, where nothing is warmed

    named = [str(root) for root in roots]
    manager = LanguageServerManager(**({"node_roots": named} if named else {}))
    return any(_finds(finder, manager) for finder in finders)


def _finds(finder: Any, manager: Any) -> bool:
    try:
        if getattr(finder, "is_installed_args", None):
            # It would run the program: R, or Julia.
            found = finder.solve()
            if not found or finder.cmd != R:
                return bool(found)
            return may_have(finder.package, Path(found), Path.home(), os.environ)
        return not hasattr(finder, "is_installed") or bool(finder.is_installed(manager))
    except Exception:  # noqa: BLE001 - jupyter_lsp asks it again, and says what is wrong
        return True


@cache
def _finders() -> list[Any]:
    """Return the finders of this environment: read once, in the process that servers are made from."""
    return [entry.load() for entry in entry_points(group=FINDERS)]


def _has_prefix(file: Path) -> bool:
    try:
        return PREFIX.search(file.read_text(errors="replace")) is not None
    except OSError:
        return False
