"""The real trial of a sandbox, on a machine that has nothing left for it."""

import json
import subprocess
from pathlib import Path

from support.everybody import as_ordinary, python_for_everybody
from support.machine import has_scopes


def trial(python: Path, *limits: str) -> dict[str, object]:
    """Return what it says to an ordinary user under limits."""
    command = [*as_ordinary(), "prlimit", *limits, str(python), "-I", "-m", "sardonyx_singleuser.sandbox"]
    found: dict[str, object] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd="/").stdout)
    return found


def test_what_is_used_up_says_nothing_about_the_machine(prefix: Path) -> None:
    """Neither processes nor open files; the next trial, with enough of both, finds the level."""
    python = python_for_everybody(prefix)

    no_process, no_file = trial(python, "--nproc=1"), trial(python, "--nofile=5")

    again = "Resource temporarily unavailable"
    problem = f"no namespaces can be made: clone: {again}"
    assert no_process == {"level": "", "problem": problem, "errno": 11, "are_names_apart": False}
    assert (no_file["level"], no_file["errno"]) == ("", 24)
    assert trial(python) == {"level": "namespaces", "problem": "", "errno": 0, "are_names_apart": has_scopes()}
