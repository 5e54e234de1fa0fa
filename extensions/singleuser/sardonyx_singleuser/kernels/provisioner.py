"""The provisioner of kernels: forks those that can be, and starts all others as usual.

Everything but the start is jupyter_client's own: a forked kernel is the server's child, in a session of its own.
"""

import asyncio
import errno
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_runtime_dir

from sardonyx_singleuser.kernels.child import KernelRequest
from sardonyx_singleuser.kernels.dormant import Dormant
from sardonyx_singleuser.kernels.origin import Origin
from sardonyx_singleuser.kernels.preimported import Preimported
from sardonyx_singleuser.kernels.watched import WatchedProvisioner
from sardonyx_singleuser.own_packages import VARIABLE, shadowing

PLAIN = ["-m", "ipykernel_launcher", "-f"]
LAUNCHER = Path(__file__).with_name("launcher.py")
AT_START = (
    "PYTHON",
    "LD_",
    "GLIBC_",
    "MALLOC_",
    "IPYTHON_SUPPRESS_",
    "PYDEVD_",
    "DEBUGPY_",
    "JE_",
    "MIMALLOC_",
    "ARROW_",
)
"""Variables that begin so are read when a program or a library is loaded: in a fork that was long ago."""
UNREAD = {"PYTHONSTARTUP", "PYTHONBREAKPOINT"}
"""These are not: interactive Python and `breakpoint()` read them, when it is time."""
KNOWN_ARGUMENTS = {"cwd", "env", "extra_arguments", "independent", "kernel_id", "stdout", "stderr", "path"}
PATIENCE_S = 15.0
RECONNECT_S = 0.25
"""Who was connected to the kernel before a restart tries again after at most 0.2 s (ZMQ_RECONNECT_IVL), and would miss
what a kernel says that is ready earlier: a cell that seems to run for ever."""
LONGEST_SOCKET = 100
"""A unix socket's path has at most 107 bytes (unix(7))."""


class CannotForkError(Exception):
    """A kernel has to be started as usual; the message says why."""


class ForkedProcess:
    """A kernel's process, with what the local provisioner uses of `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return how it ended, None while it runs."""
        if self.returncode is None:
            try:
                ended, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                # Somebody else took it away; Popen answers the same then.
                self.returncode = 0
            else:
                self.returncode = os.waitstatus_to_exitcode(status) if ended else None
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return how it ended, when it has.

        Raises:
            subprocess.TimeoutExpired: it has not.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("kernel", timeout or 0)
            time.sleep(0.01)
        return code

    def send_signal(self, sig: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, sig)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class ForkedProvisioner(WatchedProvisioner):
    """See the module."""

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose the way to reach it: for our own Python sockets in the private folder, not ports for everybody."""
        if self._is_plain():
            use_sockets(self.parent)
        return dict(await super().pre_launch(**kwargs))

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork it, or else start it."""
        try:
            pid = await self._fork(cmd, kwargs)
        except CannotForkError as reason:
            self.log.info("This kernel starts as usual: %s", reason)
            return await super().launch_kernel(self._without_ports(cmd), **kwargs)
        except (OSError, ValueError, TypeError) as error:
            self.log.warning("This kernel starts slowly, it could not be forked: %s", error)
            return await super().launch_kernel(self._without_ports(cmd), **kwargs)
        self.process = ForkedProcess(pid)
        self.pid = self.pgid = pid
        self.cwd = kwargs.get("cwd", Path.cwd())
        self.watch()
        return self.connection_info

    def _is_plain(self) -> bool:
        """Tell whether the kernel is IPython in our own Python, with nothing special."""
        spec = self.kernel_spec
        argv = list(spec.argv)
        python = {"python", f"python{sys.version_info[0]}", "python{}.{}".format(*sys.version_info), sys.executable}
        return not spec.env and argv[1:] == [*PLAIN, "{connection_file}"] and argv[0] in python

    def _without_ports(self, cmd: list[str]) -> list[str]:
        return [cmd[0], str(LAUNCHER), *cmd[3:]] if self._is_plain() and cmd[1:4] == PLAIN else cmd

    async def _fork(self, cmd: list[str], kwargs: Mapping[str, Any]) -> int:
        dormant, origin = Dormant.current, Origin.current
        if dormant is None or origin is None:
            raise CannotForkError("there is nothing to fork from")
        variables = dict(kwargs.get("env") or os.environ)
        folder = str(kwargs.get("cwd") or Path.cwd())
        if not self._is_plain() or cmd[:4] != [sys.executable, *PLAIN] or set(kwargs) - KNOWN_ARGUMENTS:
            raise CannotForkError("it is not the plain kernel of this environment")
        if not kwargs.get("independent"):
            variables["JPY_PARENT_PID"] = str(os.getpid())
        why = unlike(origin, variables, folder)
        if why:
            raise CannotForkError(why)
        variables |= origin.early_variables(variables) or {}
        pause_s = RECONNECT_S if self.pid else 0.0
        request = KernelRequest(tuple(cmd), variables, folder, _umask(), _limits(), pause_s)
        async with asyncio.timeout(PATIENCE_S):
            return await _made(dormant, request, kwargs.get("stdout"), kwargs.get("stderr"))


