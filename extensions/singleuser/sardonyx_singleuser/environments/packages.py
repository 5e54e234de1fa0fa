"""ipykernel and what it needs, in a folder of its own for each kind of Python; a kernel has it behind its environment.

For the Python of the server it is a folder of links into the shared environment: nothing is copied, nothing fetched. For
another one the packages are fetched once, by uv or pip. Nothing else is in it, so what a project imports without having
it is missing as it would be elsewhere.
"""

import json
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from sardonyx_singleuser.environments.probe import Facts
from sardonyx_singleuser.own_packages import KERNEL, kernel_packages

PACKAGES, NEEDS, FROM = "packages", "needs.json", "from"
PATIENCE_S = 600.0


class FetchError(Exception):
    """The packages could not be fetched; the message is what the program said that tried."""


def folder_of_all(home: Path) -> Path:
    """Return where they are in a home."""
    return home / ".local" / "share" / "sardonyx" / "kernels"


def get(facts: Facts, python: str, variables: Mapping[str, str], home: Path) -> Path:
    """Return the folder for a Python, and make it where it is not there yet.

    Args:
        variables: of the programs that fetch.

    Raises:
        OSError: it cannot be written.
        FetchError: it cannot be fetched.
    """
    if facts.abi == sysconfig.get_config_var("SOABI"):
        return _linked(home)
    folder = folder_of_all(home) / f"fetched-{facts.abi or facts.short}"
    if not (folder / NEEDS).is_file():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".making-", dir=folder.parent) as making:
            new = Path(making) / folder.name
            new.mkdir()
            _fetch(python, new / PACKAGES, variables)
            found = list(distributions(path=[str(new / PACKAGES)]))
            (new / NEEDS).write_text(json.dumps(needs(found, facts.short)))
            _put(new, folder)
    return folder


def needs(found: list[Distribution], python: str) -> dict[str, str]:
    """Return the versions that a kernel needs of what it is made of, by name: {"tornado": ">=6.5.7"}.

    Args:
        found: all packages that it is made of.
        python: the version of Python, "3.12".
    """
    told: dict[str, list[str]] = {canonicalize_name(package.name): [] for package in found}
    where = {"extra": "", "python_version": python, "python_full_version": f"{python}.0"}
    for requirement in (Requirement(text) for package in found for text in package.requires or ()):
        name = canonicalize_name(requirement.name)
        if name in told and (requirement.marker is None or requirement.marker.evaluate(where)):
            told[name].append(str(requirement.specifier))
    return {name: ",".join(filter(None, dict.fromkeys(each))) for name, each in told.items()}


def _linked(home: Path) -> Path:
    """Return a folder of links to the shared environment's packages; another environment has another folder."""
    wanted = kernel_packages()
    site = Path(str(distribution(KERNEL).locate_file("")))
    told = json.dumps([str(site), sorted(wanted.items())])
    folder = folder_of_all(home) / f"linked-{sys.implementation.cache_tag}-{sha256(told.encode()).hexdigest()[:8]}"
    if (folder / NEEDS).is_file():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    _clear(folder.parent)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=folder.parent) as making:
        new = Path(making) / folder.name
        (new / PACKAGES).mkdir(parents=True)
        found = [distribution(name) for name in wanted]
        tops = {file.parts[0] for package in found for file in package.files or ()}
        for top in sorted(tops - {"..", "__pycache__"}):
            (new / PACKAGES / top).symlink_to(site / top)
        (new / FROM).symlink_to(site)
        (new / NEEDS).write_text(json.dumps(needs(found, "{}.{}".format(*sys.version_info))))
        _put(new, folder)
    return folder


def _clear(place: Path) -> None:
    """Remove the links to shared environments that are no more; no kernel can run with them."""
    for folder in place.glob("linked-*"):
        if not (folder / FROM).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _put(new: Path, folder: Path) -> None:
    """Put a folder into its place, in one step: another server may have done so at the same moment."""
    with suppress(OSError):
        new.rename(folder)
    if not (folder / NEEDS).is_file():
        # Something else is there.
        shutil.rmtree(folder)
        new.rename(folder)


def _fetch(python: str, target: Path, variables: Mapping[str, str]) -> None:
    uv = shutil.which("uv", path=variables.get("PATH"))
    if uv is not None:
        command = [uv, "pip", "install", "--quiet", "--python", python, "--target", str(target), KERNEL]
    else:
        # pip of the server's Python, which works on others: theirs may have none.
        command = [sys.executable, "-I", "-m", "pip", "--python", python, "install", "--quiet", "--no-input"]
        command += ["--disable-pip-version-check", "--retries", "1", "--timeout", "20", "--target", str(target), KERNEL]
    try:
        done = subprocess.run(
            command,
            cwd="/",
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FetchError(f"it took longer than {PATIENCE_S / 60:.0f} minutes") from None
    if done.returncode:
        raise FetchError(f"{Path(command[0]).name} said: {(done.stderr or done.stdout).strip()[-1500:]}")
