"""Tools for a Sardonyx of the tests: what takes minutes to install is kept outside of the clone, by its parts' hashes."""

import fcntl
import subprocess
from pathlib import Path

import pytest
from support.kept_folder import kept_folder

from sardonyx_hub_config.tools.install import MADE, install
from sardonyx_hub_config.tools.recipes import RECIPES, Recipe

STREAMLIT = """
import streamlit as st
st.title("Hello from Streamlit")
if st.button("Press"):
    st.write("pressed once")
"""
"""An app with a button."""


def give_vscode(tools: Path) -> None:
    """Put VS Code into a folder of tools, as `sardonyx tools install` does it."""
    recipe = RECIPES["vscode"]
    if missing := recipe.missing():
        pytest.skip(f"VS Code cannot be built here without {', '.join(missing)}. On Debian: {recipe.packages}")
    _give(recipe, tools)


def give_mlflow(tools: Path) -> None:
    """Put MLflow there, in the same way."""
    kept, given = _give(RECIPES["mlflow"], tools)
    # Its programs name the Python that they are made for.
    for program in (given / "bin").iterdir():
        if program.is_file() and not program.is_symlink() and (text := program.read_bytes()).startswith(b"#!"):
            program.write_bytes(text.replace(bytes(kept), bytes(given)))


def _give(recipe: Recipe, tools: Path) -> tuple[Path, Path]:
    """Return where a tool is kept, and where it is now."""
    cache = kept_folder("tools")
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        install(recipe, cache, cache / f"{recipe.name}.log")
    made = (cache / recipe.name).resolve()
    (tools / MADE).mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", "--reflink=auto", str(made), str(tools / MADE)], check=True)
    install(recipe, tools, tools / f"{recipe.name}.log")
    return made, tools / MADE / made.name
