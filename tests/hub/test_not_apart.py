"""What a person's code reaches of others and of the hub, tried in a real hub: where nothing is isolated, and in a sandbox.

The table of docs/explanation/one-machine.md says the same, line by line.
"""

import asyncio
import json
import os
import resource
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from support.hubs import TOKEN, Hub, User, ordinary_hub, running_hub
from support.live_kernel import live_kernel

REACH = """
import ctypes, errno, glob, json, os, resource, socket, sqlite3
libc = ctypes.CDLL(None, use_errno=True)
def tried(do, *arguments):
    try:
        do(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno]
    except sqlite3.Error as error:
        return "no database"
    return "worked"
def write(path):
    open(path, "r+b").close()
def names(path):
    with sqlite3.connect(f"file:{path}?mode=rw", uri=True) as database:
        found.append([name for name, in database.execute("select name from users where name = 'victim'")])
def holding(text):
    held = []
    for file in glob.glob("/proc/[0-9]*/environ"):
        try:
            if text in open(file, "rb").read():
                held.append(int(file.split("/")[2]))
        except OSError:
            pass
    return held
def trace(pid):
    # PTRACE_SEIZE, which stops nobody, in a process whose end lets go of the other one.
    child = os.fork()
    if child == 0:
        os._exit(0 if libc.ptrace(0x4206, ctypes.c_long(pid), None, None) == 0 else ctypes.get_errno())
    return errno.errorcode.get(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), "worked")
found = []
told = TOLD
said = {
    "files": {name: tried(write, path) for name, path in told["files"].items()},
    "folders": {name: tried(os.listdir, path) for name, path in told["folders"].items()},
    "database": tried(names, told["database"]),
    "found there": found,
    "processes": [pid for pid in told["pids"] if os.path.exists(f"/proc/{pid}")],
    "signals": [tried(os.kill, pid, 0) for pid in told["pids"]],
    "traces": [trace(pid) for pid in told["pids"]],
    "environments": bool(holding(told["secret"].encode())),
    "shared /tmp": os.path.exists(told["mark"]),
    "user": os.getuid(),
    "new privileges": open("/proc/self/status").read().split("NoNewPrivs:")[1].split()[0],
    "limits": [resource.getrlimit(kind) for kind in (resource.RLIMIT_NPROC, resource.RLIMIT_DATA)],
    "groups": open("/proc/self/cgroup").read(),
}
print(json.dumps(said))
"""
ENTER_KERNELS = """
import glob, subprocess, sys
enter = '''
import sys
from jupyter_client import BlockingKernelClient
client = BlockingKernelClient(connection_file=sys.argv[1])
client.load_connection_file()
client.start_channels()
client.execute_interactive("print(secret)", timeout=30, output_hook=lambda said: print(said["content"].get("text", ""), end=""))
'''
for file in glob.glob("HOME/**/kernel-*.json", recursive=True, include_hidden=True):
    print(subprocess.run([sys.executable, "-c", enter, file], capture_output=True, text=True, timeout=60).stdout, end="")
"""
CONNECT = """
import json, sys, urllib.error, urllib.request
def status(address):
    try:
        return urllib.request.urlopen(address, timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError as error:
        return "refused"
print(json.dumps([status(address) for address in ADDRESSES]))
"""


def things(hub: Hub, victim: User) -> dict[str, Any]:
    """Return what somebody may want of another person and of the hub."""
    (hub.data / "store").mkdir(exist_ok=True)
    (hub.data / "store" / "volume").write_text("what others have in the data store")
    files = {
        "home": victim.home / "diary.txt",
        "plan": victim.private / "plan.json",
        "log": victim.private / "server.log",
        "cookie secret": hub.data / "cookie",
        "hub's log": hub.log,
        "hub's settings": hub.data / "jupyterhub_config.py",
        "store": hub.data / "store" / "volume",
    }
    folders = {"homes": victim.home, "servers": victim.private, "fork servers": hub.data / "forks", "hub": hub.data}
    missing = [path for path in (*files.values(), *folders.values()) if not path.exists() and path.name != "forks"]
    assert missing == []
    assert hub.process is not None
    return {
        "files": {name: str(path) for name, path in files.items()},
        "folders": {name: str(path) for name, path in folders.items() if path.exists()},
        "database": str(hub.data / "hub.sqlite"),
        "pids": [victim.pid, hub.process.pid, os.getpid()],
        "secret": "SECRET_OF_THE_HUB=must-not-be-seen",
        "mark": f"/tmp/sardonyx-mark-{os.getpid()}",  # noqa: S108 - whether it is shared is what is asked
    }


def reached(hub: Hub, attacker: User, victim: User) -> dict[str, Any]:
    """Run code in one server that tries to reach another and the hub."""
    for user in (attacker, victim):
        assert user.start(profile="python").status_code in {201, 202}
        user.wait(lambda server: bool(server.get("ready")))
    victim.run("open('diary.txt', 'w').write('private')")
    told = things(hub, victim)
    mark = Path(told["mark"])
    mark.touch()
    try:
        found: dict[str, Any] = json.loads(attacker.run(REACH.replace("TOLD", repr(told))))
    finally:
        mark.unlink()
    return found


