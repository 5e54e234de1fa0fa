"""What kernels share: the shell, its debugger, and libraries that take long to import; done once, before any server.

A kernel is tried in a child first, which is thrown away. It tells which modules an ordinary kernel has when it is ready,
which it needs soon after, and which libraries can be imported here: those that start no thread. This process only
imports them, so nothing that a shell does at its start is left in it. If the trial fails, kernels start as usual.
"""

import importlib
import json
import os
import shutil
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from glob import glob
from typing import Any, NoReturn

from sardonyx_singleuser.contract import PREIMPORT
from sardonyx_singleuser.kernels.origin import Origin

LIBRARIES = ("numpy", "pandas")
"""Imported in most notebooks' first cell, and slow to import; where nobody says what else. Each costs memory, used or not."""
TUNED = {
    # A thread that a library starts at its import is missing in a fork, with what it would have done.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # pyarrow, which pandas imports; its memory comes from another allocator than this one.
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
OPENMP = ("libgomp", "libomp", "libiomp")
MARK = "sardonyx-kernel-"
"""Begin of the name of the folder in which the kernel of the trial lives."""
FIRST_CELLS = ("import os\n1 + 1", "def f():\n    return {}['a']\nf()", "%config InlineBackend\n%matplotlib?")


def warm(place: str | None = None) -> None:
    """Import what kernels need; without an `Origin.current` after that, they have to start as usual.

    Args:
        place: the folder in which the trial has its own; None = that for temporary files.
    """
    before = dict(os.environ)
    folder = tempfile.mkdtemp(prefix=MARK, dir=place)
    ours = {**TUNED, "HOME": folder, "JUPYTER_RUNTIME_DIR": folder, "IPYTHONDIR": f"{folder}/ipython"}
    try:
        os.environ.update(ours)
        _import_shell()
        ordinary, later = _tried(folder)
        _import(ordinary)
        added = {name: value for name, value in os.environ.items() if name not in {*before, *ours}}
        Origin.current = Origin.from_here(frozenset(ordinary), added)
        _import(later)
        known = set(Origin.current.filters)
        Origin.current.library_filters.extend(held for held in warnings.filters if held not in known)
    except Exception as error:  # noqa: BLE001 - whatever it is, servers can be made without
        Origin.current = None
        sys.stderr.write(f"Kernels of this environment start as usual, not as forks: {error}\n")
    finally:
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(folder, ignore_errors=True)


def _import(names: Iterable[str]) -> None:
    for name in names:
        # Some are made by others, and have no file of their own.
        with suppress(Exception):
            importlib.import_module(name)


def _import_shell() -> None:
    import ipykernel.debugger  # noqa: F401, PLC0415 - takes its time, which is what this is about

    import sardonyx_singleuser.kernels.app  # noqa: F401, PLC0415


def _tried(folder: str) -> tuple[list[str], list[str]]:
    """Return the modules of a kernel that is ready, and those that it needs soon.

    Raises:
        ImportError: no kernel could be started.
    """
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        _try(folder, tell)
    os.close(tell)
    with os.fdopen(told) as answer:
        said = answer.read()
    os.waitpid(child, 0)
    found = json.loads(said or '{"problem": "no kernel could be tried"}')
    if "problem" in found:
        raise ImportError(found["problem"])
    if PREIMPORT in os.environ and found["left"]:
        names = ", ".join(found["left"])
        sys.stderr.write(f"Kernels import {names} themselves: not there, or with threads that a fork would not have.\n")
    return found["ordinary"], found["later"]


def _try(folder: str, tell: int) -> NoReturn:
    try:
        # What it says at its start belongs into no log.
        with _quiet():
            app = _kernel(folder)
            ordinary = list(sys.modules)
            for cell in FIRST_CELLS:
                app.shell.run_cell(cell, store_history=False)
            app.shell.complete("os.pa")
            with suppress(Exception):
                app.kernel.do_complete("import o", 8)
            later = list(sys.modules)
            left = []
            for library in libraries(os.environ):
                before, known = _threads(), set(sys.modules)
                with suppress(Exception):
                    if _can_be_shared(library):
                        importlib.import_module(library)
                        if _threads() == before:
                            later += [name for name in sys.modules if name not in known]
                            continue
                left.append(library)
        with os.fdopen(tell, "w") as answer:
            json.dump({"ordinary": ordinary, "later": later[len(ordinary) :], "left": left}, answer)
    except BaseException as error:  # noqa: BLE001 - nothing of this may return into the zygote's code
        traceback.print_exc()
        # What it prints may be heard by nobody: by now it is a kernel.
        os.write(tell, json.dumps({"problem": f"{type(error).__name__}: {error}"}).encode())
    finally:
        os._exit(0)


def _kernel(folder: str) -> Any:
    """Return one that is ready.

    Raises:
        RuntimeError: each would be waited for, in vain.
    """
    from sardonyx_singleuser.kernels.app import IPKernelApp  # noqa: PLC0415 - see _import_shell

    opened = threading.Event()
    app = IPKernelApp.instance()
    app.when_open = opened.set
    app.initialize(["-f", f"{folder}/kernel.json", "--IPKernelApp.transport=ipc", f"--IPKernelApp.ip={folder}/s"])
    if not opened.is_set():
        raise RuntimeError("this ipykernel does not say when its sockets are open")
    return app


def _threads() -> tuple[int, frozenset[str]]:
    """Return how many threads there are, and what would keep to one: OpenMP reads their number when it is loaded."""
    with open("/proc/self/maps") as maps:  # noqa: PTH123 - pathlib is not imported for it
        files = {line.split(maxsplit=5)[-1].strip() for line in maps if "omp" in line}
    names = (file.rpartition("/")[2] for file in files)
    return len(os.listdir("/proc/self/task")), frozenset(name for name in names if name.startswith(OPENMP))  # noqa: PTH208


def libraries(variables: Mapping[str, str]) -> tuple[str, ...]:
    """Return what kernels here have imported when they begin; "" = nothing."""
    said = variables.get(PREIMPORT)
    return LIBRARIES if said is None else tuple(filter(None, (name.strip() for name in said.split(","))))


def _can_be_shared(library: str) -> bool:
    """Tell whether its threads can be set in a fork: of numpy's, those of OpenBLAS can (`preimported`)."""
    spec = importlib.util.find_spec(library)
    if spec is None or spec.origin is None:
        return False
    return library != "numpy" or bool(glob(f"{os.path.dirname(spec.origin)}.libs/*openblas*"))  # noqa: PTH120, PTH207


@contextmanager
def _quiet() -> Iterator[None]:
    kept, nothing = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nothing)
