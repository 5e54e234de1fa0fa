"""From a click to a page that can be used, and memory: tools and apps in a server beside the same command by hand.

With BENCH_TOOLS="vscode streamlit" those alone; with files in memory and, once for each, without. Spark and a real browser
are benches of their own.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
WANTED = os.environ.get("BENCH_TOOLS", "").split()
ROOT = Path(__file__).parents[2]
NOTEBOOK = {
    "cells": [
        {"cell_type": "code", "id": "a", "execution_count": None, "metadata": {}, "outputs": [], "source": "'Hello'"}
    ],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
APPS = {
    "streamlit_app.py": "import streamlit as st\nst.title('Hello')\n",
    "dash_app.py": "from dash import Dash, html\napp = Dash()\napp.layout = html.H1('Hello')\n",
    "shiny_app.py": "from shiny import App, ui\napp = App(ui.page_fluid('Hello'), None)\n",
    "gradio_app.py": "import gradio as gr\ndemo = gr.Interface(str, 'text', 'text')\n",
    "panel_app.py": "import panel as pn\npn.Column('Hello').servable()\n",
    "fastapi_app.py": "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef page(): return 'Hello'\n",
    "flask_app.py": "from flask import Flask\napp = Flask(__name__)\n@app.get('/')\ndef page(): return 'Hello'\n",
    "marimo_app.py": "import marimo\napp = marimo.App()\n@app.cell\ndef _():\n    'Hello'\n    return\n",
    "shiny_r_app.R": "library(shiny)\nshinyApp(fluidPage('Hello'), function(input, output) {})\n",
    "voila_app.ipynb": json.dumps(NOTEBOOK),
}
TOOLS = ("vscode", "mlflow", "tensorboard")
LOOK_S = 0.02
PATIENCE_S = 120.0


def bench_tools() -> list[dict[str, Any]]:
    """Measure each tool and app, in turns with the same command by hand."""
    sys.path.insert(0, str(ROOT / "tests"))
    from support.addresses import plain, socket_path  # noqa: PLC0415 - found only now
    from support.environments import apps_environment, built_environment  # noqa: PLC0415
    from support.forks import running_forks  # noqa: PLC0415
    from support.tools import give_vscode  # noqa: PLC0415

    from sardonyx_hub_config.tools.install import install  # noqa: PLC0415
    from sardonyx_hub_config.tools.recipes import RECIPES  # noqa: PLC0415

    if unknown := [name for name in WANTED if name not in {*TOOLS, *map(_stem, APPS)}]:
        raise SystemExit(f"BENCH_TOOLS: there is no {unknown[0]}. There are: {', '.join((*TOOLS, *map(_stem, APPS)))}.")
    apps = apps_environment()
    rows = []
    with (
        tempfile.TemporaryDirectory(prefix="sardonyx-bench-") as folder,
        running_forks(built_environment() / "bin" / "python", ordinary=False) as forks,
    ):
        tools = Path(folder, "tools")
        Path(folder).chmod(0o755)
        tools.mkdir()
        if _is_wanted("vscode"):
            give_vscode(tools)
        if _is_wanted("mlflow"):
            install(RECIPES["mlflow"], tools, Path(folder) / "log")
        for file, text in APPS.items():
            forks.put("bench", file, text)
        (forks.base / "homes" / "bench" / ".venv").symlink_to(apps)
        told = {"SARDONYX_TOOLS": str(tools)}
        server = forks.start("bench", variables=told, readable=(str(apps), str(tools)))
        transport = httpx.HTTPTransport(uds=socket_path(server.url))
        headers = {"Authorization": "token bench-token"}
        with httpx.Client(
            base_url=plain(server.url), transport=transport, headers=headers, timeout=PATIENCE_S, follow_redirects=True
        ) as web:
            cold = (apps, tools, built_environment())
            for file in filter(lambda file: _is_wanted(_stem(file)), APPS):
                app = web.post("sardonyx/api/apps", json={"path": file}).json()
                rows += _rows(web, f"apps/{app['name']}", _stem(file), server.pid, cold)
            _give_tensorboard(forks.base / "homes" / "bench", apps)
            for name in filter(_is_wanted, TOOLS):
                rows += _rows(web, f"tools/{name}", name, server.pid, cold)
    return rows


def _stem(file: str) -> str:
    return file.rpartition("_app")[0]


def _is_wanted(name: str) -> bool:
    return not WANTED or name in WANTED


def _give_tensorboard(home: Path, apps: Path) -> None:
    """Put it among a person's own packages, as pip does."""
    (own,) = home.glob(".local/share/sardonyx/python-*")
    (packages,), (theirs,) = (each.glob("lib/python*/site-packages") for each in (own, apps))
    (packages / "apps.pth").write_text(str(theirs))
    (own / "bin" / "tensorboard").symlink_to(apps / "bin" / "tensorboard")


