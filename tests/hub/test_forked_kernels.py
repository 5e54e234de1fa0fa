"""A forked kernel beside an ordinary one of the same server: what a person runs, sees and stops is the same."""

import asyncio
import json
import os
import re
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.debugging import CELL, break_in, elsewhere, stopped, switch_off, switch_on
from support.forks import children
from support.kernel_cells import CELLS, IN_A_FILE, STATE, WORKER
from support.live_kernel import TRANSPORT, LiveKernel, Said, live_kernel

FORKED, ORDINARY = "python3", "ordinary"


@pytest.fixture(scope="module")
def server(forks: Any) -> Iterator[Any]:
    """A server with a kernel more: the same one, started as usual."""
    found = forks.start("kernels", variables={"OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"})
    assert found.is_ready, found.log.read_text()
    spec = json.loads((forks.python.parents[1] / "share/jupyter/kernels/python3/kernel.json").read_text())
    spec["metadata"]["kernel_provisioner"] = {"provisioner_name": "local-provisioner"}
    folder = found.home / ".local" / "share" / "jupyter" / "kernels" / ORDINARY
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec))
    (found.home / "script.py").write_text(IN_A_FILE)
    (found.home / "worker.py").write_text(WORKER)
    yield found
    os.kill(found.pid, signal.SIGKILL)


@asynccontextmanager
async def kernel(server: Any, name: str = FORKED, path: str = "") -> AsyncIterator[LiveKernel]:
    """Start one kernel of the server, and check how it was started."""
    async with live_kernel(server.url, f"{server.name}-token", name, path) as running:
        yield running


async def is_forked(running: LiveKernel) -> bool:
    """Tell whether it shares its beginning with the server: nothing that was executed anew does."""
    said = await running.run("print(open('/proc/self/cmdline').read().replace(chr(0), ' '))")
    return "forkserver.zygote" in said.stdout


def _plain(said: Said) -> dict[str, Any]:
    """Return what a cell did, without numbers that differ from kernel to kernel."""
    text = json.dumps(
        [said.stdout, said.stderr, said.error, said.traceback, said.reply.get("status"), said.data], ensure_ascii=False
    )
    text = re.sub(r"ipykernel_\d+", "ipykernel_N", text)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID", text)
    text = re.sub(r"0x[0-9a-f]+|[\d.]+ (ns|μs|ms|s) ± [\d.]+ (ns|μs|ms|s)", "X", text)
    return dict(zip(("stdout", "stderr", "error", "traceback", "status", "data"), json.loads(text), strict=True))


async def test_the_process_of_a_forked_kernel_is_as_an_ordinary_one(server: Any) -> None:
    """Its modules, arguments, environment, signals, limits, warnings and threads."""
    found = {}
    for name in (ORDINARY, FORKED):
        async with kernel(server, name) as running:
            assert await is_forked(running) == (name == FORKED), server.log.read_text()[-3000:]
            did = _plain(await running.run(STATE))
            assert did["error"] == ""
            found[name] = json.loads(did["stdout"])
    ordinary, forked = found[ORDINARY], found[FORKED]
    del ordinary["built_in"]
    more = set(forked.pop("modules")) - set(ordinary.pop("modules"))

    assert {name: (forked[name], held) for name, held in ordinary.items() if forked[name] != held} == {}
    # What made the fork, what is a part of Python itself, and a small module that the former uses.
    known = {"concurrent.futures.thread", *forked.pop("built_in")}
    assert {name for name in more if not name.startswith("sardonyx_singleuser")} <= known


@pytest.mark.parametrize("cell", [pytest.param(code, id=name) for name, code in CELLS.items()])
async def test_a_cell_does_the_same(server: Any, cell: str) -> None:
    """Output, errors, results, and what it asks of the system."""
    did = {}
    for name in (ORDINARY, FORKED):
        async with kernel(server, name) as running:
            did[name] = _plain(await running.run(cell))

    assert did[FORKED] == did[ORDINARY]
    assert did[FORKED]["status"] in {"ok", "error"}


