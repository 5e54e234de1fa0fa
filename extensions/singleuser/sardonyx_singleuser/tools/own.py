"""Tools that the operator has written into the settings."""

import json
import logging
from collections.abc import Mapping
from typing import Any, cast

from sardonyx_singleuser import contract
from sardonyx_singleuser.language import N_
from sardonyx_singleuser.tools.tool import Category, Place, Start, Tool, ToolError, program

ASK = N_("Ask the people who run this place for it.")
log = logging.getLogger(__name__)


def own_tools(variables: Mapping[str, str]) -> dict[str, Tool]:
    """Return them by their names; one that this version does not understand is left out, and the log says so."""
    found = {}
    for name, said in json.loads(variables.get(contract.OWN_TOOLS) or "{}").items():
        try:
            found[name] = own_tool(name, said)
        except (ToolError, KeyError, TypeError, ValueError) as error:
            log.warning("The tool %s is left out: %s. The hub may be of another version than this server.", name, error)
    return found


def own_tool(name: str, said: Mapping[str, Any]) -> Tool:
    """Return one tool.

    Args:
        said: as the settings have it.

    Raises:
        ToolError: it cannot be shown as is written.
        KeyError: something is missing.
    """
    command, variables = [str(word) for word in said["command"]], dict(said["variables"])

    def start(found: str, place: Place) -> Start:
        return Start(
            (found, *(filled_in(word, place) for word in command[1:])),
            place.folder,
            {variable: filled_in(value, place) for variable, value in variables.items()},
            str(said["ready_path"]),
            float(said["patience_s"]),
        )

    return Tool(
        name=name,
        title=str(said["title"]),
        description=str(said["description"]),
        find=program(name, command[0]),
        start=start,
        icon=str(said["icon"]),
        category=cast("Category", said["category"]),
        needs_window=bool(said["needs_window"]),
        # It is a sentence, and nothing is filled in.
        how_to_get=str(said["how_to_get"]).replace("{", "{{").replace("}", "}}") or ASK,
        keeps_prefix=bool(said["keeps_prefix"]),
    )


def filled_in(text: str, place: Place) -> str:
    """Return a word of a command with what only the server knows."""
    known = {"socket": place.socket, "prefix": place.prefix, "folder": place.folder, "home": place.home}
    for name, value in known.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text