def _rows(web: httpx.Client, address: str, name: str, first: int, cold: tuple[Path, ...]) -> list[dict[str, Any]]:
    from support.cold import drop_from_memory  # noqa: PLC0415 - found only now

    dropped = drop_from_memory(cold)
    without = _click(web, address)
    web.delete(f"sardonyx/api/processes/{address}")
    times, by_hand, memory = [], [], 0.0
    for _ in range(ROUNDS):
        times.append(_click(web, address))
        processes = _those_of(first, address, web)
        memory = sum(map(_pss, processes))
        with _by_hand(min(processes)) as taken:
            by_hand.append(taken)
        web.delete(f"sardonyx/api/processes/{address}")
    hand = statistics.median(by_hand)
    return [
        _row(f"{name}: click to page, {dropped} dropped from memory", without, "s", "by hand", hand),
        _row(f"{name}: click to page, first", times[0], "s", "by hand", hand),
        _row(f"{name}: click to page, median of the next", statistics.median(times[1:] or times), "s", "by hand", hand),
        _row(f"{name}: memory (PSS)", memory, "MB", "1 MB", 1.0),
    ]


def _click(web: httpx.Client, address: str) -> float:
    """Ask for a page as a browser does, until it is the tool's own; return the seconds."""
    began = time.monotonic()
    web.get(f"{address}/", headers={"Accept": "text/html"})
    status = f"sardonyx/api/processes/{address}"
    while (state := web.get(status).json()["state"]) == "starting":
        time.sleep(LOOK_S)
    assert state == "running", web.get(status).text
    web.get(f"{address}/", headers={"Accept": "text/html"}).raise_for_status()
    return time.monotonic() - began


def _row(name: str, value: float, unit: str, baseline: str, baseline_value: float) -> dict[str, Any]:
    return {
        "name": name, "value": value, "unit": unit,
        "baseline": baseline, "baseline_value": baseline_value, "ratio": value / baseline_value,
    }  # fmt: skip


def _those_of(first: int, address: str, web: httpx.Client) -> list[int]:
    """Return the processes of a tool: those of the last session in the server that listens, and of what that one has started."""
    assert web.get(f"sardonyx/api/processes/{address}").json()["state"] == "running"
    found: dict[int, list[int]] = {}
    listening = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            spaces = (folder / "status").read_text()
            inside = next(line.split()[1:] for line in spaces.splitlines() if line.startswith("NSpid"))
            same = os.readlink(folder / "ns" / "pid") == os.readlink(f"/proc/{first}/ns/pid")  # noqa: PTH115
            if same and len(inside) > 1:
                if b".sock" in (folder / "cmdline").read_bytes():
                    listening.add(int(folder.name))
                found.setdefault(int(fields[3]), []).append(int(folder.name))
    # Voilà's kernels have sessions of their own.
    tool = max(min(session) for session in found.values() if min(session) in listening)
    return [process for session in found.values() if min(session) >= tool for process in session]


@contextmanager
def _by_hand(process: int) -> Iterator[float]:
    """Run the same command once more, outside of everything; give the seconds until it answers."""
    command = Path(f"/proc/{process}/cmdline").read_bytes().rstrip(b"\0").decode().split("\0")
    variables = dict(
        pair.split("=", 1) for pair in Path(f"/proc/{process}/environ").read_bytes().decode().split("\0") if "=" in pair
    )
    folder = tempfile.mkdtemp(prefix="sardonyx-bench-")
    socket = f"{folder}/s"
    command = [part if ".sock" not in part else _with(part, socket) for part in command]
    home = {"HOME": folder} if "code-server" not in str(command) else {}
    began = time.monotonic()
    running = subprocess.Popen(
        command, env={**variables, **home}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        while running.poll() is None and time.monotonic() - began < PATIENCE_S:
            try:
                with httpx.Client(transport=httpx.HTTPTransport(uds=socket), timeout=PATIENCE_S) as web:
                    web.get("http://localhost/")
                break
            except httpx.HTTPError:
                time.sleep(LOOK_S)
        yield time.monotonic() - began
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, 9)
        running.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _with(part: str, socket: str) -> str:
    return " ".join(
        word.split("=")[0] + f"={socket}" if "=" in word and ".sock" in word else socket if ".sock" in word else word
        for word in part.split(" ")
    )


def _pss(process: int) -> float:
    with suppress(OSError):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
    return 0.0
