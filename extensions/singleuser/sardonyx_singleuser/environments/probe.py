"""What an environment's Python says of itself: asked before a kernel is started, so that what is wrong can be said."""

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from sardonyx_singleuser.language import _

OLDEST = (3, 10)
"""Older ones no pip can install packages for that are needed; they have to have ipykernel themselves."""
PATIENCE_S = 30.0
# Understood by every Python, also by 2.7: the names of installed packages stand in those of files.
ASK = """
import json, os, sys
told = {"version": list(sys.version_info[:3]), "packages": []}
for folder in sys.path:
    if os.path.isdir(folder):
        told["packages"] += [name for name in os.listdir(folder) if name.endswith((".dist-info", ".egg-info"))]
try:
    import importlib.util, sysconfig
    told["abi"] = sysconfig.get_config_var("SOABI") or ""
    told["has_kernel"] = importlib.util.find_spec("ipykernel") is not None
except (ImportError, AttributeError, ValueError):
    pass
print("\\n" + json.dumps(told))
"""
_PACKAGE = re.compile(r"([A-Za-z0-9_.]+)-([^-]+)(?:-py[\d.]+)?\.(?:dist|egg)-info")


class ProbeError(Exception):
    """It does not answer; the message is what it said instead, in a line."""


@dataclass(frozen=True)
class Facts:
    """What it says.

    Args:
        abi: what compiled packages are for: "cpython-311-x86_64-linux-gnu".
        has_kernel: whether ipykernel is in the environment.
        packages: what is in it, by its name, with its version.
    """

    version: tuple[int, int, int]
    abi: str = ""
    has_kernel: bool = False
    packages: Mapping[str, str] = field(default_factory=dict)

    @property
    def short(self) -> str:
        """The version as people call it."""
        return "{}.{}".format(*self.version)


def ask(python: str, variables: Mapping[str, str]) -> Facts:
    """Ask a Python.

    Raises:
        ProbeError: it does not answer.
    """
    try:
        # In a folder without modules of the person's, which would be imported instead of Python's.
        done = subprocess.run(
            [python, "-c", ASK], cwd="/", env=dict(variables), capture_output=True, timeout=PATIENCE_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise ProbeError(_("it did not answer within {seconds} seconds").format(seconds=round(PATIENCE_S))) from None
    except OSError as error:
        raise ProbeError(_("it cannot be run: {problem}").format(problem=error.strerror)) from None
    if done.returncode:
        raise ProbeError(_last_line(done.stderr) or _("it ended with code {code}").format(code=done.returncode))
    try:
        # What is installed in it may say something, too.
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        version = tuple(map(int, told["version"]))
    except (ValueError, IndexError, KeyError, TypeError):
        raise ProbeError(_("it is no Python")) from None
    release = (version[0], version[1], version[2])
    packages = installed(told.get("packages", []))
    return Facts(release, str(told.get("abi", "")), bool(told.get("has_kernel")), packages)


def installed(files: list[str]) -> dict[str, str]:
    """Return packages with their versions, by the names of the folders that tell of them; the first of a name is imported."""
    found: dict[str, str] = {}
    for match in filter(None, map(_PACKAGE.fullmatch, files)):
        found.setdefault(canonicalize_name(match[1]), match[2])
    return found


def unfit(packages: Mapping[str, str], needs: Mapping[str, str]) -> list[str]:
    """Return what is in an environment in a version with which no kernel runs: ["tornado 5.1 (>=6.5.7 is needed)"].

    Args:
        needs: versions that a kernel needs, by the name of the package.
    """
    found = []
    for name in sorted(packages.keys() & needs.keys()):
        try:
            fits = SpecifierSet(needs[name]).contains(Version(packages[name]), prereleases=True)
        except InvalidVersion:
            continue
        if not fits:
            said = _("{package} {version} ({needed} is needed)")
            found.append(said.format(package=name, version=packages[name], needed=needs[name]))
    return found


def _last_line(text: bytes) -> str:
    lines = text.decode(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else ""
