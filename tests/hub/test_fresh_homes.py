"""Homes that go with their server: in memory in a sandbox, in a folder without one; nothing of them is ever left."""

import json
import os
import random
import signal
from pathlib import Path
from typing import Any

from support.git_server import Forge, serving
from support.repositories import publish, remote, run
from support.waiting import soon

__all__ = ["remote"]
HOME_BYTES = 24 << 20
FILL = """
import errno, json, os, shutil
written = 0
try:
    with open("fill", "wb", buffering=0) as file:
        while written < 1 << 30: written += file.write(bytes(1 << 20))
except OSError as error:
    print(json.dumps([errno.errorcode[error.errno], written, shutil.disk_usage(".").total, os.getcwd()]))
os.unlink("fill")
"""


def test_a_home_in_memory_has_a_size_and_is_empty_outside(forks: Any) -> None:
    """On both levels; programs that are installed in it can be run, and a full one is said by every program."""
    server = forks.start("fran", home_bytes=HOME_BYTES)
    assert server.is_ready, server.log.read_text()

    problem, written, size, folder = json.loads(server.run(FILL))

    assert (problem, size, folder) == ("ENOSPC", HOME_BYTES, str(server.home))
    assert written > HOME_BYTES / 2
    program = (
        "open('p', 'w').write('#!/bin/sh\\necho ran\\n'); os.chmod('p', 0o700); print(subprocess.getoutput('./p'))"
    )
    assert server.run(f"import os, subprocess; {program}") == "ran"
    assert list(server.home.iterdir()) == []
    os.kill(server.pid, signal.SIGKILL)


def test_a_repository_that_does_not_fit_into_the_home_is_explained(forks: Any, remote: Path) -> None:
    """Neither as it comes, nor when its files are written; the server starts without it, with all of its room."""
    run("clone", "--quiet", str(remote), "ones", folder=remote.parent)
    (remote / "large.bin").write_bytes(random.Random(1).randbytes(HOME_BYTES))  # noqa: S311 - no secret
    (remote.parent / "ones" / "large.bin").write_bytes(b"1" * HOME_BYTES)
    names = (remote.name, "ones")
    for name in names:
        run("add", ".", folder=remote.parent / name)
        publish(remote.parent / name, "with a large file")
    with serving(Forge(remote.parent)) as forge:
        plan = {"repositories": [{"url": f"{forge.url}/{name}"} for name in names]}
        server = forks.start("flo", home_bytes=HOME_BYTES, plan=plan)
    assert server.is_ready, server.log.read_text()

    found = json.loads(
        server.run("import json, os; print(json.dumps([os.listdir(), open('CODE-IS-MISSING.md').read()]))")
    )

    there, note = found
    for name in names:
        assert f"{name}: There is no room left for it. Delete something that you do not need, and start again." in note
    assert not [name for name in there if name.startswith((".sardonyx-clone", *names))]
    os.kill(server.pid, signal.SIGKILL)


def test_nothing_of_a_home_in_memory_is_left_or_seen_by_others(forks: Any) -> None:
    """Neither while it is there, nor after its server was killed; the next one of the same person is empty."""
    server = forks.start("gil", home_bytes=HOME_BYTES)
    assert server.is_ready, server.log.read_text()
    server.run("open('secret', 'w').write('private')")
    ways = [f"{way}{server.home}/secret" for way in ("", "/proc/1/root", "/proc/self/root", f"/proc/{server.pid}/root")]
    other = forks.start("hal", home_bytes=HOME_BYTES)

    assert other.run(f"import os; print([p for p in {ways} if os.path.lexists(p)])") == "[]"
    assert str(server.home) not in Path("/proc/self/mountinfo").read_text()
    os.kill(server.pid, signal.SIGKILL)
    forks.ended(server.pid)

    again = forks.start("gil", home_bytes=HOME_BYTES)
    assert again.run("import os; print(os.path.exists('secret'))") == "False"
    for left in (other, again):
        os.kill(left.pid, signal.SIGKILL)


def test_a_fresh_home_goes_with_its_server_however_that_ends(hub: Any) -> None:
    """Stopped, killed, or found again by the next hub: the files are there as long as the server is."""
    eve = hub.user("eve")
    look = "import os; print(os.path.exists('x'), os.getcwd())"
    for end in ("stop", "kill", "stop after a crash of the hub"):
        eve.start(profile="fresh")
        there, home = eve.run(look).split()
        assert there == "False", end
        eve.run("import os; os.makedirs('closed/in'); open('x', 'w'); os.chmod('closed', 0)")
        assert eve.run(look).startswith("True")
        assert (Path(home) / "x").exists() == (hub.launcher == "child")
        if end == "kill":
            os.kill(eve.pid, signal.SIGKILL)
            eve.wait(lambda server: not server)
        else:
            if end != "stop":
                hub.end(signal.SIGKILL)
                hub.start()
                assert eve.run(look).startswith("True")
            eve.stop()
        assert not Path(home).exists()
    soon(lambda: list(eve.private.glob(".removed-*")) == [])


def test_what_is_left_when_server_and_hub_die_together_is_gone_with_the_next_hub(hub: Any) -> None:
    """Though the person never comes back; what runs is left alone."""
    kim, lea = hub.user("kim"), hub.user("lea")
    for user in (kim, lea):
        user.start(profile="fresh")
        user.run("open('x', 'w')")
    home = Path(kim.run("import os; print(os.getcwd())").strip())
    pid = kim.pid
    hub.end(signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)
    # As after a start that nobody wrote down.
    never = hub.data / "servers" / "0123456789abcdef" / "default"
    for name in ("fresh-home", ".removed-0123"):
        (never / name / "in").mkdir(parents=True)
    soon(lambda: not Path(f"/proc/{pid}/environ").exists() or not Path(f"/proc/{pid}/environ").read_bytes())

    hub.start()

    kim.wait(lambda server: not server)
    soon(lambda: not home.exists() and list(never.iterdir()) == [])
    assert lea.run("import os; print(os.path.exists('x'))").strip() == "True"
    lea.stop()


def test_a_person_learns_that_the_home_is_empty_and_goes(hub: Any) -> None:
    """While the server starts, with its size where it has one: a folder has none."""
    mia = hub.user("mia")
    mia.start(profile="fresh-tiny")

    said = (mia.private / "progress.jsonl").read_text()

    assert ("Made an empty home of 200 MB: it is gone when the server stops" in said) == (hub.launcher == "fork")
    mia.stop()