@pytest.mark.parametrize("name", [ORDINARY, FORKED])
async def test_what_a_person_asks_of_a_kernel_is_answered(server: Any, name: str) -> None:
    """input(), completion, help, an interrupt, a restart."""
    async with kernel(server, name) as running:
        assert (await running.run("print(input('name? ').upper())", answer="ann")).stdout.endswith("ANN\n")
        assert "path" in (await running.ask("complete_request", code="import os; os.pa", cursor_pos=16))["matches"]
        assert (await running.ask("inspect_request", code="len", cursor_pos=3, detail_level=0))["found"]
        assert "kernel_cpu" in await running.ask("usage_request", channel="control")

        asking = asyncio.create_task(running.run("import time\nprint('begun')\ntime.sleep(50)"))
        await asyncio.sleep(0.5)
        await running.post("interrupt")
        assert (await asking).error.startswith("KeyboardInterrupt")

        await running.run("kept = 1")
        before = (await running.run("import os; print(os.getpid())")).stdout
        await running.restart()
        assert (await running.run("kept")).error.startswith("NameError")
        assert (await running.run("import os; print(os.getpid())")).stdout != before
        assert await is_forked(running) == (name == FORKED)


@pytest.mark.parametrize("name", [ORDINARY, FORKED])
async def test_a_kernel_stops_at_a_breakpoint(server: Any, name: str) -> None:
    """As JupyterLab's debugger asks for it, and again after it was switched off."""
    async with kernel(server, name) as running:
        for _ in range(2):
            await switch_on(running)
            await break_in(running)
            ran = asyncio.create_task(running.run(CELL))
            await elsewhere(running, "continue", threadId=await stopped(running))
            assert (await ran).stdout == "2\n"
            await switch_off(running)
            assert (await running.run(CELL)).stdout == "2\n"


async def test_what_a_debugged_kernel_starts_waits_for_no_debugger(server: Any) -> None:
    """With debugpy's own port each program would, for ever: JupyterLab has one for the kernel alone."""
    worker = "import multiprocessing as m\ndef f(x):\n    return x + 1\nwith m.get_context('fork').Pool(2) as p: print(p.map(f, [1, 2]))"
    program = "import subprocess, sys; print(subprocess.check_output([sys.executable, '-c', 'print(5)'], timeout=30))"
    async with kernel(server) as running:
        await switch_on(running)
        await break_in(running, worker, 3)

        assert (await running.run(program)).stdout == "b'5\\n'\n"
        assert (await running.run(worker)).stdout == "[2, 3]\n"


async def test_debugpys_adapter_ends_with_its_kernel(server: Any) -> None:
    """Also where that does not end by itself."""
    async with kernel(server) as running:
        await switch_on(running)
        (pid,) = [pid for pid in all_processes() if "adapter.py" in _command(pid)]
        await running.send("execute_request", {"code": "import os; os.kill(os.getpid(), 9)", "silent": False})
        async with asyncio.timeout(20):
            while "adapter.py" in _command(pid):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.1)


def _command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text()
    return ""


@pytest.mark.parametrize(
    "ending", ["import os; os._exit(3)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]
)
async def test_a_kernel_that_dies_is_started_again(server: Any, ending: str) -> None:
    """By the server, which sees its end; the new one is a fork, too, and no zombie is left."""
    async with kernel(server) as running:
        before = int((await running.run("import os; print(os.getpid())")).stdout)
        await running.send("execute_request", {"code": ending, "silent": False, "store_history": False})
        async with asyncio.timeout(20):
            while await running.state() not in {"starting", "restarting"}:  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.1)
        assert int((await running.run("import os; print(os.getpid())")).stdout) != before
        assert await is_forked(running), server.log.read_text()[-3000:]
        assert str(before) not in _pids(server)


def all_processes() -> list[int]:
    """Return all processes of the machine, zombies, too."""
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]


def _pids(server: Any) -> list[str]:
    """Return how the server's children are called in its namespace, zombies, too."""
    (inner,) = children(server.pid)
    lines = [Path(f"/proc/{pid}/status").read_text() for pid in children(inner)]
    return [re.findall(r"^NSpid:.*\s(\d+)$", text, re.MULTILINE)[0] for text in lines]


async def test_kernels_have_random_numbers_of_their_own(server: Any) -> None:
    """All that is made anew in an ordinary kernel."""
    cell = "import random, numpy, uuid; print(random.random(), numpy.random.rand(), numpy.random.default_rng().random(), uuid.uuid4())"
    seen = []
    for _ in range(3):
        async with kernel(server) as running:
            seen += (await running.run(cell)).stdout.split()

    assert len(set(seen)) == 12


