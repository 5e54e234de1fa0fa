"""The plan of this server, as the hub wrote it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sardonyx_singleuser.contract import PLAN_VERSION


class PlanError(Exception):
    """The plan cannot be read; the message is for the operator."""


@dataclass(frozen=True)
class Repository:
    """A repository to find in the home.

    Args:
        branch: or a tag; "" = the main branch.
        commit: whole name of a commit to stay at; "" = the newest.
        folder: its place below the home; "" = a folder with the last part of the address.
        depth: so many commits of its history; None = all of it.
        is_material: what is new is brought into the person's copy, around their changes.
        copy: this place's own, a path or an address for git; "" = there is none.
    """

    url: str
    branch: str = ""
    commit: str = ""
    folder: str = ""
    depth: int | None = None
    is_material: bool = False
    copy: str = ""


@dataclass(frozen=True)
class Plan:
    """What this side needs of the plan.

    Args:
        secrets: environment variable -> where in Vault its value is, as PATH#FIELD.
        lifetime_s: seconds from the start to the end; None = no end.
        collaboration: people whom its owner invites can work in it.
        environment: that it was started with, as it is called in the settings; "" = it has an image alone.
        author_name: as whom the person's commits are made.
        tools: names of those that are offered; None = all that are there.
        is_fresh: its home goes with it.
    """

    title: str
    repositories: tuple[Repository, ...]
    secrets: Mapping[str, str] = field(default_factory=dict)
    lifetime_s: int | None = None
    author_name: str = ""
    author_mail: str = ""
    collaboration: bool = False
    tools: frozenset[str] | None = None
    environment: str = ""
    is_fresh: bool = False

    def offers(self, tool: str) -> bool:
        """Tell whether this server offers a tool, if it is there."""
        return self.tools is None or tool in self.tools


def read_plan(path: Path) -> Plan:
    """Read the plan file.

    Raises:
        PlanError: it is missing, damaged, or of another version than this side understands.
    """
    try:
        found = json.loads(path.read_text())
        version = found["version"]
        if version != PLAN_VERSION:
            raise PlanError(
                f"the plan has version {version}, and this environment understands {PLAN_VERSION}."
                " Start Sardonyx again, so that it makes the environment anew."
            )
        repositories = tuple(_repository(repository) for repository in found["repositories"])
        secrets = {str(name): str(where) for name, where in found.get("secrets", {}).items()}
        lifetime_s, tools = found.get("lifetime_s"), found.get("tools")
        return Plan(
            str(found["title"]),
            repositories,
            secrets,
            None if lifetime_s is None else int(lifetime_s),
            str(found.get("author_name", "")),
            str(found.get("author_mail", "")),
            bool(found.get("collaboration", False)),
            None if tools is None else frozenset(map(str, tools)),
            str(found.get("environment", "")),
            found.get("home") == "fresh",
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PlanError(f"the plan {path} cannot be read: {error}") from error


def _repository(found: Mapping[str, Any]) -> Repository:
    texts = {name: str(found.get(name, "")) for name in ("branch", "commit", "folder", "copy")}
    depth = found.get("depth")
    return Repository(
        str(found["url"]),
        **texts,
        depth=None if depth is None else int(depth),
        is_material=bool(found.get("is_material", False)),
    )
