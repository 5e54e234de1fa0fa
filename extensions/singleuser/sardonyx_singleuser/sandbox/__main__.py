"""`python -I -m sardonyx_singleuser.sandbox`: tries whether servers can be isolated here, and says so in JSON.

Found by trying, never from a version: kernels and distributions forbid parts of it in different ways.
"""

import json
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from sardonyx_singleuser.sandbox.calls import clone, is_known_machine
from sardonyx_singleuser.sandbox.enter import Identity, enter, namespaces
from sardonyx_singleuser.sandbox.layout import Sandbox

NOBODY = 65534
NONE, NAMESPACES, USER = "none", "namespaces", "namespaces+uid"


def tried() -> tuple[str, str]:
    """Return the level that works here, and why a better one does not ("" = it is the best)."""
    if not is_known_machine():
        return NONE, f"this kind of processor ({os.uname().machine}) is not known to Sardonyx"
    hub = Identity.own()
    with tempfile.TemporaryDirectory(prefix="sardonyx-try-") as folder:
        problem = _try(Path(folder), hub)
    return (NONE, problem) if problem else (USER if hub.is_root else NAMESPACES, "")


def _try(folder: Path, hub: Identity) -> str:
    told, tell = os.pipe()
    try:
        made = clone(namespaces(hub))
    except OSError as error:
        return f"no namespaces can be made: {error.strerror}"
    if made == 0:
        _enter(folder, hub, tell)
    os.close(tell)
    with os.fdopen(told) as answer:
        problem = answer.read()
    _, status = os.waitpid(made, 0)
    return problem or ("" if status == 0 else f"the trial ended with status {status}")


def _enter(folder: Path, hub: Identity, tell: int) -> NoReturn:
    code = 1
    try:
        for name in ("root", "home"):
            (folder / name).mkdir()
        for name in ("plan", "progress"):
            (folder / name).touch()
        home, plan, progress = (str(folder / name) for name in ("home", "plan", "progress"))
        sandbox = Sandbox(home, plan, progress, name="trial", user=NOBODY if hub.is_root else None)
        enter(sandbox, str(folder / "root"), hub)
        # A process in it, too: some places allow all before, and not this.
        if os.fork() == 0:
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.wait()[1])
    except OSError as error:
        with suppress(OSError):
            os.write(tell, str(error).encode())
    finally:
        os._exit(code)


def main() -> None:
    """Print the level and what is in the way of a better one."""
    level, problem = tried()
    sys.stdout.write(json.dumps({"level": level, "problem": problem}) + "\n")


if __name__ == "__main__":
    main()