async def test_what_a_person_has_at_their_end_is_done(server: Any) -> None:
    """Registered functions run, files are written out, folders are taken away, as at the end of any Python."""
    cell = (
        "import atexit, tempfile, pathlib\nf = open('left.txt', 'w'); _ = f.write('written')\n"
        "d = tempfile.TemporaryDirectory(dir='.')\natexit.register(pathlib.Path('ended.txt').touch); print(d.name)"
    )
    for name in (ORDINARY, FORKED):
        async with kernel(server, name) as running:
            folder = (await running.run(cell)).stdout.strip()
        left = {path.name: path.read_text() for path in server.home.glob("*.txt")}
        for path in server.home.glob("*.txt"):
            path.unlink()

        assert (name, left) == (name, {"left.txt": "written", "ended.txt": ""})
        assert not (server.home / Path(folder).name).exists()


@pytest.mark.parametrize("name", ["numpy.py", "pyarrow.py", "requests/__init__.py"])
async def test_a_folder_with_modules_of_the_same_name_gets_an_ordinary_kernel(server: Any, name: str) -> None:
    """A person's own come first, as they always do."""
    file = server.home / "own" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("mine = 1")
    (server.home / "own" / "data").mkdir(exist_ok=True)
    try:
        async with kernel(server, path="own/x.ipynb") as running:
            assert not await is_forked(running)
            said = await running.run(f"import {name.partition('.')[0].partition('/')[0]} as m; print(m.mine)")
    finally:
        file.unlink()

    assert said.stdout == "1\n"


async def test_what_reads_its_environment_early_gets_an_ordinary_kernel(forks: Any) -> None:
    """A fork would have read the zygote's."""
    server = forks.start("early", variables={"PYTHONHASHSEED": "0"})
    async with kernel(server) as running:
        assert not await is_forked(running)
        assert (await running.run("import sys; print(sys.flags.hash_randomization)")).stdout == "0\n"


async def test_without_the_process_to_fork_from_kernels_start_as_usual(forks: Any) -> None:
    """With one warning, also when it is gone between two kernels."""
    server = forks.start("lost")
    (inner,) = children(server.pid)
    dormant = min(children(inner))
    os.kill(dormant, signal.SIGKILL)

    for _ in range(2):
        async with kernel(server) as running:
            assert not await is_forked(running)
            assert (await running.run(TRANSPORT)).stdout == "ipc\n"
    assert server.log.read_text().count("could not be forked") == 1
    assert dormant not in children(inner)


async def test_that_process_may_end_while_somebody_waits_for_it(forks: Any) -> None:
    """With one warning, too: the next kernel does not ask it again."""
    server = forks.start("waits")
    (inner,) = children(server.pid)
    dormant = min(children(inner))
    os.kill(dormant, signal.SIGSTOP)
    ending = asyncio.get_running_loop().call_later(1, os.kill, dormant, signal.SIGKILL)

    for _ in range(2):
        async with kernel(server) as running:
            assert not await is_forked(running)
    assert ending.when() < asyncio.get_running_loop().time()
    assert server.log.read_text().count("could not be forked") == 1
    assert dormant not in children(inner)


async def test_kernels_end_with_their_server(forks: Any) -> None:
    """Nothing is left of it, nor of what its kernels have started."""
    server = forks.start("ends")
    (inner,) = children(server.pid)
    running = live_kernel(server.url, "ends-token")
    assert await is_forked(await running.__aenter__())
    left = [server.pid, inner, *children(inner)]

    os.kill(inner, signal.SIGTERM)

    assert forks.ended(server.pid) == 0
    assert set(left) & set(all_processes()) == set()
    # There is nobody left to end the kernel politely.
    with pytest.raises(httpx.TransportError):
        await running.__aexit__(None, None, None)


WARMED = """
import json, os, sys
os.environ["SARDONYX_PREIMPORT"] = "scipy.stats,sklearn,nothing_of_the_kind"
from sardonyx_singleuser.kernels.warm import warm
warm()
print(json.dumps([name in sys.modules for name in ("scipy.stats", "numpy", "sklearn")]))
"""


def test_what_the_operator_names_is_imported_before_as_far_as_it_can_be(prefix: Path) -> None:
    """Not what has OpenMP, which would keep to one thread in all kernels; the log says what is left to them."""
    done = subprocess.run([prefix / "bin" / "python", "-c", WARMED], capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) == [True, True, False]
    assert (
        "Kernels import sklearn, nothing_of_the_kind themselves: not there, or with threads that a fork would not have."
        in done.stderr
    )
