"""The parent of all servers of one environment: small, with one thread, and nothing in it that an upgrade could break.

It passes new connections on to the zygote, takes away processes that ended, and remembers how they ended. It ends
when there was no server and no request for long.
"""

import json
import os
import selectors
import signal
import socket
import sys
import time
from collections import OrderedDict, deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sardonyx_singleuser.contract import PREIMPORT
from sardonyx_singleuser.forkserver.control import COLD, CONTROL, FAILED, MADE, MOST_SAID, READY, ZYGOTE
from sardonyx_singleuser.forkserver.fingerprint import fingerprint, is_changed, package_folders
from sardonyx_singleuser.forkserver.protocol import (
    ASK,
    REST,
    ROOT,
    SOCKET,
    START,
    ProtocolError,
    is_from_us,
    listen,
    receive_line,
    say,
)
from sardonyx_singleuser.kernels.origin import variables_at_start

TICK_S = 5.0
PATIENCE_S = 1.0
"""A connection gets so long for its first bytes; who connects writes at once."""
MOST_REMEMBERED = 4096
WARM_AGAIN_S = 600.0
"""Warming that failed is tried again after so long: it may have been the machine's fault, such as a full disk."""
KILLED_AGAIN_S = 30.0
"""The same where something ended the zygote, such as the system for want of memory."""
ZYGOTE_KEPT = ("LANG", "LC_ALL", "LC_CTYPE", "PATH", "TZ", PREIMPORT)


@dataclass(eq=False)
class Zygote:
    """A zygote's process and our socket to it."""

    pid: int
    control: socket.socket
    made_from: frozenset[tuple[str, int]]
    cold: str = ""
    """Why it imports nothing; "" = it is a warm one."""
    is_ready: bool = False
    problem: str = ""
    """Why it could not be made ready, in its own words."""


