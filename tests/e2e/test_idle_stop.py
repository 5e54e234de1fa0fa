"""Servers that nobody uses are stopped, and those at work are not: with the real culler, through hub and proxy."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from support.environments import apps_environment, seeing_apps
from support.tools import give_mlflow, give_vscode

pytestmark = [pytest.mark.browser, pytest.mark.waits]
IDLE_S = 40
SETTINGS = """
servers: {{idle_stop: {idle}s}}
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python: {{title: Python, environment: python}}
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
def place(place_with: Callable[..., Any]) -> Any:
    """A place that stops idle servers soon, and has the tools whose pages say the most by themselves."""
    running = place_with(SETTINGS, conf=seeing_apps(), idle=IDLE_S)
    give_vscode(running.data / "tools")
    give_mlflow(running.data / "tools")
    return running


IN_TERMINAL = """async ([base, command]) => {
  const xsrf = document.cookie.split("; ").map((c) => c.split("=")).find(([n]) => n === "_xsrf")?.[1] ?? "";
  const headers = { "X-XSRFToken": xsrf, "Content-Type": "application/json" };
  const terminal = await (await fetch(base + "api/terminals", { method: "POST", headers })).json();
  const socket = new WebSocket(`ws://${location.host}${base}terminals/websocket/${terminal.name}`);
  await new Promise((ok, bad) => { socket.onopen = ok; socket.onerror = bad; });
  socket.send(JSON.stringify(["stdin", command + "\\r"]));
  await new Promise((ok) => setTimeout(ok, 500));
}"""


def test_windows_left_open_do_not_keep_servers_and_people_and_work_do(place: Any, newcomer: Callable[..., Any]) -> None:
    """Two have a window open and do nothing; one presses a key now and then; work of two runs, and nobody looks."""
    names = ("ida", "lea", "ann", "bert", "kurt")
    visitors = {name: newcomer(place, name) for name in names}
    idle, present, busy, silent = (visitors[name].page for name in ("ida", "ann", "bert", "kurt"))
    # Each does at once what it is there for: to start all five can take longer than one may be idle.
    visitors["bert"].start()
    busy.evaluate(IN_TERMINAL, ["/user/bert/", "timeout 600 sh -c 'while :; do :; done'"])
    busy.goto(f"{place.url}/hub/home")
    visitors["kurt"].start()
    # A cell that says nothing for minutes.
    visitors["kurt"].begin("import time; time.sleep(600)")
    silent.goto(f"{place.url}/hub/home")
    visitors["lea"].start()
    visitors["ida"].start()
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
    # The app's own start: it imports its framework.
    page.get_by_role("heading", name="Open").wait_for(timeout=60_000)
    idle.goto(f"{place.url}/hub/home")
    visitors["ann"].start()
    began = time.monotonic()
    stopped = dict.fromkeys(("ida", "lea"), False)

    while not all(stopped.values()):
        assert time.monotonic() - began < 4 * IDLE_S, f"windows that were left open keep servers: {stopped}"
        present.keyboard.press("Escape")
        time.sleep(2)
        stopped = {name: not visitors[name].has_server() for name in stopped}

    while time.monotonic() < began + 1.5 * IDLE_S:
        present.keyboard.press("Escape")
        time.sleep(2)
    running = {name for name in names if visitors[name].has_server()}
    assert running == {"ann", "bert", "kurt"}
    idle.goto(f"{place.url}/user/ida/lab")
    idle.get_by_text("Nobody used it for a while. Your files are kept. Start it to go on.").wait_for()


def open_tool(page: Page, address: str) -> None:
    """Open a tool instead of JupyterLab, and wait until it is drawn."""
    page.goto(address)
    if "vscode" in address:
        expect(page.locator(".monaco-workbench .explorer-viewlet")).to_be_visible(timeout=90_000)
    else:
        expect(page.get_by_text("Default").first).to_be_visible(timeout=90_000)
    page.bring_to_front()


def test_pages_of_tools_left_open_do_not_keep_servers_and_a_key_in_them_does(
    place: Any, newcomer: Callable[..., Any]
) -> None:
    """MLflow looks for runs by POST, VS Code writes a file every five seconds: nobody is there for all that."""
    opened = {"mia": "mlflow/#/experiments/0/runs", "vic": "vscode/", "max": "mlflow/#/experiments"}
    visitors = {}
    for name, tool in opened.items():
        visitors[name] = newcomer(place, name)
        visitors[name].start()
        open_tool(visitors[name].page, f"{place.url}/user/{name}/tools/{tool}")
    at_work = ("max",)
    began = time.monotonic()
    stopped = dict.fromkeys(("mia", "vic"), False)

    while not all(stopped.values()) or time.monotonic() < began + 1.5 * IDLE_S:
        assert time.monotonic() - began < 4 * IDLE_S, f"pages that were left open keep servers: {stopped}"
        for name in at_work:
            visitors[name].page.keyboard.press("Shift")
        time.sleep(2)
        stopped = {name: not visitors[name].has_server() for name in stopped}

    assert {name for name in opened if visitors[name].has_server()} == set(at_work)
