"""Where control groups can be made: decided from folders that look like the system's."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sardonyx_spawner.local import cgroup_places
from sardonyx_spawner.local.cgroup_places import Place, find_places, own_groups, write_limits
from sardonyx_spawner.local.limits import RECORD, Limits, ServerLimits, group_name, killed_for_memory

Machine = Callable[[str, str], Path]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A folder like /proc/self, with what stands in two files of it; MOUNTS becomes a folder of the test's own."""

    def make(cgroup: str, mountinfo: str) -> Path:
        (tmp_path / "cgroup").write_text(cgroup)
        (tmp_path / "mountinfo").write_text(mountinfo.replace("MOUNTS", str(tmp_path / "mounts")))
        return tmp_path

    return make


UNIFIED = "30 23 0:26 / MOUNTS rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
HYBRID = (
    "31 23 0:28 / MOUNTS rw - tmpfs tmpfs rw\n"
    "32 31 0:29 / MOUNTS/cpu,cpuacct rw shared:1 - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 /docker/abc MOUNTS/memory rw - cgroup cgroup rw,memory\n"
    "39 31 0:36 /elsewhere MOUNTS/pids rw - cgroup cgroup rw,pids\n"
    "40 31 0:37 / MOUNTS/systemd rw - cgroup cgroup rw,xattr,name=systemd\n"
    "41 31 0:38 / MOUNTS/unified rw - cgroup2 cgroup2 rw\n"
)


def unified(folder: Path, *, controllers: str = "cpuset cpu io memory pids", members: str = "") -> Path:
    """Make a folder like a group of v2; what is below it must be made by whoever needs it."""
    folder.mkdir(parents=True)
    (folder / "cgroup.type").write_text("domain")
    (folder / "cgroup.controllers").write_text(controllers)
    (folder / "cgroup.subtree_control").write_text("")
    (folder / "cgroup.procs").write_text(members)
    return folder


def test_own_groups_are_found_on_a_machine_with_both_versions(machine: Machine) -> None:
    """Below what is mounted; a group that is not below what this process sees is left out, as is one without limits."""
    own = "4:memory:/docker/abc/hub\n3:pids:/docker/abc\n2:cpu,cpuacct:/a\n1:name=systemd:/\n0::/\n"

    process = machine(own, HYBRID)

    mounts = process / "mounts"
    assert [(group.folder, group.path, group.controllers, group.version) for group in own_groups(process)] == [
        (mounts / "cpu,cpuacct" / "a", "/a", ("cpu",), 1),
        (mounts / "memory" / "hub", "/hub", ("memory",), 1),
    ]


def test_what_systemd_does_not_leave_to_us_is_left_alone(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would take away our groups, and we would have moved what is not ours."""
    process = machine("0::/user.slice/session-1.scope\n", UNIFIED)
    own = unified(process / "mounts" / "user.slice" / "session-1.scope", members=f"{os.getpid()}\n")
    monkeypatch.setattr(cgroup_places, "SYSTEMD", process)

    assert find_places(process) == ()
    assert sorted(path.name for path in own.iterdir()) == [
        "cgroup.controllers", "cgroup.procs", "cgroup.subtree_control", "cgroup.type",
    ]  # fmt: skip


@pytest.mark.parametrize("leaf", ["", "hub"])
def test_a_unit_that_systemd_leaves_to_us_is_used(machine: Machine, monkeypatch: pytest.MonkeyPatch, leaf: str) -> None:
    """Also where systemd has put the hub into a group below it already (DelegateSubgroup=hub)."""
    process = machine(f"0::/sardonyx.service/{leaf}\n".replace("/\n", "\n"), UNIFIED)
    base = unified(process / "mounts" / "sardonyx.service")
    if leaf:
        unified(base / leaf, members=f"{os.getpid()}\n")
    monkeypatch.setattr(cgroup_places, "SYSTEMD", process)
    monkeypatch.setattr(os, "getxattr", lambda path, name: b"1" if (path, name) == (base, "user.delegate") else b"")
    monkeypatch.setattr(cgroup_places, "_works", lambda _place: True)

    assert find_places(process) == (Place(base, ("memory", "pids", "cpu"), 2),)
    assert (base / "hub").is_dir()


def test_the_limits_of_a_group_of_v2(tmp_path: Path) -> None:
    """All are written; what a kernel does not have is left out, and the system ends one process, not all of a server."""
    for name in ("memory.swap.max", "memory.oom.group", "cpu.weight", "cpu.max"):
        (tmp_path / name).write_text("0")

    write_limits(tmp_path, 2, {"memory": 1 << 30, "pids": 100}, cpu=1.5)

    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "memory.max": str(1 << 30), "memory.swap.max": "0", "memory.oom.group": "0", "pids.max": "100",
        "cpu.weight": "150", "cpu.max": "150000 100000",
    }  # fmt: skip


def test_groups_are_made_below_one_of_this_place_that_passes_the_controllers_on(tmp_path: Path) -> None:
    """A group cannot limit what the one above does not pass on."""
    base = unified(tmp_path / "base")
    ours = ServerLimits([Place(base, ("memory", "pids"), 2)], tmp_path / "servers")
    folder = unified(base / ours.name)
    private = tmp_path / "servers" / "abcd1234" / "default"
    private.mkdir(parents=True)

    files = ours.make(private, Limits(memory=1 << 30, cpu=None, processes=10))

    assert files == (str(folder / "abcd1234-default" / "cgroup.procs"),)
    assert [(group / "cgroup.subtree_control").read_text() for group in (base, folder)] == ["+pids", "+pids"]
    (folder / "abcd1234-default" / "memory.events").write_text("low 0\nhigh 0\nmax 9\noom 2\noom_kill 2\n")
    assert killed_for_memory(private) == 2


def test_a_server_of_any_name_has_a_group() -> None:
    """No name of a server becomes a part of a path."""
    names = [
        group_name(Path("/s/abcd1234") / server) for server in ("default", "named:a b", "named:default", "named:ü")
    ]

    assert names[0] == "abcd1234-default"
    assert len(set(names)) == 4
    assert all(name.replace("-", "").isalnum() and name.isascii() for name in names)


def test_nothing_is_limited_where_nothing_can_be(tmp_path: Path) -> None:
    """And nothing is written down for it."""
    ours = ServerLimits((), tmp_path)

    assert ours.make(tmp_path, Limits(1, 1, 1)) == ()
    assert ours.controllers == ()
    assert list(tmp_path.iterdir()) == []


def test_notes_of_groups_go_with_them_after_a_crash(tmp_path: Path) -> None:
    """One that is still in use stays written down: it is tried again."""
    used = tmp_path / "groups" / "used"
    (used / "inner").mkdir(parents=True)
    notes = {name: tmp_path / name / "default" / RECORD for name in ("gone", "used")}
    for name, note in notes.items():
        note.parent.mkdir(parents=True)
        note.write_text(f"{tmp_path}/groups/{name}\n")

    asyncio.run(ServerLimits((), tmp_path).sweep(()))

    assert not notes["gone"].exists()
    assert notes["used"].read_text() == f"{used}\n"
