"""What a server may use, attacked from a kernel in it: it hits its own limit, and others and the hub go on."""

import json
import os
import signal
import sqlite3
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from support.forks import children, processes_with
from support.hubs import Hub, running_hub
from support.lifting import LIFT_LIMITS
from support.waiting import soon

from sardonyx_spawner.local.cgroup_places import find_places
from sardonyx_spawner.local.limits import RECORD, group_name, killed_for_memory

TINY = 400 << 20
LONG_POLL_S = 600


def groups(user: Any) -> dict[str, Path]:
    """Return the groups of somebody's server, by what they limit."""
    found = [Path(line) for line in (user.private / RECORD).read_text().splitlines()]
    signs = {"memory": "memory.*limit*", "memory v2": "memory.max", "pids": "pids.max", "cpu": "cpu.[sw]*"}
    return {name.split()[0]: group for name, sign in signs.items() for group in found if list(group.glob(sign))}


def number(file: Path) -> int:
    """Return the number in a file."""
    return int(file.read_text())


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory, prefix: Path) -> Iterator[Hub]:
    """A hub that can limit servers, and looks at them so rarely that only what it hears can be in time."""
    controllers = {name for place in find_places() for name in place.controllers}
    if not {"memory", "pids", "cpu"} <= controllers:
        pytest.skip(f"this user can make control groups here only for: {', '.join(controllers) or 'nothing'}")
    with running_hub(tmp_path_factory.mktemp("limited"), prefix, "fork", LONG_POLL_S) as running:
        yield running


@pytest.fixture
def vera(limited: Hub) -> Iterator[Any]:
    """Somebody else, whose server runs meanwhile."""
    user = limited.user("vera")
    user.start(profile="python")
    yield user
    user.stop()


def test_a_server_is_in_groups_with_the_limits_of_its_plan_and_they_go_with_it(limited: Hub) -> None:
    """All of its processes are in them; the hub finds them again after a crash."""
    ann = limited.user("ann")
    ann.start(profile="python", size="tiny")
    found = groups(ann)
    assert set(found) == {"memory", "pids", "cpu"}
    assert {path.name for path in found.values()} == {group_name(ann.private)}
    limits = [found["memory"] / name for name in ("memory.limit_in_bytes", "memory.max")]
    assert [number(file) for file in limits if file.exists()] == [TINY]
    assert number(found["pids"] / "pids.max") == 4096
    count = int(ann.run("import os; print(len([n for n in os.listdir('/proc') if n.isdigit()]))"))
    members = (found["memory"] / "cgroup.procs").read_text().split()
    assert str(ann.pid) in members
    assert len(members) >= count - 1 >= 2

    limited.end(signal.SIGKILL)
    limited.start()
    ann.wait(lambda server: bool(server.get("ready")))
    assert all(path.exists() for path in found.values())
    ann.stop()

    assert not any(path.exists() for path in found.values())
    assert not (ann.private / RECORD).exists()


def test_a_server_cannot_lift_its_limits_or_leave_its_groups(limited: Hub) -> None:
    """It is shown them, for programs that ask what they may use: no file of them can be written to, by no way."""
    lou = limited.user("lou")
    lou.start(profile="python", size="tiny")
    found = groups(lou)
    limits = {
        name: next(found[name].glob(sign))
        for name, sign in (("memory", "memory.*limit_in_bytes"), ("pids", "pids.max"))
    }
    before = {file: file.read_text() for file in limits.values()}

    said = json.loads(lou.run(LIFT_LIMITS))

    assert set(said["problems"]) <= {"EROFS", "EACCES"}, said
    assert {"cgroup.procs", "tasks", "pids.max", "memory.limit_in_bytes", "cpu.cfs_quota_us"} <= set(said["names"])
    assert {file: file.read_text() for file in before} == before
    for group in found.values():
        assert str(lou.pid) in (group / "cgroup.procs").read_text().split()
        assert [path for path in group.iterdir() if path.is_dir()] == []
    lou.stop()


def test_a_memory_bomb_ends_only_what_is_in_its_server_and_the_reason_is_told(limited: Hub, vera: Any) -> None:
    """The server goes on where only a part of it was ended; if it ends by it, the reason says so."""
    mallory = limited.user("mallory")
    mallory.start(profile="python", size="tiny")
    code = """
import subprocess, sys
bomb = "x = []\\nwhile True: x.append(bytes(1 << 24))"
print(subprocess.run([sys.executable, "-c", bomb]).returncode)
"""

    assert int(mallory.run(code)) == -9
    assert mallory.run("print('alive')").strip() == "alive"
    assert vera.run("print('alive')").strip() == "alive"
    log = mallory.private / "server.log"
    # The system may choose any process of a server, also the server's own; here it is helped.
    os.kill(mallory.pid, signal.SIGKILL)
    mallory.wait(lambda server: not server)

    assert log.exists()
    assert json.loads((mallory.private / "ended").read_text())["en"] == "It used more than its 400 MB of memory."
    assert limited.call("GET", "/").status_code == 200


