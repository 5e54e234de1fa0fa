"""Extensions of VS Code that each server has: what was asked for, and how it gets beside the tool.

code-server itself gets and unpacks them: by name from Open VSX, or from a file. What it writes down of each is kept as it is,
since servers put it into the lists of their persons: `sardonyx_singleuser.tools.brought_extensions`.
"""

import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sardonyx_hub_config.opened import open_to_servers
from sardonyx_services.exclusive import exclusive

FOLDER = "vscode-extensions"
"""Beside the tool itself, which another version can replace without them."""
LIST = "extensions.json"
NAME = re.compile(r"\w[\w-]*\.\w[\w-]*(@\w[\w.+-]*)?", re.ASCII)
"""PUBLISHER.NAME or PUBLISHER.NAME@VERSION, as in marketplaces."""
ENDING = ".vsix"
MANIFEST = "extension/package.json"
SHIPPED = "vscode/node_modules/code-server/lib/vscode/extensions"
PATIENCE_S = 900.0
NO_REASON = "it did not say why"


class ExtensionError(Exception):
    """An extension cannot be had; the message is for the operator."""


@dataclass(frozen=True)
class Extension:
    """One that is there.

    Args:
        told: what code-server wrote down of it, without its place.
    """

    told: dict[str, Any]

    @property
    def name(self) -> str:
        """Its publisher and its own name, with a dot between them."""
        return str(self.told["identifier"]["id"])

    @property
    def version(self) -> str:
        """Such as 1.0.0."""
        return str(self.told["version"])

    @property
    def place(self) -> str:
        """Its folder in that of all."""
        return str(self.told["relativeLocation"])


def is_file(wanted: str) -> bool:
    """Tell whether a file is meant, and not a name, as code-server tells it."""
    return wanted.lower().endswith(ENDING)


def check_wanted(wanted: Iterable[str]) -> None:
    """Look at what was asked for, before anything is made.

    Raises:
        ExtensionError: something is neither a name nor a file with an extension.
    """
    for each in wanted:
        if not is_file(each):
            if NAME.fullmatch(each) is None:
                raise ExtensionError(
                    f"'{each}' is no extension of VS Code. Write its name, such as ms-python.python or"
                    f" ms-python.python@2026.1.0, or a file of type {ENDING}."
                )
        elif not Path(each).is_file():
            raise ExtensionError(f"there is no file {each}.")
        elif not _has_manifest(Path(each)):
            raise ExtensionError(f"{each} is no extension of VS Code: those are zip files with {MANIFEST} in them.")


def extensions(tools: Path) -> list[Extension]:
    """Return the extensions that servers have beside the tools of a folder, by their names."""
    return _read(tools / FOLDER)


def add_extensions(wanted: Sequence[str], tools: Path, log: Path) -> None:
    """Add extensions, all of them or none; one that is there in another version is replaced.

    Args:
        wanted: names and files.
        tools: a folder with VS Code in it.
        log: what code-server says is added to it.

    Raises:
        ExtensionError: one cannot be had, or does not fit.
    """
    check_wanted(wanted)
    folder = tools / FOLDER
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    with exclusive(folder / ".installing"), TemporaryDirectory(dir=folder, prefix=".new-") as made:
        for each in wanted:
            _take(each, tools, Path(made), log)
        before, new = _read(folder), _read(Path(made))
        after = {found.name.lower(): found for found in (*before, *new)}
        _check_needs(new, Path(made), {*after, *_shipped(tools)})
        for found in new:
            open_to_servers(Path(made, found.place))
            _move(Path(made, found.place), folder / found.place)
        _write(folder, after.values())
        # Not what was replaced now: it may still run in a server.
        _clear(folder, {found.place for found in (*before, *new)})


def remove_extensions(names: Iterable[str], tools: Path) -> None:
    """Remove extensions.

    Raises:
        ExtensionError: one is not there; none was removed.
    """
    folder = tools / FOLDER
    there = {found.name.lower(): found for found in _read(folder)}
    for name in names:
        if there.pop(name.lower(), None) is None:
            said = ", ".join(found.name for found in _read(folder)) or "none"
            raise ExtensionError(f"there is no extension '{name}' that was installed for servers. There are: {said}.")
    _write(folder, there.values())
    _clear(folder, {found.place for found in there.values()})


def remove_all_extensions(tools: Path) -> None:
    """Remove what there is, with VS Code itself."""
    shutil.rmtree(tools / FOLDER, ignore_errors=True)


def _take(wanted: str, tools: Path, folder: Path, log: Path) -> None:
    """Let code-server put an extension into a folder, with what it knows to get for it."""
    asked = str(Path(wanted).resolve()) if is_file(wanted) else wanted
    command = [str(tools / "vscode/bin/code-server"), "--install-extension", asked]
    command += ["--extensions-dir", str(folder), "--user-data-dir", str(folder / ".data")]
    command += ["--config", str(folder / ".config.yaml")]
    try:
        result = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=PATIENCE_S
        )
    except subprocess.TimeoutExpired:
        raise ExtensionError(f"the extension {wanted} could not be got within {PATIENCE_S / 60:.0f} minutes.") from None
    with log.open("a") as output:
        output.write(result.stdout)
    if result.returncode != 0:
        raise ExtensionError(
            f"VS Code does not take the extension {wanted}: {_reason(result.stdout).rstrip('.')}. Nothing was changed."
            + (
                ""
                if is_file(wanted)
                else f" Names are looked for at open-vsx.org; a file of type {ENDING} needs no network."
            )
        )


def _reason(said: str) -> str:
    """Return the line that says why, of all that code-server says: not its own steps, what Node warns of, and where it was."""
    steps = ("[", "(", " ", "}", "Installing extension", "Failed Installing")
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith(steps)]
    return lines[0].removeprefix("Error: ") if lines else NO_REASON


def _check_needs(new: Iterable[Extension], folder: Path, there: set[str]) -> None:
    # code-server installs one without what it needs where that cannot be had, and then it does not start.
    for found in new:
        needs = json.loads((folder / found.place / "package.json").read_text()).get("extensionDependencies", [])
        if missing := [name for name in needs if name.lower() not in there]:
            raise ExtensionError(
                f"the extension {found.name} needs {', '.join(missing)}, which could not be had."
                f" Name a file of type {ENDING} for each. Nothing was changed."
            )


def _shipped(tools: Path) -> set[str]:
    told = [json.loads(file.read_text()) for file in (tools / SHIPPED).glob("*/package.json")]
    return {f"{each['publisher']}.{each['name']}".lower() for each in told if "publisher" in each}


def _has_manifest(file: Path) -> bool:
    try:
        with zipfile.ZipFile(file) as packed:
            return MANIFEST in packed.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def _read(folder: Path) -> list[Extension]:
    file = folder / LIST
    told = json.loads(file.read_text()) if file.exists() else []
    found = [Extension({name: value for name, value in each.items() if name != "location"}) for each in told]
    return sorted(found, key=lambda each: each.name.lower())


def _write(folder: Path, found: Iterable[Extension]) -> None:
    new = folder / f".{LIST}"
    new.write_text(f"{json.dumps([each.told for each in found], indent=1)}\n")
    new.chmod(0o644)
    new.replace(folder / LIST)


def _move(made: Path, place: Path) -> None:
    if place.exists():
        place.rename(made.with_suffix(".before"))
    made.rename(place)


def _clear(folder: Path, kept: set[str]) -> None:
    for old in folder.iterdir():
        if old.is_dir() and not old.name.startswith(".") and old.name not in kept:
            shutil.rmtree(old, ignore_errors=True)
