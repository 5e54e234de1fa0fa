"""git, run as a program: bounded in time, asking nobody, and ended with all that it started."""

import math
import os
import signal
import subprocess
import time
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sardonyx_singleuser.git.arrival import LOOK_S, Arrival

FETCH = ("fetch", "--quiet", "--no-recurse-submodules")
"""Repositories inside are fetched afterwards: one that is gone keeps nothing else back."""
PATIENCE_S = 60
"""A start waits so long for one repository, and then goes on without it. A hub that gives a start less waits in vain."""
SLOW_BYTES, SLOW_S = 1000, 30
"""git gives up on a connection that brings fewer bytes a second for so many seconds."""
TIMED_OUT, NO_GIT = 124, 127
"""Exit codes as timeout(1) and shells have them."""


@dataclass(frozen=True)
class Answer:
    """What git answered.

    Args:
        out: names of files in it are as the file system has them.
        said: what it said to people.
        waited_s: so long was waited for all of it; 0 = it did answer.
    """

    code: int
    out: str = ""
    said: str = ""
    waited_s: int = 0


class GitError(Exception):
    """git could not do something."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.said)
        self.answer = answer


@dataclass(frozen=True)
class Git:
    """git in one folder.

    Args:
        ends_at: when all of it has to be over, as `time.monotonic` counts.
        options: of git itself, before each command.
        asking: options of git itself, before a command that asks what there is.
        began: when all of it began.
        arrival: of what it brings; a command goes on then as long as something comes. None = no longer than `PATIENCE_S`.
    """

    folder: Path
    ends_at: float = math.inf
    options: tuple[str, ...] = ()
    asking: tuple[str, ...] = ()
    began: float = field(default_factory=time.monotonic)
    arrival: Arrival | None = None

    def run(self, *arguments: str, given: str = "") -> Answer:
        """Run a command.

        Args:
            given: its standard input.
        """
        try:
            process = subprocess.Popen(
                ["git", *self.options, *arguments], cwd=self.folder, env=_environment(), start_new_session=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
        except OSError as error:
            return Answer(NO_GIT, said=f"git is not there: {error.strerror}")
        with process:
            try:
                out, said = self._heard(process, given.encode(errors="surrogateescape"))
            except subprocess.TimeoutExpired:
                # git does its work in other programs: end them all.
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                waited_s = max(1, round(time.monotonic() - self.began))
                return Answer(TIMED_OUT, said=f"no answer after {waited_s} seconds", waited_s=waited_s)
        return Answer(process.returncode, out.decode(errors="surrogateescape"), said.decode(errors="replace"))

    def _heard(self, process: subprocess.Popen[bytes], given: bytes) -> tuple[bytes, bytes]:
        arrival = self.arrival
        if arrival is None:
            patience_s = max(1, min(PATIENCE_S, self.ends_at - time.monotonic()))
            return process.communicate(given, timeout=patience_s)
        told: bytes | None = given
        while True:
            try:
                heard = process.communicate(told, timeout=LOOK_S)
            except subprocess.TimeoutExpired:
                told = None
                if time.monotonic() >= self.ends_at or not arrival.goes_on(process.pid):
                    arrival.is_through()
                    raise
            else:
                if arrival.is_through():
                    raise subprocess.TimeoutExpired(process.args, 0)
                return heard

    def watching(self, folder: Path) -> AbstractContextManager[None]:
        """Bring something long into a folder: it may take as long as something comes, where somebody waits so long."""
        return nullcontext() if self.arrival is None else self.arrival.watching(folder)

    def must(self, *arguments: str, given: str = "") -> str:
        """Run a command; return what it puts out.

        Raises:
            GitError: it failed.
        """
        answer = self.run(*arguments, given=given)
        if answer.code != 0:
            raise GitError(answer)
        return answer.out

    def fetch(self, *arguments: str) -> None:
        """Fetch what there is, without what is inside of it.

        Raises:
            GitError: it failed.
        """
        self.must(*self.asking, *FETCH, *arguments)

    def line(self, *arguments: str) -> str:
        """Return the one line that a command puts out; "" = it has no answer."""
        answer = self.run(*arguments)
        return answer.out.strip() if answer.code == 0 else ""

    def does(self, *arguments: str) -> bool:
        """Run a command that answers yes or no."""
        return self.run(*arguments).code == 0


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        # Nobody is there to be asked for a password: say no at once.
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "/bin/false",
        "SSH_ASKPASS": "/bin/false",
        "LC_ALL": "C.UTF-8",
        "GIT_HTTP_LOW_SPEED_LIMIT": str(SLOW_BYTES),
        "GIT_HTTP_LOW_SPEED_TIME": str(SLOW_S),
    }
