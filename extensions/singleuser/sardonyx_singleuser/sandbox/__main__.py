"""`python -I -m sardonyx_singleuser.sandbox`: tries whether servers can be isolated here, and says so in JSON.

Found by trying, never from a version: kernels and distributions forbid parts of it in different ways.
"""

import errno
import json
import os
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn

from sardonyx_singleuser.contract import FIRST_OWNER
from sardonyx_singleuser.sandbox.calls import clone, is_known_machine, knows_scopes
from sardonyx_singleuser.sandbox.enter import Identity, enter, namespaces
from sardonyx_singleuser.sandbox.layout import Sandbox
from sardonyx_singleuser.sandbox.obstacles import ENDED, Obstacle

NONE, NAMESPACES, USER = "none", "namespaces", "namespaces+uid"
UNKNOWN = ""
"""The level where the trial failed for a reason that passes."""


@dataclass(frozen=True)
class Found:
    """What a trial found.

    Args:
        level: the best that works here.
        problem: why a better one does not; "" = it is the best.
        errno: why nothing is known; 0 = it is.
        are_names_apart: servers cannot reach what listens outside under an abstract name, such as an X server.
    """

    level: str
    problem: str = ""
    errno: int = 0
    are_names_apart: bool = False


def tried() -> Found:
    """Try to enter a sandbox, and return what that means."""
    if not is_known_machine():
        return Found(NONE, f"this kind of processor ({os.uname().machine}) is not known to Sardonyx")
    hub = Identity.own()
    try:
        with tempfile.TemporaryDirectory(prefix="sardonyx-try-") as folder:
            obstacle = _try(Path(folder), hub)
    except OSError as error:
        obstacle = Obstacle.of(error)
    if obstacle is None:
        return Found(USER if hub.is_root else NAMESPACES, are_names_apart=knows_scopes())
    if obstacle.passes(_most_namespaces()):
        return Found(UNKNOWN, obstacle.text, obstacle.code)
    return Found(NONE, obstacle.text)


def _most_namespaces() -> list[int]:
    return [int(file.read_text()) for file in Path("/proc/sys/user").glob("max_*_namespaces")]


def _try(folder: Path, hub: Identity) -> Obstacle | None:
    told, tell = os.pipe()
    try:
        made = clone(namespaces(hub))
    except OSError as error:
        # What is full there is no disk, but the number of namespaces.
        is_full = error.errno == errno.ENOSPC and 0 not in _most_namespaces()
        code = errno.EAGAIN if is_full else error.errno or 0
        return Obstacle(f"no namespaces can be made: {error.strerror}", code)
    if made == 0:
        _enter(folder, hub, tell)
    os.close(tell)
    with os.fdopen(told) as answer:
        said = answer.read()
    _, status = os.waitpid(made, 0)
    if said:
        return Obstacle(**json.loads(said))
    return None if status == 0 else ENDED


def _enter(folder: Path, hub: Identity, tell: int) -> NoReturn:
    code = 1
    try:
        for name in ("root", "home"):
            (folder / name).mkdir()
        (folder / "plan").touch()
        user = FIRST_OWNER if hub.is_root else None
        enter(Sandbox(str(folder / "home"), str(folder / "plan"), name="trial", user=user), str(folder / "root"), hub)
        # A process in it, too: some places allow all before, and not this.
        if os.fork() == 0:
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.wait()[1])
    except OSError as error:
        with suppress(OSError):
            os.write(tell, json.dumps(asdict(Obstacle.of(error))).encode())
    finally:
        os._exit(code)


def main() -> None:
    """Print the level and what is in the way of a better one."""
    sys.stdout.write(json.dumps(asdict(tried())) + "\n")


if __name__ == "__main__":
    main()