@dataclass
class Supervisor:
    """See the module.

    Args:
        folder: with the socket; for our own user only.
        idle_s: it ends after so many seconds without a server and a request.
    """

    folder: Path
    idle_s: float
    is_resting: bool = False
    listener: socket.socket = field(init=False)
    zygote: Zygote | None = None
    waiting: deque[socket.socket] = field(default_factory=deque)
    alive: set[int] = field(default_factory=set)
    ended: OrderedDict[int, int] = field(default_factory=OrderedDict)
    last_use: float = field(default_factory=time.monotonic)
    cold: str = ""
    """Why zygotes are made cold until then, one after the other."""
    cold_until: float = 0.0

    def __post_init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self.listener = listen(self.folder / SOCKET)
        self._selector.register(self.listener, selectors.EVENT_READ)
        self._wake, theirs = socket.socketpair()
        self._wake.setblocking(False)  # noqa: FBT003 - the standard library's signature
        theirs.setblocking(False)  # noqa: FBT003
        signal.set_wakeup_fd(theirs.detach(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        self._selector.register(self._wake, selectors.EVENT_READ)

    def run(self) -> None:
        """Work until it is idle for long."""
        self._make_zygote()
        while self.alive or self.waiting or time.monotonic() - self.last_use < self._patience_s:
            for key, _ in self._selector.select(min(TICK_S, self._patience_s)):
                if key.fileobj is self.listener:
                    self._accept()
                elif key.fileobj is self._wake:
                    with suppress(BlockingIOError):
                        self._wake.recv(4096)
                elif self.zygote is not None and key.fileobj is self.zygote.control:
                    self._hear(self.zygote)
            self._reap()
        (self.folder / SOCKET).unlink(missing_ok=True)
        if self.zygote is not None:
            self._retire(self.zygote)

    @property
    def _patience_s(self) -> float:
        return min(PATIENCE_S, self.idle_s) if self.is_resting else self.idle_s

    def _accept(self) -> None:
        try:
            connection, _ = self.listener.accept()
        except OSError as error:
            # Out of files, or whoever called has gone.
            _log(f"no connection could be taken: {error}")
            time.sleep(0.05)
            return
        self.last_use = time.monotonic()
        connection.settimeout(PATIENCE_S)
        if not is_from_us(connection):
            _log("a connection of another user was refused")
            connection.close()
            return
        try:
            purpose = connection.recv(1)
            if purpose == START:
                self.is_resting = False
                connection.settimeout(None)
                self._start(connection)
                return
            self.is_resting |= purpose == REST
            if purpose == ASK:
                self._tell(connection, receive_line(connection, 128))
        except (OSError, ProtocolError, ValueError, TypeError, KeyError) as error:
            _log(f"a connection was closed: {error}")
        connection.close()

    def _tell(self, connection: socket.socket, line: bytes) -> None:
        pid = int(json.loads(line)["pid"])
        # Whoever asks may have heard of the end before us.
        self._reap()
        say(connection, alive=pid in self.alive, exit=self.ended.get(pid))

    def _start(self, connection: socket.socket) -> None:
        if self.zygote is not None and is_changed(self.zygote.made_from):
            _log("the environment was changed: a new zygote is made, and servers go on")
            self._retire(self.zygote)
            self.cold_until = 0.0
        if self.zygote is not None and self.zygote.cold and time.monotonic() > self.cold_until:
            self._retire(self.zygote)
        if self.zygote is not None and self.zygote.is_ready:
            self._pass_on(self.zygote, connection)
            return
        self.waiting.append(connection)
        if self.zygote is None:
            self._make_zygote()
        if self.zygote is not None:
            say(connection, warming=True)

    def _pass_on(self, zygote: Zygote, connection: socket.socket) -> None:
        with connection:
            if zygote.cold:
                say(connection, slow=zygote.cold)
            try:
                socket.send_fds(zygote.control, [START], [connection.fileno()])
            except OSError as error:
                say(connection, error=f"the zygote has ended: {error.strerror}", again=True)

    def _make_zygote(self) -> None:
        """Make one; where the system refuses that, whoever waits is told why, and the next request tries again."""
        try:
            self.zygote = self._new_zygote()
        except OSError as error:
            _log(f"no zygote can be made: {error}")
            while self.waiting:
                with self.waiting.popleft() as connection:
                    say(connection, error=f"no process can be made: {error.strerror}", errno=error.errno)

    def _new_zygote(self) -> Zygote:
        """Return a new one: a cold one for a while after a warm one could not be made ready.

        Raises:
            OSError: the system refuses it.
        """
        cold = self.cold if time.monotonic() < self.cold_until else ""
        made_from = fingerprint(package_folders())
        variables = variables_at_start(ZYGOTE_KEPT)
        # glibc's arenas would take memory apart that children could share.
        variables["MALLOC_ARENA_MAX"] = "2"
        # Not with -I, which kernels would pass on to processes that they start; there is no home with packages in it.
        variables["HOME"] = "/"
        command = [sys.executable, "-m", ZYGOTE, str(self.folder / ROOT)]
        command += [COLD] if cold else []
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs:
                actions = [(os.POSIX_SPAWN_DUP2, theirs.fileno(), CONTROL)]
                pid = os.posix_spawn(sys.executable, command, variables, file_actions=actions)
            self._selector.register(ours, selectors.EVENT_READ)
        except OSError:
            # One that is there already ends with it.
            ours.close()
            raise
        return Zygote(pid, ours, made_from, cold)

    def _hear(self, zygote: Zygote) -> None:
        try:
            said = zygote.control.recv(MOST_SAID + 64)
        except OSError:
            said = b""
        if said == READY:
            zygote.is_ready = True
            self.last_use = time.monotonic()
            while self.waiting:
                self._pass_on(zygote, self.waiting.popleft())
        elif said.startswith(MADE):
            self._made(said)
        elif said.startswith(FAILED):
            zygote.problem = said.removeprefix(FAILED).decode(errors="replace")
            self._lost(zygote)
        elif not said:
            self._lost(zygote)

    def _made(self, said: bytes) -> None:
        pid = int(said.removeprefix(MADE))
        try:
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            # It ended and was taken away before we heard that it was made.
            return
        self.ended.pop(pid, None)
        self.alive.add(pid)

    def _lost(self, zygote: Zygote) -> None:
        _log(f"the zygote {zygote.pid} ended")
        self._retire(zygote)
        if zygote.is_ready:
            if self.waiting:
                self._make_zygote()
        elif not zygote.cold:
            self.cold = zygote.problem or "the process was ended from outside"
            self.cold_until = time.monotonic() + (WARM_AGAIN_S if zygote.problem else KILLED_AGAIN_S)
            self._make_zygote()
        else:
            # Not even a cold one. Whoever asks again gets another; how often is not for us to say.
            while self.waiting:
                with self.waiting.popleft() as connection:
                    say(connection, error="Python could not be made ready; see the fork server's log", again=True)

    def _retire(self, zygote: Zygote) -> None:
        # It ends when its side of the socket is closed; messages of children that it just made are still there.
        zygote.control.setblocking(False)  # noqa: FBT003 - the standard library's signature
        zygote.control.shutdown(socket.SHUT_WR)
        with suppress(OSError):
            while (said := zygote.control.recv(64)).startswith(MADE):
                self._made(said)
        self._selector.unregister(zygote.control)
        zygote.control.close()
        if self.zygote is zygote:
            self.zygote = None

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if self.zygote is not None and pid == self.zygote.pid:
                # Its socket says so, too, after what it had still sent.
                continue
            self.alive.discard(pid)
            self.ended[pid] = os.waitstatus_to_exitcode(status)
            self.last_use = time.monotonic()
            while len(self.ended) > MOST_REMEMBERED:
                self.ended.popitem(last=False)


def _log(text: str) -> None:
    # A full disk is no reason to lose what is known of servers.
    with suppress(OSError):
        sys.stderr.write(f"{time.strftime('%F %T')} {text}\n")
        sys.stderr.flush()
