"""The process of a tool or an app: started when somebody wants its page, and known by its state and its last words."""

import asyncio
import os
import re
import signal
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from sardonyx_singleuser.first_to_go import go_first
from sardonyx_singleuser.language import _
from sardonyx_singleuser.tools.ports import listened_on
from sardonyx_singleuser.tools.tool import Start
from sardonyx_singleuser.victims import OF_THIS_SERVER, Lookout, Victims

LOOK_S = 0.1
ANSWER_S = 5.0
SLOW_S, MOST_SLOW_S = 10.0, 160.0
"""A page may take so long before its tool is asked for a sign of life; longer where it was found to be busy only."""
MOST_LINES, MOST_IN_A_LINE = 300, 2000
"""So much of what it says is kept, in memory: a full disk is one of the reasons why a tool fails."""
PORT_S = 1.0
ASTRAY = 1 / 6
"""Of its patience: a page on a port for so long, and none on its socket, is not going to be there at all."""
END_S = 5.0
LAST_WORDS_S = 1.0
WAKE_S = 1.0
COUNT_S = 30.0
"""So often is it noted how many programs of this server were ended for want of memory, to know whether this one was."""
COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
"""Of terminals, which pages show as boxes (ECMA-48, control sequences)."""
LONGEST_LINE = 1 << 19
"""In bytes; longer ones are left out."""


