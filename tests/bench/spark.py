"""Spark in a server, beside the same script by hand: from its start to a session that answers, and from a click to its pages."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tests" / "support" / "spark_session.py"
LOOK_S = 0.02
PATIENCE_S = 180.0
FIRST_PORT = 4040
"""Where a session has its pages that nobody has told another port."""
PAGE = {"Accept": "text/html"}


def bench_spark() -> list[dict[str, Any]]:
    """Measure sessions with a first job of a thousand rows, in turns; before the first one, files are dropped from memory."""
    sys.path.insert(0, str(ROOT / "tests"))
    from support.addresses import plain, socket_path  # noqa: PLC0415 - found only now
    from support.cold import drop_from_memory  # noqa: PLC0415
    from support.environments import built_environment, clients_environment  # noqa: PLC0415
    from support.figures import figure  # noqa: PLC0415
    from support.forks import running_forks  # noqa: PLC0415

    from sardonyx_singleuser.sandbox.layout import OWN  # noqa: PLC0415

    environment = clients_environment()
    python = environment / "bin" / "python"
    with running_forks(built_environment() / "bin" / "python", ordinary=False) as forks:
        told = {"PATH": f"{environment}/bin:/usr/bin:/bin", "SARDONYX_TOKEN_FILE": f"{OWN}/token"}
        server = forks.start("bench", variables=told, readable=(str(environment), str(SCRIPT)))
        assert server.is_ready, server.said
        web = httpx.Client(
            base_url=plain(server.url), transport=httpx.HTTPTransport(uds=socket_path(server.url)),
            headers={"Authorization": "token bench-token"}, timeout=PATIENCE_S, follow_redirects=True,
        )  # fmt: skip

        def in_server(number: int) -> tuple[float, float]:
            folder = server.home / str(number)
            begin = (
                f"import os, subprocess; os.mkdir({str(folder)!r}); out = open({str(folder / 'log')!r}, 'w');"
                f"subprocess.Popen({[str(python), str(SCRIPT), 'bench', str(folder)]}, stdout=out, stderr=out,"
                " start_new_session=True)"
            )
            usable = _seconds(lambda: server.run(begin), lambda: _wait(folder / "ready"))
            # With one session the list leads to it.
            pages = _seconds(lambda: _asked(web, "tools/spark/"))
            server.run(f"open({str(folder / 'stop')!r}, 'w').close()")
            _until(lambda: "No Spark session runs" in web.get("tools/spark/", headers=PAGE).text)
            return usable, pages

        with web, tempfile.TemporaryDirectory(prefix="sardonyx-bench-") as beside:
            dropped = drop_from_memory((environment,))
            cold = in_server(0)
            measured, by_hand = [], []
            for number in range(1, ROUNDS + 1):
                measured.append(in_server(number))
                by_hand.append(_by_hand(python, Path(beside, str(number))))
    hand = [statistics.median(each[part] for each in by_hand) for part in (0, 1)]
    usable, pages = ([each[part] for each in measured] for part in (0, 1))
    return [
        figure(f"spark: start to a session that answers, {dropped} dropped from memory", cold[0], "s", "by hand", hand[0]),
        figure("spark: start to a session that answers, first", usable[0], "s", "by hand", hand[0]),
        figure("spark: start to a session that answers, median of the next", _next(usable), "s", "by hand", hand[0]),
        figure("spark: click to the session's jobs, first", pages[0], "s", "its own address", hand[1]),
        figure("spark: click to the session's jobs, median of the next", _next(pages), "s", "its own address", hand[1]),
    ]  # fmt: skip


def _by_hand(python: Path, folder: Path) -> tuple[float, float]:
    folder.mkdir()
    running: list[subprocess.Popen[bytes]] = []

    def begin() -> None:
        with (folder / "log").open("w") as log:
            command = [str(python), str(SCRIPT), "bench", str(folder)]
            running.append(subprocess.Popen(command, stdout=log, stderr=log))
        _wait(folder / "ready")

    usable = _seconds(begin)
    address = re.search(r"http://[^ ]*?:(\d+)", (folder / "log").read_text())
    port = int(address[1]) if address else FIRST_PORT
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/", follow_redirects=True, timeout=PATIENCE_S) as web:
        pages = _seconds(lambda: _asked(web, "jobs/"))
    (folder / "stop").touch()
    running[0].wait()
    return usable, pages


def _asked(web: httpx.Client, address: str) -> None:
    web.get(address, headers=PAGE).raise_for_status()


def _wait(file: Path) -> None:
    _until(file.exists)


def _until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end
        time.sleep(LOOK_S)


def _seconds(*work: Callable[[], object]) -> float:
    began = time.monotonic()
    for each in work:
        each()
    return time.monotonic() - began


def _next(measured: list[float]) -> float:
    return statistics.median(measured[1:] or measured)
