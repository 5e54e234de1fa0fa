"""What the first process of a server does while the server runs: takes away what ended, and writes its log."""

import os
import select
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from sardonyx_singleuser.forkserver import log

MOST_SAID = 1024
PIECE = 1 << 16
"""As much as a pipe holds, unless somebody asked for more."""
MOST_LEFT = 1 << 20
"""So much at most of what a server had said and nobody had read is written after its end."""
KILLED = 128
"""As a shell counts: what a signal ended has this and the signal's number as its exit code."""


OPEN_S = 20.0
"""A server that has all but itself is there after a second; one that hangs so long is tried again without its person's
settings."""
OPENING, READY, BLAMED = b"o", b"r", b"b"


class Word:
    """Tells the first process how far the server is.

    Args:
        pipe: to write to.
    """

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def opening(self) -> None:
        """Say that what is left is Jupyter's: whoever fails from here on may do so for its person's settings."""
        os.write(self._pipe, OPENING)

    def ready(self) -> None:
        """Say that the server answers."""
        os.write(self._pipe, READY)
        os.close(self._pipe)
        self._pipe = -1

    def blame(self, place: str) -> None:
        """Say where a server that is not ready failed, if that is known."""
        if self._pipe >= 0 and place:
            os.write(self._pipe, BLAMED + place.encode(errors="replace"))


class Keeper:
    """Is the parent of a server.

    Args:
        output: the end to read from of the pipe that servers write to.
    """

    def __init__(self, output: int) -> None:
        self._output, self._server = output, 0
        os.set_blocking(output, False)
        self._wake, self._waker = _woken_by_children()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._pass_on)
        self._said, self._is_asked_to_end = b"", False
        self._began: float | None = None

    def leave(self) -> None:
        """Leave behind what is the parent's; for a child of this process."""
        signal.set_wakeup_fd(-1)
        for descriptor in (self._wake, self._waker):
            os.close(descriptor)

    @property
    def is_opening(self) -> bool:
        """Whether the server began to open, and is not ready."""
        return self._said.startswith(OPENING) and not self._said.startswith(OPENING + READY)

    @property
    def failed_to_open(self) -> bool:
        """Whether a server that ended could do without its person's settings."""
        return self.is_opening and not self._is_asked_to_end

    @property
    def blamed(self) -> str:
        """Where the server failed; "" if it is not known."""
        return self._said.partition(BLAMED)[2].decode(errors="replace")

    def keep(self, server: int, told: int, ready: Callable[[], None], patience_s: float | None) -> int:
        """Be the parent of a server until it ends; return the exit code to leave with.

        Args:
            told: the end to read from of the pipe of its `Word`.
            ready: called when it is ready.
            patience_s: a server that takes longer to open is ended; None = it may take for ever.
        """
        self._server, self._said, self._began = server, b"", None
        waiting = select.poll()
        for descriptor in (self._output, self._wake, told):
            waiting.register(descriptor, select.POLLIN)
        # One may have ended before there was somebody to wake.
        while (code := self._reap()) is None:
            for descriptor, _ in waiting.poll(self._left_ms(patience_s)):
                if descriptor == self._output:
                    _write_some(self._output)
                elif descriptor == told and not self._listen(told):
                    waiting.unregister(told)
                elif descriptor == told and self._said == OPENING + READY:
                    ready()
            with suppress(BlockingIOError):
                os.read(self._wake, PIECE)
            if self._left_ms(patience_s) == 0:
                os.kill(server, signal.SIGKILL)
        # Once: what it forked may go on writing for ever.
        self._listen(told)
        os.close(told)
        left = MOST_LEFT
        while left > 0 and (written := _write_some(self._output)):
            left -= written
        return code

    def _left_ms(self, patience_s: float | None) -> int | None:
        """Return how long may be waited for a server that opens; None = for ever."""
        if patience_s is None or not self.is_opening:
            return None
        if self._began is None:
            self._began = time.monotonic()
        return max(0, int(1000 * (self._began + patience_s - time.monotonic())))

    def _listen(self, told: int) -> bool:
        """Hear the server's word; return whether there may be more."""
        ready, _, _ = select.select([told], [], [], 0)
        said = os.read(told, MOST_SAID) if ready else b""
        self._said = (self._said + said)[:MOST_SAID]
        return bool(said)

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        self._is_asked_to_end = True
        # 0 is none yet, and would be all.
        if self._server:
            with suppress(ProcessLookupError):
                os.kill(self._server, number)

    def _reap(self) -> int | None:
        """Take away what ended, also what has lost its parents; return the exit code to leave with if it was the server."""
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == self._server:
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else KILLED - code
            if pid == 0:
                return None


def end_all_others() -> None:
    """End all processes of the namespace but this one, which is the first."""
    with suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    with suppress(ChildProcessError):
        while True:
            os.wait()


def _woken_by_children() -> tuple[int, int]:
    """Return the two ends of a pipe that can be read when a process has ended."""
    wake, tell = os.pipe()
    for descriptor in (wake, tell):
        os.set_blocking(descriptor, False)
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    return wake, tell


def _write_some(output: int) -> int:
    """Write what there is to the log; return how much it was, 0 if there is nothing."""
    try:
        text = os.read(output, PIECE)
    except BlockingIOError:
        return 0
    log.write(text)
    return len(text)
