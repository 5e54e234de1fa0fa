"""The plan of this server, as the hub wrote it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sardonyx_singleuser.contract import PLAN_VERSION


class PlanError(Exception):
    """The plan cannot be read; the message is for the operator."""


@dataclass(frozen=True)
class Repository:
    """A repository to find in the home; branch "" = the main one."""

    url: str
    branch: str = ""


@dataclass(frozen=True)
class Plan:
    """What this side needs of the plan.

    Args:
        secrets: environment variable -> where in Vault its value is, as PATH#FIELD.
        lifetime_s: seconds from the start to the end; None = no end.
    """

    title: str
    repositories: tuple[Repository, ...]
    secrets: Mapping[str, str] = field(default_factory=dict)
    lifetime_s: int | None = None


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
        repositories = tuple(Repository(str(r["url"]), str(r.get("branch", ""))) for r in found["repositories"])
        secrets = {str(name): str(where) for name, where in found.get("secrets", {}).items()}
        lifetime_s = found.get("lifetime_s")
        return Plan(str(found["title"]), repositories, secrets, None if lifetime_s is None else int(lifetime_s))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PlanError(f"the plan {path} cannot be read: {error}") from error
