"""What a server tells its person of memory, processors and time, by its own control groups and its plan."""

import subprocess
import time
from pathlib import Path

import pytest

from sardonyx_singleuser.first_to_go import score, shell_that_goes_first
from sardonyx_singleuser.resources import CpuRate, Meter, cpu_used, ends_whole, memory_used, programs_killed
from sardonyx_singleuser.victims import Lookout, Victim, Victims


def put(folder: Path, files: dict[str, str]) -> None:
    """Make a look-alike of control groups."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


V1 = {
    "memory/memory.usage_in_bytes": "1000\n",
    "memory/memory.stat": "cache 700\ntotal_inactive_file 600\n",
    "memory/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
}
V2 = {
    "memory.current": "1000\n",
    "memory.stat": "anon 400\ninactive_file 100\n",
    "memory.events": "low 0\noom 1\noom_kill 1\n",
}


@pytest.mark.parametrize(
    ("files", "used", "killed"),
    [
        pytest.param(V1, 400, 2, id="v1"),
        pytest.param(V2, 900, 1, id="v2"),
        pytest.param({f"unified/{name}": text for name, text in V2.items()}, 900, 1, id="both"),
        pytest.param({}, None, 0, id="none"),
        pytest.param({**V2, "memory.current": "max\n"}, None, 1, id="garbage"),
        pytest.param({**V1, "memory/memory.stat": "total_inactive_file 5000\n"}, 0, 2, id="more cache than use"),
    ],
)
def test_memory_is_what_cannot_be_given_back(
    tmp_path: Path, files: dict[str, str], used: int | None, killed: int
) -> None:
    """On both versions of control groups; where there are none, nothing is said."""
    put(tmp_path, files)

    assert memory_used(tmp_path) == used
    assert programs_killed(tmp_path) == killed


def test_limits_are_those_that_jupyterhub_names(tmp_path: Path) -> None:
    """Whatever else stands there is no limit."""
    found = Meter({"MEM_LIMIT": "2147483648", "CPU_LIMIT": "1.5"}, tmp_path).read()
    none = Meter({"MEM_LIMIT": "2G", "CPU_LIMIT": "some"}, tmp_path).read()

    assert (found.memory_limit, found.cpu_limit) == (2 << 30, 1.5)
    assert (none.memory_limit, none.cpu_limit) == (None, None)


def test_processors_in_use_are_those_since_the_last_look() -> None:
    """The first look knows nothing yet; a second window a moment later reads the same."""
    times = iter([10.0, 15.0, 15.5, 20.0])
    used = iter([100.0, 107.5, 112.0])
    rate = CpuRate(lambda: next(used), lambda: next(times))

    assert [rate.look() for _ in range(4)] == [None, 1.5, 1.5, 0.9]


def test_processors_in_use_are_never_less_than_none() -> None:
    """A program that ended takes its time with it where no group counts."""
    times, used = iter([10.0, 15.0]), iter([100.0, 40.0])
    rate = CpuRate(lambda: next(used), lambda: next(times))

    assert [rate.look() for _ in range(2)] == [None, 0.0]


def test_processors_are_not_measured_where_that_is_not_known() -> None:
    """Not even when it was known a moment ago."""
    times, used = iter([10.0, 15.0, 20.0]), iter([100.0, None, 120.0])
    rate = CpuRate(lambda: next(used), lambda: next(times))

    assert [rate.look() for _ in range(3)] == [None, None, None]


@pytest.mark.parametrize("own", [7.25, None])
def test_time_of_processors_is_the_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: float | None) -> None:
    """Where the server sees others' processes, what it finds is the whole machine's: nothing is said."""
    monkeypatch.setattr("sardonyx_singleuser.resources.sees_only_own", lambda: own is not None)
    monkeypatch.setattr("sardonyx_singleuser.resources.used_by_own_processes", lambda: own)
    assert cpu_used(tmp_path) == own

    put(tmp_path, {"cpu.stat": "usage_usec 12500000\nuser_usec 1\n"})

    assert cpu_used(tmp_path) == (None if own is None else 12.5)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"memory.oom.group": "1\n"}, True, id="v2, as the kubelet sets it"),
        pytest.param({"memory.oom.group": "0\n"}, False, id="v2, as it is"),
        pytest.param({"unified/memory.oom.group": "1\n"}, True, id="both"),
        pytest.param(V1, False, id="v1 has nothing like it"),
    ],
)
def test_whether_all_of_a_server_is_ended_is_read(tmp_path: Path, files: dict[str, str], *, expected: bool) -> None:
    """So that what is said before is what happens."""
    put(tmp_path, files)

    assert ends_whole(tmp_path) is expected
    assert Meter({}, tmp_path).read().ends_whole is expected


def test_what_was_ended_for_want_of_memory_is_what_was_killed_when_the_system_counted_one_more(tmp_path: Path) -> None:
    """Neither what somebody else killed, nor what ended by itself; the last ones are remembered."""
    put(tmp_path, V1)
    victims = Victims(tmp_path)

    assert not victims.note("kernel", "stopped", -9, before=2)
    assert not victims.note("kernel", "ended", 0, before=1)
    assert not victims.note("program", "unknown", None, before=1)
    assert victims.note("kernel", "abc", -9, before=1)
    assert victims.note("program", "app.py", 137, before=1)
    assert list(victims.noted) == [Victim(1, "kernel", "abc"), Victim(2, "program", "app.py")]


def test_a_terminal_goes_before_its_server(tmp_path: Path) -> None:
    """The shell is the person's own, with what it starts."""
    shell = tmp_path / "a shell"
    shell.write_text('#!/bin/sh\necho "$0"; cat /proc/self/oom_score_adj')
    shell.chmod(0o700)

    said = subprocess.run(shell_that_goes_first(str(shell)), check=True, capture_output=True, text=True).stdout

    assert said.split("\n") == [str(shell), str(score()), ""]
    assert score() > int(Path("/proc/self/oom_score_adj").read_text())


def test_what_was_counted_while_a_process_was_still_ending_is_not_taken_for_what_was_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who looks at a kernel each three seconds finds it running with the count of its own end."""
    put(tmp_path, V1)
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    victims = Victims(tmp_path)
    lookout = Lookout(victims)

    put(tmp_path, {"memory/memory.oom_control": "oom_kill 3\n"})
    for passed in (3, 3, 3):
        clock[0] += passed
        lookout.look()
    at_its_end = lookout.before
    clock[0] += 10
    lookout.look()

    assert (at_its_end, lookout.before) == (2, 3)
    assert victims.note("kernel", "abc", -9, at_its_end)
