"""Servers that nobody uses are stopped, and those at work are not: with the real culler, through hub and proxy."""

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


# A cell that says nothing for minutes, and nobody waits for it.
IN_KERNEL = """async ([base, code]) => {
  const xsrf = document.cookie.split("; ").map((c) => c.split("=")).find(([n]) => n === "_xsrf")?.[1] ?? "";
  const headers = { "X-XSRFToken": xsrf, "Content-Type": "application/json" };
  const kernel = await (await fetch(base + "api/kernels", { method: "POST", headers, body: "{}" })).json();
  const socket = new WebSocket(`ws://${location.host}${base}api/kernels/${kernel.id}/channels`);
  await new Promise((ok, bad) => { socket.onopen = ok; socket.onerror = bad; });
  const header = { msg_id: "1", msg_type: "execute_request", username: "", session: "1", version: "5.3", date: new Date().toISOString() };
  const content = { code, silent: false, store_history: false, user_expressions: {}, allow_stdin: false, stop_on_error: true };
  const begun = new Promise((ok) => {
    socket.onmessage = ({ data }) => { if (JSON.parse(data).msg_type === "execute_input") ok(); };
  });
  socket.send(JSON.stringify({ header, parent_header: {}, metadata: {}, content, channel: "shell", buffers: [] }));
  await begun;
}"""


def test_windows_left_open_do_not_keep_servers_and_people_and_work_do(place: Any, newcomer: Callable[..., Any]) -> None:
    """Two have a window open and do nothing; one presses a key now and then; work of two runs, and nobody looks."""
    names = ("ida", "lea", "ann", "bert", "kurt")
    visitors = {name: newcomer(place, name) for name in names}
    for visitor in visitors.values():
        visitor.start()
    idle, present, busy, silent = (visitors[name].page for name in ("ida", "ann", "bert", "kurt"))
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
    silent.evaluate(IN_KERNEL, ["/user/kurt/", "import time; time.sleep(300)"])
    silent.goto(f"{place.url}/hub/home")
    began = time.monotonic()
    stopped = dict.fromkeys(("ida", "lea"), False)

    while not all(stopped.values()):
        assert time.monotonic() - began < 4 * IDLE_S, f"windows that were left open keep servers: {stopped}"
        present.keyboard.press("Escape")
        time.sleep(2)
        stopped = {name: not is_running(place, visitors[name].page, name) for name in stopped}

    while time.monotonic() < began + 1.5 * IDLE_S:
        present.keyboard.press("Escape")
        time.sleep(2)
    running = {name for name in names if is_running(place, visitors[name].page, name)}
    assert running == {"ann", "bert", "kurt"}
