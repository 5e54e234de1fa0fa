"""The real trial of a sandbox, on a machine that has nothing left for it, and in containers that forbid a part of it."""

import json
import os
from pathlib import Path

import pytest
from support.everybody import as_ordinary, python_for_everybody
from support.machine import has_scopes
from support.outer import container_of_ordinary, container_with_few_users, said

from sardonyx_singleuser.contract import FIRST_OWNER

Found = dict[str, object]


def trial(python: Path, *limits: str) -> Found:
    """Return what it says to an ordinary user under limits."""
    return found_in([*as_ordinary(), "prlimit", *limits], python)


def found_in(command: list[str], python: Path) -> Found:
    """Return what it says where a command runs it."""
    found: Found = json.loads(said(command, python))
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


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param(
            "echo 0 > /proc/sys/user/max_user_namespaces",
            "no namespaces can be made: clone: No space left on device",
            id="none may be made",
        ),
        # As container tools do with what a container need not see; whoever made namespaces may then mount no other one.
        pytest.param("mount -t tmpfs none /proc/sys", "mount proc on", id="something of proc is covered"),
    ],
)
def test_where_a_part_is_forbidden_to_ordinary_users_it_is_said_which(change: str, problem: str, prefix: Path) -> None:
    """For good: the next trial would find the same."""
    found = found_in(container_of_ordinary(change), python_for_everybody(prefix))

    assert (found["level"], found["errno"]) == ("none", 0)
    assert problem in str(found["problem"])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a container with other users")
def test_a_container_without_the_users_that_servers_would_have_is_found_out(prefix: Path) -> None:
    """Such as one of Podman without root: its own root looks like any other, and each start would fail."""
    found = found_in(container_with_few_users(), python_for_everybody(prefix))

    assert (found["level"], found["errno"]) == ("none", 0)
    assert str(found["problem"]).startswith(
        f"servers would be users from {FIRST_OWNER} on, whom this container has not"
    )
