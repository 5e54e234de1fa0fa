"""A tool's process: how far it is, why it failed, and that nothing of it stays."""

import asyncio
import os
import signal
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from support.waiting import soon

from sardonyx_singleuser.first_to_go import score
from sardonyx_singleuser.tools import process as module
from sardonyx_singleuser.tools.process import Process, State
from sardonyx_singleuser.tools.tool import Start
from sardonyx_singleuser.victims import OF_THIS_SERVER, Victims

SERVE = """
    import http.server, os, socketserver, sys
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/exit": os._exit(7)
            self.send_response(200); self.end_headers(); self.wfile.write(b"hello")
        def address_string(self): return "-"
    class Server(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True
    print("listening", flush=True)
    Server(sys.argv[1], Handler).serve_forever()
"""
Make = Callable[..., Process]
SLOW_S = WAKE_S = 0.3


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less for signs of life."""
    for name, seconds in (("SLOW_S", SLOW_S), ("ANSWER_S", 0.3), ("WAKE_S", WAKE_S), ("PORT_S", 0.1)):
        monkeypatch.setattr(module, name, seconds)


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Make]:
    """A way to have processes, which are ended."""
    made: list[Process] = []

    def new(code: str, victims: Victims = OF_THIS_SERVER, **more: Any) -> Process:
        script = tmp_path / f"tool-{len(made)}.py"
        script.write_text(textwrap.dedent(code))
        socket = tmp_path / "sockets" / f"{len(made)}.sock"
        command = (sys.executable, "-u", str(script), str(socket))
        made.append(Process("Tool", lambda: Start(command, tmp_path, **more), socket, victims=victims))
        return made[-1]

    yield new
    for process in made:
        await process.end()


async def test_a_tool_runs_when_it_answers(make: Make) -> None:
    """And not before."""
    process = make("import time; time.sleep(0.5)\n" + textwrap.dedent(SERVE))
    assert process.state.value == "stopped"

    process.begin()
    before = process.state.value
    assert await process.settled() is State.RUNNING
    assert before == "starting"

    assert process.problem == ""
    assert process.last_words.startswith("listening")
    assert process.socket.parent.stat().st_mode & 0o777 == 0o700


async def test_beginning_twice_starts_one(make: Make) -> None:
    """As two tabs of the same page do."""
    process = make(SERVE)
    process.begin()
    process.begin()
    await process.settled()
    process.begin()

    assert process.last_words.count("listening") == 1


async def test_a_tool_that_ends_is_known_with_its_last_words(make: Make) -> None:
    """Also what it said just before, and without the colours of a terminal."""
    process = make("print('\\x1b[31m\\x1b[1mcannot\\x1b[0m do it'); raise SystemExit(3)")
    process.begin()

    assert await process.settled() is State.FAILED
    assert process.problem == "Tool ended by itself, with the code 3."
    assert process.last_words == "cannot do it"


async def test_a_tool_that_is_killed_is_known_so(make: Make) -> None:
    """By somebody, here: nothing was ended for want of memory since it was started."""
    process = make("import os; os.kill(os.getpid(), 9)")
    process.begin()

    assert await process.settled() is State.FAILED
    assert process.problem == "Tool ended by a signal, SIGKILL."


async def test_a_tool_that_is_killed_for_want_of_memory_says_so(make: Make, tmp_path: Path) -> None:
    """As the system does it: it counts, and kills."""
    events, victims = tmp_path / "memory.events", Victims(tmp_path)
    events.write_text("oom_kill 2\n")
    process = make(f"open({str(events)!r}, 'w').write('oom_kill 3'); import os; os.kill(os.getpid(), 9)", victims)
    process.begin()

    assert await process.settled() is State.FAILED
    assert process.problem == (
        "Tool was ended because this server's memory was used up. Work on less at once, or start a larger server."
    )
    assert [(victim.kind, victim.name) for victim in victims.noted] == [("program", "Tool")]


SAYS_ITS_SCORE = """
import pathlib, subprocess, time
for _ in range(100):
    if int(pathlib.Path("/proc/self/oom_score_adj").read_text()) == {wanted}:
        break
    time.sleep(0.05)