def use_sockets(manager: Any) -> None:
    """Let a kernel that is not there yet be reached through sockets, where its server has a private folder for them."""
    if manager is not None and Dormant.is_in_sandbox:
        place = f"{os.path.splitext(manager.connection_file)[0]}-ipc"  # noqa: PTH122 - as jupyter_client does
        is_new = manager.transport == "tcp" and not manager.shell_port and os.path.isabs(place)  # noqa: PTH117
        if is_new and len(os.fsencode(f"{place}-5")) <= LONGEST_SOCKET and place.startswith(jupyter_runtime_dir()):
            manager.transport, manager.ip = "ipc", place


def unlike(origin: Origin, variables: Mapping[str, str], folder: str) -> str:
    """Return why a fork would not be like an ordinary kernel, "" if it would."""
    early = [name for name in variables if name.startswith(AT_START) and name not in UNREAD]
    if early:
        return f"{early[0]} is set, which is read when a program starts"
    if origin.early_variables(variables) is None:
        return "its language is another"
    if not origin.is_still_true():
        return "packages were changed"
    shadow = shadowing(Path(variables.get(VARIABLE, "")), sys.modules) if variables.get(VARIABLE) else ""
    if shadow:
        return f"its person has installed {shadow}, which is in memory in another version"
    own = sysconfig.get_path("purelib", f"{os.name}_user")
    if sys.prefix == sys.base_prefix and Path(own).is_dir():
        return f"there may be other packages in {own}"
    shadow = Preimported.current.shadowed_in(folder) if Preimported.current is not None else ""
    return f"{folder}/{shadow} would be imported instead of what is in memory" if shadow else ""


async def _made(dormant: Dormant, request: KernelRequest, stdout: object, stderr: object) -> int:
    """Return the process of the kernel, when its sockets are open.

    Raises:
        OSError: there is none.
    """
    pid, is_open = 0, False
    why = "its process ended before it was a kernel; the server's log has the reason"
    closed, writing = os.pipe()
    os.close(writing)
    output, errors = (file if isinstance(file, int) and file >= 0 else n for n, file in ((1, stdout), (2, stderr)))
    try:
        with _connection(dormant) as connection:
            request.send(connection, (closed, output, errors))
            connection.setblocking(False)  # noqa: FBT003 - the standard library's signature
            async for told in _told(connection):
                pid, is_open = int(told.get("pid", pid)), bool(told.get("ready"))
                why = str(told.get("error", why))
                if is_open:
                    break
    finally:
        os.close(closed)
        if not is_open and not dormant.is_there:
            dormant.leave()
        if pid and not is_open:
            half = ForkedProcess(pid)
            half.kill()
            half.wait()
    if not is_open:
        raise OSError(errno.EAGAIN, why)
    return pid


def _connection(dormant: Dormant) -> socket.socket:
    try:
        return dormant.ask()
    except OSError:
        dormant.leave()
        raise


async def _told(connection: socket.socket) -> AsyncIterator[dict[str, Any]]:
    said = b""
    while more := await asyncio.get_running_loop().sock_recv(connection, 4096):
        *lines, said = (said + more).split(b"\n")
        for line in lines:
            yield json.loads(line)


def _umask() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next((int(line.split()[1], 8) for line in lines if line.startswith("Umask:")), 0o077)


def _limits() -> tuple[tuple[int, int, int], ...]:
    kinds = {getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")}
    return tuple((kind, *resource.getrlimit(kind)) for kind in sorted(kinds))
