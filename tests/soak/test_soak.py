"""Many starts and stops with kills at random: what is there before is there after, and nothing else.

Short by default; `make soak` runs 1,000 starts, `make soak STARTS=200` as many as are asked for.
"""

import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir, mkdtemp

import httpx
import pytest
from support.drawn import KINDS
from support.everybody import python_for_everybody
from support.forks import children, is_first_of_namespace, processes_with
from support.hubs import Hub, User, running_hub
from support.waiting import soon

from sardonyx_spawner.local.limits import ServerLimits

STARTS = int(os.environ.get("SOAK_STARTS", "20"))
SEED = int(os.environ.get("SOAK_SEED", "4"))
AT_ONCE, PEOPLE = 2, 7
PROFILES = ("fresh", "python")
"""With a home in memory, and with one that is kept."""
LEAST_STARTED = 0.9
"""Of the starts during which nothing is killed; another time, what was killed before may be missed."""
STOPPED_S, SETTLED_S = 60.0, 20.0
REPORTED_EVERY = 50
CONTROLLERS = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Listing:
    """What could leak, listed."""

    processes: tuple[str, ...]
    zombies: int
    mounts: int
    folders: tuple[str, ...]
    sockets: int
    cgroups: tuple[str, ...]
    hub_files: int
    supervisor_files: int
    notes: tuple[str, ...]
    temporary: tuple[str, ...]


@dataclass
class Soak:
    """A hub whose parts are killed."""

    hub: Hub
    random: random.Random
    counts: Counter[str] = field(default_factory=Counter)

    def supervisor(self) -> int:
        """Return the fork server's process; 0 = there is none."""
        found = processes_with(f"sardonyx_singleuser.forkserver\0{self.hub.data}/forks/")
        return next((pid for pid in found if "zygote" not in _command(pid)), 0)

    def zygote(self) -> int:
        """Return the process from which servers are made; 0 = there is none."""
        return next((pid for pid in children(self.supervisor()) if not is_first_of_namespace(pid)), 0)

    def spare(self) -> int:
        """Return the process that the next start is made of; 0 = there is none."""
        others = {0, self.zygote(), *self.servers()}
        return next((pid for pid in children(self.supervisor()) if pid not in others), 0)

    def servers(self) -> list[int]:
        """Return the servers' first processes, by what the hub writes down beside their plans."""
        found = []
        for file in self.hub.data.glob("servers/*/*/process"):
            with suppress(OSError, ValueError):
                found.append(int(file.read_text().split()[0]))
        return found

    def kill(self) -> bool:
        """Kill one of the parts, or none; return whether something was killed."""
        ways: list[tuple[int, str, Callable[[], int]]] = [
            (60, "nothing", lambda: 0),
            (15, "first process", lambda: self.random.choice(self.servers() or [0])),
            (15, "server", lambda: next(iter(children(self.random.choice(self.servers() or [0]))), 0)),
            (6, "zygote", self.zygote),
            (6, "spare", self.spare),
            (2, "supervisor", self.supervisor),
        ]
        _, what, find = self.random.choices(ways, [weight for weight, _, _ in ways])[0]
        pid = find()
        if pid > 1:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.counts[f"killed: {what}"] += 1
                return True
        return False

    def restart_hub(self) -> None:
        """Kill the hub in whatever it does, and start the next one."""
        self.hub.end(signal.SIGKILL)
        self.hub.start()
        self.counts["killed: hub"] += 1

    def round(self, number: int) -> None:
        """Start some servers at once, kill something meanwhile and after it, and stop them."""
        users = [self.hub.user(f"u{(number + at) % PEOPLE}") for at in range(AT_ONCE)]
        with ThreadPoolExecutor(AT_ONCE) as threads:
            answers = [threads.submit(self._start, user, self.random.choice(PROFILES)) for user in users]
            time.sleep(self.random.random() * 0.3)
            if is_hit := self.random.random() < HUB_KILLS:
                self.restart_hub()
            else:
                is_hit = self.kill()
        self.counts["starts"] += AT_ONCE
        self.counts.update(f"answered {answer.result()}" for answer in answers)
        if not is_hit:
            self.counts["undisturbed"] += AT_ONCE
            self.counts["of these started"] += sum(answer.result() in {"201", "202"} for answer in answers)
            if self.random.random() < CELLS and all(user.server().get("ready") for user in users):
                assert [user.run("print(6 * 7)") for user in users] == ["42\n"] * AT_ONCE
                self.counts["cells"] += AT_ONCE
        if self.random.random() < HUB_KILLS:
            self.restart_hub()
        self.kill()
        for user in users:
            self._stop(user)

    def _start(self, user: User, profile: str) -> str:
        try:
            return str(self.hub.call("POST", f"/users/{user.name}/server", {"profile": profile}).status_code)
        except httpx.HTTPError:
            return "nothing"

    def _stop(self, user: User) -> None:
        deadline = time.monotonic() + STOPPED_S
        while server := user.server():
            assert time.monotonic() < deadline, f"{server}\n{self.hub.log.read_text()[-3000:]}"
            if not server.get("pending"):
                with suppress(httpx.HTTPError):
                    self.hub.call("DELETE", f"/users/{user.name}/server")
            time.sleep(0.05)

    def listing(self) -> Listing:
        """List what is there now."""
        data, found = str(self.hub.data), processes_with(f"{self.hub.data}/")
        assert self.hub.process is not None
        own = ServerLimits((), self.hub.data / "servers").name
        forks = next(self.hub.data.glob("forks/*/socket")).parent
        return Listing(
            processes=tuple(sorted(_command(pid).replace(data, "") for pid in found)),
            zombies=sum(_parent_of_zombie(pid) in {*found, os.getpid()} for pid in _all_processes()),
            mounts=len(Path("/proc/self/mountinfo").read_text().splitlines()),
            folders=tuple(sorted(str(p.relative_to(data)) for p in self.hub.data.glob("servers/*/*/*") if p.is_dir()))
            + tuple(sorted(path.name for path in forks.iterdir())),
            sockets=len([path for path in self.hub.data.rglob("*") if path.is_socket()]),
            cgroups=tuple(sorted(str(path) for path in CONTROLLERS.rglob(f"{own}/*/"))),
            hub_files=_open_files(self.hub.process.pid),
            supervisor_files=_open_files(self.supervisor()),
            notes=tuple(
                sorted(str(p) for name in ("process", "cgroups") for p in self.hub.data.glob(f"servers/*/*/{name}"))
            ),
            temporary=tuple(sorted(str(path) for mark in MARKS for path in Path(gettempdir()).glob(f"{mark}*"))),
        )