subprocess.run(["cat", "/proc/self/oom_score_adj"])
raise SystemExit(1)
"""
"""It has its score a moment after its start, and what it starts after that has the same."""


async def test_a_tool_goes_before_its_server_when_memory_runs_out(make: Make) -> None:
    """With what it starts itself."""
    process = make(SAYS_ITS_SCORE.format(wanted=score()))
    process.begin()

    await process.settled()
    assert int(process.last_words) == score()


async def test_a_tool_that_ends_later_is_known_too(make: Make) -> None:
    """And can be started again."""
    process = make(SERVE)
    process.begin()
    await process.settled()
    reader, writer = await asyncio.open_unix_connection(process.socket)
    writer.write(b"GET /exit HTTP/1.0\r\n\r\n")
    await reader.read()
    writer.close()
    await asyncio.sleep(0.5)

    assert (process.state, process.problem) == (State.FAILED, "Tool ended by itself, with the code 7.")
    process.begin()
    assert await process.settled() is State.RUNNING


ON_PORT = """
    import http.server, subprocess, sys
    if sys.argv[2:]:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self): self.send_response(404); self.end_headers()
        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        print(server.server_port, flush=True)
        server.serve_forever()
    subprocess.run([sys.executable, *sys.argv, "again"])
"""
SILENT_ON_PORT = """
    import socket, time
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    time.sleep(60)
"""


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("code", "patience_s", "late"),
    [(ON_PORT, 30.0, ""), (SILENT_ON_PORT, 1.5, "Tool did not answer within 2 seconds. ")],
    ids=["with-pages", "with-something-else"],
)
async def test_one_that_listens_on_a_port_is_ended_and_told(
    make: Make, code: str, patience_s: float, late: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others could reach it there: as soon as it is plain that it is not going to listen where it should; its children, too."""
    monkeypatch.setattr(module, "ASTRAY", 0.01)
    process = make(code, patience_s=patience_s)
    process.on_port = "Do so."
    process.begin()

    assert await asyncio.wait_for(process.settled(), 15) is State.FAILED
    port = process.last_words.splitlines()[0]
    assert process.problem == (
        f"{late}Tool listens on port {port}, and not on the socket that it was given."
        " It was ended, since others could reach that port. Do so."
    )
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", int(port))


