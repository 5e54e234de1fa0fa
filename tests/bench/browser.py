"""From a click in JupyterLab to a tool's page that can be used, by a real browser: VS Code, MLflow, and an app of Streamlit.

With BENCH_TOOLS="mlflow" that one alone.
"""

import os
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from playwright.sync_api import expect
from support.cold import drop_from_memory
from support.environments import apps_environment, built_environment, seeing_apps
from support.figures import figure
from support.stack import running_stack
from support.tools import STREAMLIT, give_mlflow, give_vscode
from support.visitors import chromium, come_first

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
WANTED = os.environ.get("BENCH_TOOLS", "vscode mlflow streamlit").split()
PATIENCE_MS = 120_000
SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles: {{python: {{title: Python, environment: python}}}}
"""
PUT = """
import os, pathlib
home = pathlib.Path.home()
(home / "streamlit_app.py").write_text({app!r})
os.symlink({apps!r}, home / ".venv")
"""
STOP_ALL = """async (base) => {
  const xsrf = document.cookie.split("; ").find((each) => each.startsWith("_xsrf=")).slice("_xsrf=".length);
  const headers = { "X-XSRFToken": xsrf };
  for (const kind of ["tools", "apps"]) {
    for (const { name } of await (await fetch(`${base}sardonyx/api/${kind}`, { headers })).json()) {
      await fetch(`${base}sardonyx/api/processes/${kind}/${name}`, { method: "DELETE", headers });
    }
  }
}"""


def bench_browser() -> list[dict[str, Any]]:
    """Measure each, first with files dropped from memory, then again and again; each time the tool is stopped before."""
    ways = {"vscode": _vscode, "mlflow": _mlflow, "streamlit": _streamlit}
    if unknown := [name for name in WANTED if name not in ways]:
        raise SystemExit(f"BENCH_TOOLS: there is no {unknown[0]}. There are: {', '.join(ways)}.")
    apps, environment = apps_environment(), built_environment()
    rows = []
    with ExitStack() as open_now:
        folder = Path(open_now.enter_context(tempfile.TemporaryDirectory(prefix="sardonyx-bench-")))
        settings = folder / "settings.yaml"
        settings.write_text(SETTINGS.format(prefix=environment))
        (folder / "conf.d").mkdir()
        (folder / "conf.d" / "bench.py").write_text(seeing_apps())
        place = open_now.enter_context(running_stack(folder / "data", settings))
        tools = place.data / "tools"
        for name, give in (("vscode", give_vscode), ("mlflow", give_mlflow)):
            if name in WANTED:
                give(tools)
        context = open_now.enter_context(chromium()).new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(PATIENCE_MS)
        visitor = come_first(place, context.new_page(), "ann")
        visitor.start()
        visitor.run(PUT.format(app=STREAMLIT, apps=str(apps)))
        for name in WANTED:
            cold = drop_from_memory((apps, tools, environment))
            times = []
            for _ in range(ROUNDS + 1):
                times.append(ways[name](visitor))
                _stop_all(visitor)
            without, first, *following = times
            again = statistics.median(following or [first])
            rows += [
                figure(f"{name}: click to a page that can be used, {cold} dropped from memory", without, "s", "again", again),
                figure(f"{name}: click to a page that can be used, first", first, "s", "again", again),
                figure(f"{name}: click to a page that can be used, median of the next", again, "s", "again", again),
            ]  # fmt: skip
    return rows


def _vscode(visitor: Any) -> float:
    page = _launcher(visitor)
    with page.context.expect_page() as opened:
        began = time.monotonic()
        page.get_by_role("button", name="VS Code").click()
    code = opened.value
    code.get_by_role("tree", name="Files Explorer").wait_for(timeout=PATIENCE_MS)
    taken = time.monotonic() - began
    code.close()
    return taken


def _mlflow(visitor: Any) -> float:
    page = _launcher(visitor)
    began = time.monotonic()
    page.get_by_role("button", name="MLflow").click()
    shown = page.frame_locator("iframe[src*='/tools/mlflow/']")
    expect(shown.get_by_text("Experiments").first).to_be_visible(timeout=PATIENCE_MS)
    return time.monotonic() - began


def _streamlit(visitor: Any) -> float:
    page = _launcher(visitor)
    page.get_by_role("button", name="Refresh the file browser").click()
    page.locator(".jp-DirListing-item[title^='Name: streamlit_app.py']").click(button="right")
    began = time.monotonic()
    page.get_by_role("menuitem", name="Run as App").click()
    shown = page.frame_locator("iframe[src*='/apps/streamlit-app-']")
    shown.get_by_role("button", name="Press").click(timeout=PATIENCE_MS)
    expect(shown.get_by_text("pressed once")).to_be_visible(timeout=PATIENCE_MS)
    return time.monotonic() - began


def _launcher(visitor: Any) -> Any:
    visitor.page.goto(f"{visitor.stack.url}/user/ann/lab?reset")
    visitor.page.locator(".jp-LauncherCard").first.wait_for()
    return visitor.page


def _stop_all(visitor: Any) -> None:
    visitor.page.evaluate(STOP_ALL, visitor.base())
