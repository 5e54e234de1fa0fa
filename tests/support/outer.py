"""A container around a program, as far as its users and its mounts go, from nothing but the system's own calls."""

import subprocess
from pathlib import Path

from support.everybody import SYSTEM_PYTHON, as_ordinary

FEW_USERS = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
made, tell = os.pipe()
mapped, go_on = os.pipe()
child = os.fork()
if child == 0:
    os.setgroups([])
    # CLONE_NEWUSER, CLONE_NEWNS
    if libc.unshare(0x10000000 | 0x20000) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    os.write(tell, b"x")
    os.read(mapped, 1)
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    os.execv(sys.argv[1], sys.argv[1:])
os.close(tell)
os.read(made, 1)
for name in ("uid_map", "gid_map"):
    with open(f"/proc/{child}/{name}", "w") as file:
        file.write("0 100000 65536")
os.write(go_on, b"x")
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def container_with_few_users() -> list[str]:
    """Return what stands before a command that runs as the root of a container whose users are a range of the machine's."""
    return [str(SYSTEM_PYTHON), "-c", FEW_USERS]


def container_of_ordinary(change: str) -> list[str]:
    """Return what stands before a command that an ordinary user runs in namespaces in which something was changed."""
    namespaces = ["unshare", "--user", "--map-current-user", "--keep-caps", "--mount"]
    return [*as_ordinary(), *namespaces, "sh", "-c", f'{change} && exec "$@"', "sh"]


def said(command: list[str], python: Path) -> str:
    """Return what the trial of a sandbox says there."""
    run = [*command, str(python), "-I", "-m", "sardonyx_singleuser.sandbox"]
    return subprocess.run(run, check=True, stdout=subprocess.PIPE, text=True, cwd="/").stdout
