"""Servers that nobody uses are stopped, and those at work are not: with the real culler, through hub and proxy.

JupyterLab itself counts as use as long as its window is in sight: it asks its server for files and layout all the time.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.environments import apps_environment

pytestmark = pytest.mark.browser
IDLE_S = 40
SETTINGS = """
servers: {{idle_stop: {idle}s}}
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python: {{title: Python, environment: python}}
"""
CONF = """
from pathlib import Path
launcher = c.SardonyxLocalSpawner.launcher_source()
launcher._readable = (*launcher._readable, Path({apps!r}))
"""
# A page that asks its app twice a second, as pages of dashboards do.
APP = """
from flask import Flask
app = Flask("x")

@app.route("/")
def root():
    return "<h1>Open</h1><script>setInterval(() => fetch('tick'), 500)</script>"

@app.route("/tick")
def tick():
    return "tick"
"""


@pytest.fixture(scope="module")
def place(another_stack: Callable[..., Any], prefix: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A place that stops idle servers soon."""
    folder = tmp_path_factory.mktemp("settings")
    (folder / "settings.yaml").write_text(SETTINGS.format(idle=IDLE_S, prefix=prefix))
    (folder / "conf.d").mkdir()
    (folder / "conf.d" / "apps.py").write_text(CONF.format(apps=str(apps_environment())))
    return another_stack(folder / "settings.yaml")


def is_running(place: Any, page: Any, name: str) -> bool:
    """Tell whether somebody's server runs, as the hub says."""
    model = page.context.request.get(f"{place.url}/hub/api/users/{name}").json()
    return bool(model["servers"])


IN_TERMINAL = """async ([base, command]) => {
  const xsrf = document.cookie.split("; ").map((c) => c.split("=")).find(([n]) => n === "_xsrf")?.[1] ?? "";
  const headers = { "X-XSRFToken": xsrf, "Content-Type": "application/json" };
  const terminal = await (await fetch(base + "api/terminals", { method: "POST", headers })).json();
  const socket = new WebSocket(`ws://${location.host}${base}terminals/websocket/${terminal.name}`);
  await new Promise((ok, bad) => { socket.onopen = ok; socket.onerror = bad; });
  socket.send(JSON.stringify(["stdin", command + "\\r"]));
  await new Promise((ok) => setTimeout(ok, 500));
}"""


def test_a_page_left_open_does_not_keep_a_server_and_work_does(place: Any, newcomer: Callable[..., Any]) -> None:
    """One has an app's page open and does nothing; another's job in a terminal runs, and nobody looks."""
    visitors = [newcomer(place, name) for name in ("ida", "bert")]
    for visitor in visitors:
        visitor.start()
    idle, busy = (visitor.page for visitor in visitors)
    for folder in (place.data / "homes").iterdir():
        (folder / "app.py").write_text(APP)
        (folder / ".venv").symlink_to(apps_environment())
    app = idle.evaluate(
        """async () => {
          const xsrf = document.cookie.split("; ").find(each => each.startsWith("_xsrf=")).slice(6);
          const headers = { "X-XSRFToken": xsrf, "Content-Type": "application/json" };
          const answer = await fetch("/user/ida/sardonyx/api/apps", { method: "POST", headers, body: '{"path": "app.py"}' });
          return (await answer.json()).address;
        }"""
    )
    page = idle.context.new_page()
    page.goto(f"{place.url}{app}")
    page.get_by_role("heading", name="Open").wait_for()
    idle.goto(f"{place.url}/hub/home")
    busy.evaluate(IN_TERMINAL, ["/user/bert/", "timeout 300 sh -c 'while :; do :; done'"])
    busy.goto(f"{place.url}/hub/home")
    began = time.monotonic()

    while is_running(place, idle, "ida"):
        assert time.monotonic() - began < 4 * IDLE_S, "the page that was left open keeps its server"
        time.sleep(2)

    time.sleep(max(0, began + 1.5 * IDLE_S - time.monotonic()))
    assert is_running(place, busy, "bert")
