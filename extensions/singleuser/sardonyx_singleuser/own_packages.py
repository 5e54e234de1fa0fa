"""Packages of a person's own, beside those of the shared environment, which nobody can change.

They are in a virtual environment in the home, `~/.local/share/sardonyx/python-3.11`, that has the shared packages behind
its own. `pip` in a terminal, `%pip` in a notebook and `python -m pip` install there. Notebooks and programs that the
shared Python runs find them, too; the server itself does not, so nothing that is installed there keeps it from starting.
"""

import os
import site
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

VARIABLE = "SARDONYX_PACKAGES"
"""Names the virtual environment; set for everything that a server starts."""
LINK = "sardonyx-shared.pth"
"""Puts the shared packages behind the own ones, in their own environment only."""
PIP_FIRST = Path(__file__).with_name("pip_first")
"""Has a `pip` in it that starts the one of the own environment, whatever Python runs it."""
START_PIP = '#!/bin/sh\nexec "$(dirname "$0")/python" -m pip "$@"\n'
CONSTRAINTS = "constraints.txt"
"""Versions of what a notebook's kernel is made of: with others of the person's own no notebook would start."""
KERNEL = "ipykernel"
VERSION = "python{}.{}".format(*sys.version_info)


def folder(home: Path) -> Path:
    """Return the place of a person's own packages, for this version of Python."""
    return home / ".local" / "share" / "sardonyx" / VERSION.replace("python", "python-")


def packages(own: Path) -> Path:
    """Return the folder from which they are imported."""
    return own / "lib" / VERSION / "site-packages"


def labextensions(home: Path) -> Path:
    """Return where the own packages put what is for JupyterLab's page; it may not be there."""
    return folder(home) / "share" / "jupyter" / "labextensions"


def make(own: Path, shared: Path) -> None:
    """Make the environment, empty, or let it know where the shared packages are now.

    Args:
        shared: the folder from which shared packages are imported.

    Raises:
        OSError: it cannot be written.
    """
    # Where the file with the name of a Python program is, as venv writes it.
    base = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    link = f"import site, sys; sys.prefix == {str(own)!r} and site.addsitedir({str(shared)!r})\n"
    wanted = {
        own / "pyvenv.cfg": f"home = {base.parent}\ninclude-system-site-packages = false\n",
        packages(own) / LINK: link,
    }
    if all(_says(path, text) for path, text in wanted.items()):
        return
    wanted[own / CONSTRAINTS] = "".join(f"{name}=={version}\n" for name, version in sorted(kernel_packages().items()))
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    programs = own / "bin"
    programs.mkdir(exist_ok=True)
    for name in ("python", "python3", VERSION):
        (programs / name).unlink(missing_ok=True)
        (programs / name).symlink_to(base)
    for name in ("pip", "pip3"):
        if not (programs / name).exists():
            (programs / name).write_text(START_PIP)
            (programs / name).chmod(0o755)


def _says(path: Path, text: str) -> bool:
    try:
        return path.read_text() == text
    except (OSError, ValueError):
        return False


@cache
def kernel_packages() -> Mapping[str, str]:
    """Return the shared packages that a kernel needs, with their versions; looked up once, which takes its time."""
    from importlib.metadata import PackageNotFoundError, distribution  # noqa: PLC0415

    from packaging.requirements import Requirement  # noqa: PLC0415

    found: dict[str, str] = {}
    wanted = [KERNEL]
    while wanted:
        try:
            package = distribution(wanted.pop())
        except PackageNotFoundError:
            continue
        if package.name not in found:
            found[package.name] = package.version
            needs = map(Requirement, package.requires or ())
            wanted += [need.name for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    return found


def give(home: Path) -> None:
    """Let everything that this server starts have the person's own packages; a full disk keeps nobody from starting."""
    own = folder(home)
    with suppress(OSError):
        make(own, Path(site.getsitepackages([sys.prefix])[0]))
        os.environ[VARIABLE] = os.environ["VIRTUAL_ENV"] = str(own)
        os.environ["PIP_CONSTRAINT"] = os.environ["UV_CONSTRAINT"] = str(own / CONSTRAINTS)
        os.environ["PATH"] = f"{own / 'bin'}:{os.environ.get('PATH', '')}"


def add_to_path() -> None:
    """Let this Python find the own packages, before the shared ones; called when a shared Python starts."""
    named = os.environ.get(VARIABLE, "")
    own = packages(Path(named)) if named else None
    if own is None or sys.prefix == named or not own.is_dir() or str(own) in sys.path:
        return
    before = list(sys.path)
    # Also what stands in its .pth files, such as projects that are being worked on.
    site.addsitedir(str(own))
    new = [path for path in sys.path if path not in before]
    shared = set(site.getsitepackages([sys.prefix]))
    at = next((number for number, path in enumerate(before) if path in shared), len(before))
    sys.path[:] = [*before[:at], *new, str(PIP_FIRST), *before[at:]]


def shadowing(own: Path, modules: Iterable[str]) -> str:
    """Return the name of one of the own packages that some program has in memory from elsewhere; "" = there is none.

    Args:
        modules: names of what is in memory.
    """
    known = {name.partition(".")[0] for name in modules}
    try:
        names = {entry.name.partition(".")[0] for entry in packages(own).iterdir() if entry.suffix != ".dist-info"}
    except OSError:
        return ""
    return min(names & known, default="")
