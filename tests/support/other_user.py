"""What another user of the machine tries on a running Sardonyx: a program that needs nothing but the system's Python."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from support.everybody import SYSTEM_PYTHON, as_ordinary

TRIES = """
import ctypes, json, os, socket, sys
told = json.load(sys.stdin)
got = []

def tries(what, do):
    try:
        found = do()
    except (OSError, ValueError):
        return
    if found is not False:
        got.append(what)

def opened(path, flags):
    os.close(os.open(path, flags | os.O_NONBLOCK))

def made(folder):
    path = os.path.join(folder, "by-another-user")
    opened(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    os.unlink(path)

def connected(path):
    with socket.socket(socket.AF_UNIX) as found:
        found.settimeout(5)
        found.connect(path)

def bound(host, port, option):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as found:
        if option:
            found.setsockopt(socket.SOL_SOCKET, option, 1)
        found.bind((host, port))
        found.listen()

def traced(process):
    # PTRACE_SEIZE: it does not stop the process, and ends with this program.
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(0x4206, process, None, None) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")

def read(path):
    with open(path, "rb") as file:
        return bool(file.read(1))

for path in told.get("files", []):
    tries(["read", path], lambda: opened(path, os.O_RDONLY))
    tries(["write", path], lambda: opened(path, os.O_WRONLY))
for path in told.get("folders", []):
    tries(["list", path], lambda: os.listdir(path))
    tries(["make", path], lambda: made(path))
for path in told.get("sockets", []):
    tries(["connect", path], lambda: connected(path))
for process in told.get("processes", []):
    for part in ("environ", "maps", "mem"):
        # Whoever can open a memory can read it; its first page is nobody's.
        path = f"/proc/{process}/{part}"
        tries([part, process], (lambda: opened(path, os.O_RDONLY)) if part == "mem" else (lambda: read(path)))
    for part in ("fd", "root", "cwd"):
        tries([part, process], lambda: os.listdir(f"/proc/{process}/{part}/"))
    tries(["signal", process], lambda: os.kill(process, 0))
    tries(["trace", process], lambda: traced(process))
    for kind in ("net", "mnt"):
        tries(["enter " + kind, process], lambda: opened(f"/proc/{process}/ns/{kind}", os.O_RDONLY))
for port in told.get("doors", []):
    tries(["reach", port], lambda: socket.create_connection(("127.0.0.1", port), timeout=5).close())
for port in told.get("ports", []):
    for host in ("127.0.0.1", "0.0.0.0", "::"):
        for option in (0, socket.SO_REUSEADDR, socket.SO_REUSEPORT):
            tries(["bind", host, port], lambda: bound(host, port, option))
json.dump({"uid": os.geteuid(), "got": got}, sys.stdout)
"""
Got = list[list[str | int]]
"""What worked, and with what."""


@dataclass(frozen=True)
class Tried:
    """Who tried, and what worked."""

    uid: int
    got: Got


def tries(
    *,
    files: Sequence[Path] = (),
    folders: Sequence[Path] = (),
    sockets: Sequence[Path] = (),
    processes: Sequence[int] = (),
    doors: Sequence[int] = (),
    ports: Sequence[int] = (),
    is_other: bool = True,
) -> Tried:
    """Return what works.

    Args:
        doors: ports to connect to.
        ports: to take.
        is_other: False = for the installation's own user, for whom it does: what is tried is real.
    """
    paths = {"files": files, "folders": folders, "sockets": sockets}
    told = {
        **{name: [str(each) for each in found] for name, found in paths.items()},
        "processes": [*processes],
        "doors": [*doors],
        "ports": [*ports],
    }
    said = subprocess.run(
        [*(as_ordinary() if is_other else []), str(SYSTEM_PYTHON), "-I", "-c", TRIES],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.environ["PATH"], "HOME": "/"},
        timeout=120,
    )
    sys.stderr.write(said.stderr)
    found = json.loads(said.stdout)
    return Tried(found["uid"], found["got"])