@pytest.mark.parametrize("hub", ["child"], indirect=True)
def test_where_nothing_is_isolated_a_server_reaches_all_that_the_docs_say(hub: Hub) -> None:
    """So only administrators start servers there, unless the operator says that all may."""
    victim = hub.user("victim")
    found = reached(hub, hub.user("mallory"), victim)
    victims_address = urlsplit(victim.url)

    assert set(found["files"].values()) == {"worked"}
    assert set(found["folders"].values()) == {"worked"}
    assert (found["database"], found["found there"]) == ("worked", [["victim"]])
    assert len(found["processes"]) == 3
    assert found["signals"] == ["worked"] * 3
    assert found["traces"] == ["worked" if may_trace() else "EPERM"] * 3
    assert found["environments"]
    assert found["shared /tmp"]
    assert (found["user"], found["new privileges"]) == (os.getuid(), "0")
    assert hub.process is not None
    same = [list(resource.prlimit(hub.process.pid, kind)) for kind in (resource.RLIMIT_NPROC, resource.RLIMIT_DATA)]
    assert found["limits"] == same
    assert found["groups"] == Path(f"/proc/{hub.process.pid}/cgroup").read_text()
    assert asyncio.run(said_in_the_kernel_of(victim, hub.user("mallory"))) == "known to its owner alone\n"
    # What is left is that each server asks for a token.
    assert victims_address.scheme == "http"
    addresses = [
        f"{victim.url}api/contents",
        f"{victim.url}api/kernels",
        f"{hub_url(hub)}/users",
        f"{hub_url(hub)}/proxy",
    ]
    assert json.loads(hub.user("mallory").run(CONNECT.replace("ADDRESSES", repr(addresses)))) == [403] * 4
    for name in ("mallory", "victim"):
        hub.user(name).stop()


def may_trace() -> bool:
    """Tell whether the system lets a program trace others of its user (Documentation/admin-guide/LSM/Yama.rst)."""
    scope = Path("/proc/sys/kernel/yama/ptrace_scope")
    return os.geteuid() == 0 or not scope.exists() or scope.read_text().strip() == "0"


async def said_in_the_kernel_of(victim: User, attacker: User) -> str:
    """Return what somebody's kernel tells another person, who has found its ports and its key in a file."""
    async with live_kernel(victim.url, TOKEN) as kernel:
        await kernel.run("secret = 'known to its owner alone'")
        return attacker.run(ENTER_KERNELS.replace("HOME", str(victim.home)))


def hub_url(hub: Hub) -> str:
    """Return the address of the hub's API, from a server."""
    return f"http://127.0.0.1:{hub.port}/hub/api"


@pytest.fixture(params=["root", "ordinary"])
def isolating(request: pytest.FixtureRequest, tmp_path: Path, prefix: Path) -> Iterator[Hub]:
    """A hub of root or of an ordinary user, whose servers are in sandboxes."""
    if request.param == "root":
        if os.geteuid() != 0:
            pytest.skip("only root can give each person a user of their own")
        with running_hub(tmp_path, prefix, "fork") as running:
            yield running
        return
    with ordinary_hub(prefix) as running:
        yield running


def test_in_a_sandbox_a_server_reaches_nothing_of_that(isolating: Hub) -> None:
    """Neither the hub's database and secrets, nor the data store's folder, nor another person."""
    found = reached(isolating, isolating.user("mallory"), isolating.user("victim"))

    assert set(found["files"].values()) == {"ENOENT"}
    hub_folder = found["folders"].pop("hub")
    assert set(found["folders"].values()) == {"ENOENT"}
    # It is there for the way to one's own home, and empty but for that.
    assert hub_folder == "worked"
    assert (found["database"], found["found there"]) == ("no database", [])
    assert found["processes"] == []
    assert found["signals"] == ["ESRCH"] * 3
    assert found["traces"] == ["ESRCH"] * 3
    assert not found["environments"]
    assert not found["shared /tmp"]
    assert found["new privileges"] == "1"
    listed = isolating.user("mallory").run(f"import os; print(sorted(os.listdir({str(isolating.data)!r})))").strip()
    # The tests' second environment is in the hub's folder.
    assert listed == "['broken', 'homes']"
    addresses = [f"{hub_url(isolating)}/users", f"{hub_url(isolating)}/proxy"]
    assert json.loads(isolating.user("mallory").run(CONNECT.replace("ADDRESSES", repr(addresses)))) == [403] * 2
    # Outside, all of it is there.
    with sqlite3.connect(isolating.data / "hub.sqlite") as database:
        assert database.execute("select count(*) from users where name = 'victim'").fetchone() == (1,)
    database.close()
