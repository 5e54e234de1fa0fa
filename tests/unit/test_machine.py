"""What a machine has, and what it can never hold: said before a start, and by the doctor."""

import re
from pathlib import Path

import pytest

from sardonyx_hub_config.looks.sizes import look_at_sizes
from sardonyx_spawner.local.machine import Machine, TooLargeError, refuse_too_large
from sardonyx_spawner.profiles import Allowed, Gives, Option, Profile

GIB = 1 << 30
LAPTOP = Machine(memory=int(7.6 * GIB), cores=2)


def test_a_server_with_more_memory_than_the_machine_is_refused_with_both_figures() -> None:
    """And with what to do, for who chose it."""
    said = (
        "This server would have 64 GB of memory, and the whole machine has 7.6 GB. Choose a smaller one, or ask the"
        " people who run this place to change what is offered."
    )

    with pytest.raises(TooLargeError, match=f"^{re.escape(said)}$"):
        refuse_too_large(64 * GIB, LAPTOP)


@pytest.mark.parametrize("memory", [None, GIB, 8 * GIB])
def test_a_server_that_the_machine_could_hold_is_not_refused(memory: int | None) -> None:
    """Eight gigabytes of a machine that is sold with eight, of which it counts 7.6, are not too many."""
    refuse_too_large(memory, LAPTOP)


def put(folder: Path, *, total_kb: int, cgroup: str = "", mount: str = "") -> Path:
    """Make a look-alike of /proc."""
    (folder / "self").mkdir(parents=True)
    (folder / "meminfo").write_text(f"MemTotal:       {total_kb} kB\nMemFree: 1 kB\n")
    (folder / "self" / "cgroup").write_text(cgroup)
    (folder / "self" / "mountinfo").write_text(mount)
    return folder


@pytest.mark.parametrize(
    ("version", "file", "text", "expected"),
    [
        pytest.param(2, "memory.max", f"{4 * GIB}\n", 4 * GIB, id="v2"),
        pytest.param(2, "memory.max", "max\n", 16 * GIB, id="v2 without a limit"),
        pytest.param(1, "memory.limit_in_bytes", f"{4 * GIB}\n", 4 * GIB, id="v1"),
        pytest.param(1, "memory.limit_in_bytes", "9223372036854771712\n", 16 * GIB, id="v1 without a limit"),
    ],
)
def test_a_hub_that_is_limited_itself_has_no_more_for_servers(
    tmp_path: Path, version: int, file: str, text: str, expected: int
) -> None:
    """As in a container."""
    group = tmp_path / "groups" / "hub"
    group.mkdir(parents=True)
    (group / file).write_text(text)
    (group / "cgroup.controllers").write_text("cpu memory pids\n")
    kind, name, options = ("cgroup2", "", "rw") if version == 2 else ("cgroup", "memory", "rw,memory")
    proc = put(
        tmp_path / "proc",
        total_kb=16 << 20,
        cgroup=f"{0 if version == 2 else 4}:{name}:/hub\n",
        mount=f"30 24 0:27 / {tmp_path / 'groups'} rw - {kind} x {options}\n",
    )

    assert Machine.here(proc).memory == expected


def sized(*memories: int, cpu: float | None = None) -> Profile:
    """Return a profile with a choice of sizes."""
    choices = tuple(Allowed(f"s{memory}", f"{memory} GB", gives=Gives(memory=memory * GIB)) for memory in memories)
    gives = Gives(environment="python", cpu=cpu)
    return Profile("python", "Python", options=(Option("size", "Size", choices=choices),), gives=gives)


def test_the_doctor_names_the_largest_size_that_nobody_could_start() -> None:
    """By the words of the settings."""
    assert list(look_at_sizes([sized(2, 16, 64)], LAPTOP)) == [
        (
            True,
            "“Python” with size s64 has 64 GB of memory, and this machine 7.6 GB: nobody can start it. Offer less.",
        )
    ]


def test_more_cores_than_there_are_are_worth_a_note() -> None:
    """They do no harm: all that are there can be used."""
    assert list(look_at_sizes([sized(2, cpu=8)], LAPTOP)) == [
        (False, "“Python” with size s2 has 8 cores, and this machine 2 cores: that is what it gets.")
    ]


def test_the_doctor_says_nothing_of_sizes_that_fit() -> None:
    """Nor of profiles without one."""
    assert list(look_at_sizes([sized(2, 4, cpu=2), Profile("r", "R", gives=Gives(environment="r"))], LAPTOP)) == []