@pytest.mark.usefixtures("quick")
async def test_one_that_listens_on_a_port_beside_its_socket_is_waited_for(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as with a Spark session, which it has before its page."""
    monkeypatch.setattr(module, "ASTRAY", 0.01)
    code = "import socket, time; beside = socket.create_server(('127.0.0.1', 0)); time.sleep(1)\n"
    process = make(code + textwrap.dedent(SERVE))
    process.begin()

    assert await process.settled() is State.RUNNING


async def test_one_that_never_answers_is_ended(make: Make) -> None:
    """It listens nowhere."""
    process = make("import os, time; print(os.getpid()); time.sleep(60)", patience_s=0.6)
    process.begin()

    assert await process.settled() is State.FAILED
    assert process.problem == "Tool did not answer within 1 seconds."
    pid = int(process.last_words)
    soon(lambda: not Path(f"/proc/{pid}").exists())


async def test_one_that_listens_and_answers_garbage_is_no_tool(make: Make) -> None:
    """Whatever is at its socket has to speak HTTP."""
    code = """
        import socket, sys
        listener = socket.socket(socket.AF_UNIX); listener.bind(sys.argv[1]); listener.listen()
        while True:
            connection, _ = listener.accept(); connection.sendall(b"what?\\n"); connection.close()
    """
    process = make(code, patience_s=0.8)
    process.begin()

    assert await process.settled() is State.FAILED
    assert "did not answer" in process.problem


async def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With the system's reason."""
    process = Process("Tool", lambda: Start((str(tmp_path / "nothing"),), tmp_path), tmp_path / "s")
    process.begin()

    assert await process.settled() is State.FAILED
    assert process.problem == "Tool cannot be started: No such file or directory."


async def test_what_is_wrong_before_the_start_is_the_problem(tmp_path: Path) -> None:
    """In the words of whoever decides how it is started."""

    def start() -> Start:
        raise ValueError("Tool is not here. Ask somebody.")

    process = Process("Tool", start, tmp_path / "s")
    process.begin()

    assert await process.settled() is State.FAILED
    assert (process.problem, process.is_refused) == ("Tool is not here. Ask somebody.", True)


async def test_output_without_end_and_without_lines_fills_nothing(make: Make) -> None:
    """The last words are of a limited size."""
    code = """
        import sys
        for number in range(3000): print(number, "x" * 5000)
        sys.stdout.write("y" * (3 << 20)); sys.stdout.write("\\nend\\n")
        raise SystemExit(1)
    """
    process = make(code)
    process.begin()

    assert await process.settled() is State.FAILED
    assert process.last_words.endswith("end")
    assert len(process.last_words) < 300 * 2010


async def test_an_end_takes_all_that_it_started_along(make: Make) -> None:
    """And its socket."""
    process = make(
        'import subprocess\nchild = subprocess.Popen(["sleep", "60"])\nprint(child.pid)\n' + textwrap.dedent(SERVE)
    )
    process.begin()
    await process.settled()
    child = int(process.last_words.splitlines()[0])
    os.kill(child, 0)

    await process.end()

    assert process.state is State.STOPPED
    assert not process.socket.exists()
    soon(lambda: not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text())


HANG = """
    import http.server, socketserver, sys, time
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path.startswith("/busy"): time.sleep(float(self.path[5:]))
            self.send_response(200); self.end_headers(); self.wfile.write(b"hello")
        def address_string(self): return "-"
    socketserver.UnixStreamServer(sys.argv[1], Handler).serve_forever()
"""


async def busy(process: Process, seconds: float) -> asyncio.StreamWriter:
    """Let it answer nobody for so long."""
    _, writer = await asyncio.open_unix_connection(process.socket)
    writer.write(f"GET /busy{seconds} HTTP/1.0\r\n\r\n".encode())
    return writer


@pytest.mark.usefixtures("quick")
async def test_one_that_is_slow_for_one_page_only_goes_on(make: Make) -> None:
    """Others are answered meanwhile."""
    process = make(SERVE)
    process.begin()
    await process.settled()

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(process.falls_silent(), 1.0)

    assert process.state is State.RUNNING


@pytest.mark.usefixtures("quick")
async def test_one_that_answers_nobody_is_silent_until_it_answers_again(make: Make) -> None:
    """And is waited for twice as long the next time: it was busy."""
    process = make(HANG)
    process.begin()
    await process.settled()
    writer = await busy(process, 2)

    await asyncio.wait_for(process.falls_silent(), 1.5)
    assert (process.state.value, process.is_up) == ("silent", True)
    process.begin()
    assert process.state.value == "silent"

    # The second one waits for its turn behind the first.
    await asyncio.to_thread(soon, lambda: process.state is State.RUNNING)
    began = asyncio.get_running_loop().time()
    second = await busy(process, 3)
    await process.falls_silent()
    assert asyncio.get_running_loop().time() - began > 2 * SLOW_S
    for each in (writer, second):
        each.close()


@pytest.mark.usefixtures("quick")
async def test_one_that_hangs_is_started_again(make: Make) -> None:
    """However it hangs: nothing of it hears a signal that could be ignored."""
    process = make("import os; print(os.getpid(), flush=True)\n" + textwrap.dedent(SERVE))
    process.begin()
    await process.settled()
    pid = int(process.last_words.splitlines()[0])
    os.kill(pid, signal.SIGSTOP)
    await process.falls_silent()
    assert process.state.value == "silent"

    await process.end()
    assert process.state.value == "stopped"
    soon(lambda: not Path(f"/proc/{pid}").exists())
    process.begin()

    assert await process.settled() is State.RUNNING


@pytest.mark.usefixtures("quick")
async def test_one_that_ends_while_it_is_silent_has_failed(make: Make) -> None:
    """And says why."""
    process = make("import os; print(os.getpid(), flush=True)\n" + textwrap.dedent(SERVE))
    process.begin()
    await process.settled()
    os.kill(int(process.last_words.splitlines()[0]), signal.SIGSTOP)
    await process.falls_silent()
    os.kill(int(process.last_words.splitlines()[0]), signal.SIGKILL)

    assert await process.ends_within(5)
    await asyncio.sleep(WAKE_S)
    assert (process.state, process.problem) == (State.FAILED, "Tool ended by a signal, SIGKILL.")
