"""Tools for a Sardonyx of the tests: what takes minutes to install is kept outside of the clone, by its parts' hashes."""

import fcntl
import os
import subprocess
from pathlib import Path

import pytest

from sardonyx_hub_config.tools.install import MADE, install
from sardonyx_hub_config.tools.recipes import RECIPES


def give_vscode(tools: Path) -> None:
    """Put VS Code into a folder of tools, as `sardonyx tools install` does it."""
    recipe = RECIPES["vscode"]
    if missing := recipe.missing():
        pytest.skip(f"VS Code cannot be built here without {', '.join(missing)}. On Debian: {recipe.packages}")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sardonyx-tests" / "tools"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        install(recipe, cache, cache / "vscode.log")
    made = (cache / recipe.name).resolve()
    (tools / MADE).mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", "--reflink=auto", str(made), str(tools / MADE)], check=True)
    install(recipe, tools, tools / "vscode.log")