def test_many_small_programs_are_ended_before_their_server(limited: Hub) -> None:
    """Each of them is smaller than the server itself, which the system would choose first."""
    mae = limited.user("mae")
    mae.start(profile="python", size="tiny")
    kernel = int(mae.run("print(open('/proc/self/oom_score_adj').read())"))
    # Its first process and the server; no kernel is there now.
    scores = {_score(pid) for pid in (mae.pid, *children(mae.pid))}
    server, program = mae.pid, "x = b'x' * (12 << 20); import time; time.sleep(600)"
    # It begins when the kernel that starts it has ended.
    code = f"import subprocess, sys, time; time.sleep(2)\nfor n in range(60): subprocess.Popen([sys.executable, '-c', {program!r}])"

    mae.run(f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {code!r}], start_new_session=True)")
    soon(lambda: killed_for_memory(mae.private) >= 20)

    assert (scores, kernel) == ({300}, 700)
    for pid in processes_with(program):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert (mae.run("print('alive')").strip(), mae.pid) == ("alive", server)
    mae.stop()


def _score(pid: int) -> int:
    return number(Path(f"/proc/{pid}/oom_score_adj"))


def test_a_server_that_fills_its_memory_with_files_ends_with_the_reason(limited: Hub, vera: Any) -> None:
    """What lies in memory does not go with the process that wrote it: the system ends one after the other."""
    nora = limited.user("nora")
    nora.start(profile="python", size="tiny")
    fill = "sleep 1; while true; do for f in /tmp /dev/shm; do dd if=/dev/zero of=$f/fill bs=1M; done; done"

    # In a session of its own from the beginning: a kernel that ends takes with it what is still in its group.
    nora.run(f"import subprocess; subprocess.Popen(['sh', '-c', {fill!r}], start_new_session=True)")
    nora.wait(lambda server: not server)

    assert json.loads((nora.private / "ended").read_text())["en"] == "It used more than its 400 MB of memory."
    assert nora.processes() == []
    assert vera.run("print('alive')").strip() == "alive"


@pytest.mark.parametrize(
    ("folder", "options"),
    [
        pytest.param("/tmp", {"profile": "python", "size": "tiny"}, id="tmp"),  # noqa: S108 - that of the sandbox
        pytest.param("/dev/shm", {"profile": "python", "size": "tiny"}, id="shm"),  # noqa: S108 - the same
        pytest.param("~", {"profile": "fresh-tiny"}, id="fresh-home"),
    ],
)
def test_what_lies_in_memory_is_charged_to_the_server(limited: Hub, folder: str, options: dict[str, str]) -> None:
    """It has a size, and is a part of the server's memory."""
    nina = limited.user("nina")
    nina.start(**options)
    memory = groups(nina)["memory"]
    before = _used(memory)
    code = f"""
import errno, json, os
written = 0
try:
    with open(os.path.expanduser("{folder}/fill"), "wb", buffering=0) as file:
        while True: written += file.write(bytes(1 << 20))
except OSError as error:
    print(json.dumps([errno.errorcode[error.errno], written]))
"""

    problem, written = json.loads(nina.run(code))

    assert problem == "ENOSPC"
    # A home has some small files of Jupyter's already.
    assert 0.99 * TINY // 2 < written <= TINY // 2
    assert _used(memory) - before > 0.9 * written
    nina.stop()
    assert not memory.exists()


def _used(memory: Path) -> int:
    return number(
        next(path for name in ("memory.usage_in_bytes", "memory.current") if (path := memory / name).exists())
    )


def test_a_fork_bomb_leaves_room_for_others(limited: Hub) -> None:
    """They start servers while it goes off; it goes with its server."""
    oscar, pia = limited.user("oscar"), limited.user("pia")
    oscar.start(profile="python", size="large")
    group = groups(oscar)["pids"]
    (group / "pids.max").write_text("300")
    bomb = "import os, sys, time\\nwhile True:\\n  try: os.fork()\\n  except OSError: time.sleep(0.2)"
    oscar.run(f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', '{bomb}'], start_new_session=True)")
    deadline = time.monotonic() + 20
    while "max 0" in (group / "pids.events").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.1)

    assert number(group / "pids.current") <= 300
    assert pia.start(profile="python").status_code in {201, 202}
    assert pia.run("import subprocess; print(subprocess.check_output(['echo', 'fine']).decode())").strip() == "fine"
    oscar.stop()
    pia.stop()
    assert processes_with(f"HOME={oscar.home}\0") == []
    assert not group.exists()


