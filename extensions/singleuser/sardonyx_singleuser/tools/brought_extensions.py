"""Extensions of VS Code that come with the tool: each person has them as if it were by their own hand, and can change that.

VS Code lets nobody update what it has built in, so they are entries in the list of the person's own: those whose place is
outside of the home. VS Code puts another place there when the person updates one, and takes it out when they remove it.
"""

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

FOLDER = "vscode-extensions"
"""Beside the tools."""
LIST = "extensions.json"
"""What code-server calls its list of extensions."""
GIVEN = "given-extensions.json"
"""In the person's data of VS Code: what they had from here, so that what they removed does not come again."""

Entry = dict[str, Any]


def give_extensions(tools: Path, own: Path) -> None:
    """Write what came with the tool into the person's list, where that is not so yet.

    A list that cannot be read is VS Code's to mend, and one that cannot be written on a full disk is written another time.

    Args:
        tools: folder of the tools.
        own: the person's data of VS Code.
    """
    folder, extensions = tools / FOLDER, own / "extensions"
    if not (extensions / LIST).exists() and any(extensions.glob("*/package.json")):
        # Of a release that had no list: VS Code makes it, where it finds none.
        return
    with suppress(OSError, TypeError, ValueError):
        brought = [_entry(each, folder) for each in _read(folder / LIST, dict)]
        before, given = _read(extensions / LIST, dict), _read(own / GIVEN, str)
        after, names = with_brought(before, brought, given), sorted(_name(each) for each in brought)
        if after != before:
            _write(extensions / LIST, after)
        if names != given:
            _write(own / GIVEN, names)


def with_brought(own: Sequence[Entry], brought: Sequence[Entry], given: Iterable[str]) -> list[Entry]:
    """Return a person's list with what came with the tool.

    Args:
        given: names of what the person had from here before.
    """
    new = {_name(each): each for each in brought}
    there = {*given, *(_name(each) for each in own)}
    kept = [_renewed(each, new.get(_name(each))) if _is_brought(each) else each for each in own]
    return [*(each for each in kept if each), *(each for name, each in new.items() if name not in there)]


def _renewed(own: Entry, new: Entry | None) -> Entry | None:
    """Return an entry as it is to be now; None = it comes with the tool no more."""
    if new is None:
        return None
    # Where it is the same, as the person has it: VS Code writes down there what they chose.
    return own if own["location"]["path"] == new["location"]["path"] else new


def _is_brought(entry: Entry) -> bool:
    # By the name of the folder: the one above may be elsewhere than it was.
    location = entry.get("location")
    return isinstance(location, dict) and Path(str(location.get("path", ""))).parent.name == FOLDER


def _name(entry: Entry) -> str:
    identifier = entry.get("identifier")
    return str(identifier.get("id", "")).lower() if isinstance(identifier, dict) else ""


def _entry(told: Entry, folder: Path) -> Entry:
    """Return what code-server wrote down, with its place as VS Code writes it."""
    place = {"$mid": 1, "path": str(folder / str(told["relativeLocation"])), "scheme": "file"}
    return {**{name: value for name, value in told.items() if name != "relativeLocation"}, "location": place}


def _read(file: Path, kind: type) -> list[Any]:
    """Return a list of things of a kind; [] where there is none.

    Raises:
        TypeError: it is something else.
        ValueError: it is no JSON.
    """
    told = json.loads(file.read_text()) if file.exists() else []
    if not isinstance(told, list) or not all(isinstance(each, kind) for each in told):
        raise TypeError(f"{file} is something else")
    return told


def _write(file: Path, told: Sequence[object]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    new.write_text(json.dumps(told))
    new.replace(file)