class State(Enum):
    """How far a process is."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    SILENT = "silent"
    """It ran, and answers no longer: it is busy, or hangs."""
    FAILED = "failed"


@dataclass(eq=False)
class Process:
    """One at a time.

    Args:
        title: for people.
        start: decides how it is started, each time anew; what it raises as ValueError is told to the person.
        socket: where it will listen.
        explain: what to do about its end, by its last words; "" = it cannot be said.
        on_port: what to do where it listens on a port.
    """

    title: str
    start: Callable[[], Start]
    socket: Path
    explain: Callable[[str], str] = lambda _last_words: ""
    on_port: str = ""
    victims: Victims = OF_THIS_SERVER
    state: State = State.STOPPED
    problem: str = ""
    """Why it failed, in a sentence."""
    is_refused: bool = False
    """It was not started, for a reason that may be gone by now: it is not installed, or its file has a fault."""
    tells_of_person: bool = False
    """Its pages tell whether somebody is there."""
    _said: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_LINES))
    _child: asyncio.subprocess.Process | None = None
    _life: asyncio.Task[None] | None = None
    _listening: asyncio.Task[None] | None = None
    _waking: asyncio.Task[None] | None = None
    _ready_path: str = "/"
    _slow_s: float = SLOW_S
    _settled: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def last_words(self) -> str:
        """What it said at last."""
        return "\n".join(self._said)

    @property
    def is_up(self) -> bool:
        """Whether it has become ready and has not ended."""
        return self.state in {State.RUNNING, State.SILENT}

    def begin(self) -> None:
        """Start it where it does not run; `settled` waits for it."""
        if self.is_up or self.state is State.STARTING:
            return
        self._become(State.STARTING)
        self.is_refused = False
        self._settled.clear()
        self._said.clear()
        self._life = asyncio.create_task(self._live())

    async def settled(self) -> State:
        """Wait until it is ready or has failed; return which."""
        if self.state is State.STARTING:
            await self._settled.wait()
        return self.state

    async def falls_silent(self) -> None:
        """Return when it gives no sign of life any more: for whoever has waited for a page of it from now on."""
        await asyncio.sleep(self._slow_s)
        while self.state is State.RUNNING and await self._answers(self._ready_path):  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(ANSWER_S)
        if self.state is State.RUNNING:
            self._become(State.SILENT)
            self._waking = asyncio.create_task(self._wake())

    async def ends_within(self, seconds: float) -> bool:
        """Tell whether it ends in so many seconds: a connection that broke comes before the news of why."""
        if self._life is not None:
            await asyncio.wait([self._life], timeout=seconds)
        return not self.is_up

    async def end(self) -> None:
        """Stop it, with all that it started."""
        if self._life is not None:
            self._life.cancel()
            with suppress(asyncio.CancelledError):
                await self._life
        self._become(State.STOPPED)

    def kill(self) -> None:
        """End it without waiting."""
        if self._child is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)

    async def _live(self) -> None:
        try:
            problem = await self._run()
        except ValueError as error:
            problem = str(error)
            self.is_refused = True
        except OSError as error:
            problem = _("{title} cannot be started: {problem}.").format(
                title=self.title, problem=error.strerror or error
            )
        finally:
            await self._clear()
        self._become(State.FAILED, problem)

    async def _run(self) -> str:
        """Start it and wait for its end; return why it ended."""
        self.socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)
        how = self.start()
        self._ready_path, self._slow_s = how.ready_path, SLOW_S
        lookout = Lookout(self.victims)
        self._child = await asyncio.create_subprocess_exec(
            *how.command,
            cwd=how.folder,
            env={**os.environ, **how.variables},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LONGEST_LINE,
            start_new_session=True,
        )
        go_first(self._child.pid)
        self._listening = asyncio.create_task(self._listen(self._child))
        ended = asyncio.create_task(self._child.wait())
        if problem := await self._wait(how, self._child.pid, ended):
            return problem
        if not ended.done():
            self._become(State.RUNNING)
        while not (await asyncio.wait([ended], timeout=COUNT_S))[0]:
            lookout.look()
        # What it said before its end is still on its way.
        await asyncio.wait([self._listening], timeout=LAST_WORDS_S)
        code = ended.result()
        if self.victims.note("program", self.title, code, lookout.before):
            return _(
                "{title} was ended because this server's memory was used up. Work on less at once, or start a larger server."
            ).format(title=self.title)
        return self.explain(self.last_words) or _ended(self.title, code)

    async def _wait(self, how: Start, group: int, ended: "asyncio.Task[int]") -> str:
        """Wait until it answers or has ended; return why it is waited for no longer."""
        astray = asyncio.create_task(_goes_astray(group, ASTRAY * how.patience_s))
        try:
            async with asyncio.timeout(how.patience_s):
                while not ended.done() and not await self._answers(how.ready_path):
                    if astray.done():
                        return self._is_elsewhere(astray.result())
                    await asyncio.wait([ended, astray], timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            late = _("{title} did not answer within {seconds} seconds.").format(
                title=self.title, seconds=round(how.patience_s)
            )
            ports = listened_on(group)
            return f"{late} {self._is_elsewhere(ports[0])}" if ports else late
        finally:
            astray.cancel()
        return ""

    def _is_elsewhere(self, port: int) -> str:
        said = _(
            "{title} listens on port {port}, and not on the socket that it was given. It was ended, since others could reach"
            " that port."
        ).format(title=self.title, port=port)
        return f"{said} {self.on_port}".rstrip()

    async def _wake(self) -> None:
        """Wait until it answers again."""
        while not await self._answers(self._ready_path):  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(WAKE_S)
        # A page that takes it so long each time is to be seen at last.
        self._slow_s = min(2 * self._slow_s, MOST_SLOW_S)
        self._become(State.RUNNING)

    def _become(self, state: State, problem: str = "") -> None:
        self.state, self.problem = state, problem
        self._settled.set()

    async def _answers(self, path: str) -> bool:
        """Ask for a page; whatever answers in HTTP is ready, also with an error that is shown to the person then."""
        return await _speaks_http(asyncio.open_unix_connection(self.socket), path)

    async def _listen(self, child: asyncio.subprocess.Process) -> None:
        output = child.stdout
        if output is None:
            return
        while True:
            try:
                line = await output.readline()
            except ValueError:
                continue
            if not line:
                return
            self._said.append(COLOURS.sub("", line.decode(errors="replace")).rstrip()[:MOST_IN_A_LINE])

    async def _clear(self) -> None:
        child, self._child = self._child, None
        if self._waking is not None:
            self._waking.cancel()
        if child is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            # All that it started are in its group, also when it has ended itself.
            with suppress(ProcessLookupError):
                os.killpg(child.pid, number)
            with suppress(TimeoutError):
                await asyncio.wait_for(child.wait(), END_S)
                break
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        if self._listening is not None:
            await asyncio.wait([self._listening], timeout=LAST_WORDS_S)
            self._listening.cancel()
        self.socket.unlink(missing_ok=True)


async def _speaks_http(connecting: Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]], path: str) -> bool:
    try:
        async with asyncio.timeout(ANSWER_S):
            reader, writer = await connecting
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                return (await reader.readline()).startswith(b"HTTP/")
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError):
        return False


async def _goes_astray(group: int, patience_s: float) -> int:
    """Return a port on which pages of these processes are, once they have been there for so long.

    Other ports say nothing: an app may start a Spark session before it has a page.
    """
    while True:
        await asyncio.sleep(PORT_S)
        for port in await asyncio.to_thread(listened_on, group):
            if await _speaks_http(asyncio.open_connection("localhost", port), "/"):
                await asyncio.sleep(patience_s)
                if port in await asyncio.to_thread(listened_on, group):
                    return port


def _ended(title: str, code: int) -> str:
    if code >= 0:
        return _("{title} ended by itself, with the code {code}.").format(title=title, code=code)
    try:
        name = signal.Signals(-code).name
    except ValueError:
        return _("{title} ended by the signal {number}.").format(title=title, number=-code)
    return _("{title} ended by a signal, {name}.").format(title=title, name=name)