def test_busy_servers_get_what_they_chose_and_leave_others_their_share(limited: Hub) -> None:
    """Half a core is half a core; measured by what the system counts, not by the clock of a busy machine."""
    busy = [limited.user(name) for name in ("quinn", "rosa")]
    for user in busy:
        user.start(profile="python", size="tiny")
        user.run(
            "import subprocess, sys\nfor _ in range(3):"
            " subprocess.Popen([sys.executable, '-c', 'while True: pass'], start_new_session=True)"
        )
    found = [groups(user)["cpu"] for user in busy]
    before, began = [_cpu_s(group) for group in found], time.monotonic()
    third = limited.user("sam")
    assert third.start(profile="python").status_code in {201, 202}
    assert third.run("print(sum(range(10**6)))").strip() == "499999500000"
    time.sleep(3)
    passed = time.monotonic() - began

    used = [_cpu_s(group) - old for group, old in zip(found, before, strict=True)]
    # Six processes that never rest want six cores: what holds them is the limit, or others who want the machine too.
    assert all(0.01 * passed < each < 0.5 * passed * 1.25 + 0.2 for each in used), (used, passed)
    assert max(used) < 2 * min(used)
    weights = [
        number(group / name) for group in found for name in ("cpu.shares", "cpu.weight") if (group / name).exists()
    ]
    assert set(weights) in ({512}, {50})
    for user in (*busy, third):
        user.stop()


def test_a_class_that_starts_leaves_who_works_their_share(limited: Hub) -> None:
    """Counted in seconds of the processor, of all that this hub and its servers used meanwhile: others use the machine, too."""
    worker = limited.user("wanda")
    worker.start(profile="python")
    worker.run(
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'while True: pass'], start_new_session=True)"
    )
    group, pupils = groups(worker)["cpu"], [limited.user(f"pupil{number}") for number in range(20)]
    before, all_before = _cpu_s(group), _all_cpu_s(limited)

    with ThreadPoolExecutor(len(pupils)) as threads:
        answers = list(threads.map(lambda user: user.start(profile="python").status_code, pupils))
    used, used_by_all = _cpu_s(group) - before, _all_cpu_s(limited) - all_before

    assert set(answers) <= {201, 202}
    # All servers together weigh as much as the hub, and of servers there are at work: this one, and those whose turn it is.
    at_work = 1 + (os.cpu_count() or 1) + 1
    assert used >= used_by_all / 2 / at_work, (used, used_by_all)
    for user in (*pupils, worker):
        user.stop()


def _all_cpu_s(hub: Hub) -> float:
    """Return the seconds that the hub and all that it started have worked, of what is there still."""
    assert hub.process is not None
    return _worked_s({hub.process.pid, *processes_with(f"{hub.data}/")})


def _cpu_s(group: Path) -> float:
    """Return the seconds that the processes of a group have worked."""
    return _worked_s(map(int, (group / "cgroup.procs").read_text().split()))


def _worked_s(pids: Iterable[int]) -> float:
    ticks = 0
    for pid in pids:
        with suppress(OSError):
            ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def test_the_hub_hears_of_an_end_at_once(limited: Hub) -> None:
    """It does not wait until it looks again; also for a server that it found again after a crash of its own."""
    tess, uma = limited.user("tess"), limited.user("uma")
    for user in (tess, uma):
        user.start(profile="python")

    _kill_and_wait(tess)
    limited.end(signal.SIGKILL)
    limited.start()
    uma.wait(lambda server: bool(server.get("ready")))
    _kill_and_wait(uma)


def _kill_and_wait(user: Any) -> None:
    """Wait until the hub knows that a server is gone; it looks by itself every ten minutes only."""
    os.kill(user.pid, signal.SIGKILL)
    began = time.monotonic()
    while user.server():
        assert time.monotonic() - began < 20
        time.sleep(0.02)


def test_a_server_that_a_crashed_hub_did_not_write_down_is_ended(limited: Hub) -> None:
    """With its groups, before the next hub starts the first server."""
    will = limited.user("will")
    will.start(profile="python")
    pid, group = will.pid, groups(will)["memory"]
    limited.end(signal.SIGKILL)
    _forget_server(limited, "will")

    limited.start()
    xena = limited.user("xena")
    xena.start(profile="python")

    assert not Path(f"/proc/{pid}/exe").exists()
    assert not group.exists()
    assert not (will.private / RECORD).exists()
    xena.stop()


def _forget_server(hub: Hub, name: str) -> None:
    with sqlite3.connect(hub.data / "hub.sqlite") as database:
        database.execute(
            "update spawners set server_id = null, state = '{}' where user_id = (select id from users where name = ?)",
            (name,),
        )
    database.close()