HUB_KILLS = 0.03 if STARTS > 100 else 0.1
CELLS = 0.1 if STARTS > 100 else 0.5
MARKS = ("sardonyx-zygote-", "sardonyx-kernel-", "sardonyx-warm-")
SAME = ("processes", "zombies", "mounts", "folders", "sockets", "cgroups", "notes")


@pytest.fixture(params=KINDS["soak"])
def soak(request: pytest.FixtureRequest, prefix: Path) -> Iterator[Soak]:
    """A hub that looks at its servers rarely: what it does not hear of, it does not know in time; on each level."""
    is_ordinary = request.param == "ordinary"
    if not is_ordinary and os.geteuid() != 0:
        pytest.skip("only root can give each person a user of their own")
    python = python_for_everybody(prefix).parents[1] if is_ordinary else prefix
    # Not below pytest's folder: that is closed to ordinary users.
    data = Path(mkdtemp(prefix="sardonyx-soak-"))
    try:
        with running_hub(data, python, "fork", poll_s=30, is_ordinary=is_ordinary) as hub:
            yield Soak(hub, random.Random(SEED))  # noqa: S311 - the same kills each time, not a secret
    finally:
        shutil.rmtree(data, ignore_errors=True)


def test_nothing_is_left_after_many_starts_stops_and_kills(soak: Soak) -> None:
    """Processes, zombies, mounts, folders, sockets, control groups, open files: as before."""
    for number in range(PEOPLE):
        user = soak.hub.user(f"u{number}")
        for profile in PROFILES:
            user.start(profile=profile)
            user.stop()
    soon(lambda: soak.spare() > 0)
    before = soak.listing()
    began, number = time.monotonic(), 0

    while soak.counts["starts"] < STARTS:
        soak.round(number)
        number += AT_ONCE
        if number % REPORTED_EVERY == 0:
            _report(f"{time.monotonic() - began:.0f} s {dict(soak.counts)} hub files {soak.listing().hub_files}")

    if not soak.counts["killed: hub"]:
        soak.restart_hub()
    # Whatever was killed last: a start brings all parts up again, and a restarted hub has fewer files open.
    last = soak.hub.user("u0")
    assert last.start(profile="fresh").status_code in {201, 202}
    assert last.run("print(6 * 7)") == "42\n"
    last.stop()
    deadline = time.monotonic() + SETTLED_S
    while not _same(after := soak.listing(), before) and time.monotonic() < deadline:
        time.sleep(0.5)
    _report(f"{time.monotonic() - began:.0f} s {dict(soak.counts)}\nbefore {before}\nafter  {after}")
    assert after.hub_files <= before.hub_files + 3
    assert after.supervisor_files <= before.supervisor_files + 1
    for name in SAME:
        assert getattr(after, name) == getattr(before, name), name
    # Of others on this machine there are some at times, for as long as they warm.
    left = {path for path in after.temporary if path not in before.temporary}
    soon(lambda: not any(Path(path).exists() for path in left))
    assert soak.counts["cells"] > 0
    assert soak.counts["of these started"] >= LEAST_STARTED * soak.counts["undisturbed"] > 0, soak.counts


def _same(one: Listing, other: Listing) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in SAME)


def _report(text: str) -> None:
    if STARTS > REPORTED_EVERY:
        with Path(os.environ.get("SOAK_REPORT", "build/soak.txt")).open("a") as file:
            file.write(f"{text}\n")


def _all_processes() -> list[int]:
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]


def _parent_of_zombie(pid: int) -> int:
    with suppress(OSError):
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
        return int(parent) if state == "Z" else -1
    return -1


def _command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    return ""


def _open_files(pid: int) -> int:
    with suppress(OSError):
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return 0
