"""Tools and apps at a real browser, through hub and proxy: each reacts to its person, and is where its address says.

All of it is below a path of the host: what works there has asked for nothing by an address of its own making. What could
work there alone is also at the root, as the other browser tests are: a websocket, a prefix that a tool is told, an app.
"""

import asyncio
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

import pytest
from e2e.conftest import SCREENSHOTS
from playwright.sync_api import Browser, FrameLocator, expect
from support.environments import apps_environment, seeing_apps
from support.palette import open_palette
from support.stack import Stack
from support.strangers import by_cookies, by_token
from support.terminals import in_terminal
from support.tools import STREAMLIT
from support.visitors import PASSWORD, Visitor
from support.waiting import soon

pytestmark = pytest.mark.browser
SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python: {{title: Python, environment: python}}
"""
DASH = """
from dash import Dash, Input, Output, html
app = Dash()
app.layout = html.Div([html.H1("Hello from Dash"), html.Button("Press", id="b"), html.Div(id="out")])
@app.callback(Output("out", "children"), Input("b", "n_clicks"))
def press(n):
    return f"pressed {n}" if n else ""
"""
SHINY = """
from shiny import App, render, ui
page = ui.page_fluid(ui.h1("Hello from Shiny"), ui.input_action_button("b", "Press"), ui.output_text("out"))
def server(input, output, session):
    @render.text
    def out():
        return f"pressed {input.b()}"
app = App(page, server)
"""
SHINY_R = """
library(shiny)
page <- fluidPage(h1("Hello from Shiny for R"), actionButton("b", "Press"), textOutput("out"))
shinyApp(page, function(input, output) output$out <- renderText(paste("pressed", input$b)))
"""
GRADIO = """
import gradio as gr
with gr.Blocks() as demo:
    gr.Markdown("# Hello from Gradio")
    out = gr.Markdown("nothing")
    gr.Button("Press").click(lambda: "pressed once", None, out)
"""
PANEL = """
import panel as pn
button = pn.widgets.Button(name="Press")
pn.Column("# Hello from Panel", button, pn.bind(lambda n: f"pressed {n}", button.param.clicks)).servable()
"""
VOILA = """
import ipywidgets as widgets
from IPython.display import HTML, display
button, out = widgets.Button(description="Press"), widgets.Label()
def press(_):
    out.value = "pressed once"
button.on_click(press)
display(HTML("<h1>Hello from Voil\u00e0</h1>"), button, out)
"""
FASTAPI = """
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
app = FastAPI()
PAGE = \'\'\'<h1>Hello from FastAPI</h1><button>Press</button><p id="out"></p><script>
document.querySelector("button").onclick = async () => {
  document.getElementById("out").textContent = await (await fetch("press", {method: "POST"})).json();
}
</script>\'\'\'
@app.get("/", response_class=HTMLResponse)
def page() -> str:
    return PAGE
@app.post("/press")
def press() -> str:
    return "pressed once"
"""
MARIMO = """
import marimo
app = marimo.App()
@app.cell
def _():
    import marimo as mo
    button = mo.ui.button(label="Press", value=0, on_click=lambda value: value + 1)
    mo.vstack([mo.md("# Hello from marimo"), button])
    return button, mo
@app.cell
def _(button, mo):
    mo.md(f"pressed {button.value}")
    return
"""
NOTEBOOK = json.dumps(
    {
        "cells": [
            {"cell_type": "code", "execution_count": None, "id": "a", "metadata": {}, "outputs": [], "source": VOILA}
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
)
APPS = {
    "streamlit_app.py": (STREAMLIT, "Hello from Streamlit", "pressed once"),
    "dash_app.py": (DASH, "Hello from Dash", "pressed 1"),
    "shiny_app.py": (SHINY, "Hello from Shiny", "pressed 1"),
    "app.R": (SHINY_R, "Hello from Shiny for R", "pressed 1"),
    "gradio_app.py": (GRADIO, "Hello from Gradio", "pressed once"),
    "panel_app.py": (PANEL, "Hello from Panel", "pressed 1"),
    "fastapi_app.py": (FASTAPI, "Hello from FastAPI", "pressed once"),
    "marimo_app.py": (MARIMO, "Hello from marimo", "pressed 1"),
    "voila.ipynb": (NOTEBOOK, "Hello from Voilà", "pressed once"),
}


class Workspace:
    """Somebody in JupyterLab."""

    def __init__(self, stack: Stack, visitor: Visitor) -> None:
        self.stack, self.visitor, self.page = stack, visitor, visitor.page

    @cached_property
    def home(self) -> Path:
        """The person's files."""
        return Path(self.visitor.run("import pathlib; print(pathlib.Path.home())").strip())

    def put(self, name: str, text: str) -> None:
        """Put a file into the home."""
        (self.home / name).write_text(text)
        status = self.home.stat()
        os.chown(self.home / name, status.st_uid, status.st_gid)

    def list_files(self) -> None:
        """Show the files that there are now."""
        with self.page.expect_response("**/api/contents**"):
            self.page.get_by_role("button", name="Refresh the file browser").click()
        # The rows of the answer are drawn, and none moves below the pointer.
        self.page.wait_for_timeout(500)

    def choose(self, name: str, item: str) -> None:
        """Choose something from the menu of a file in JupyterLab's file browser."""
        self.list_files()
        self.page.locator(f".jp-DirListing-item[title^='Name: {name}']").click(button="right")
        self.page.get_by_role("menuitem", name=item).click()

    def frame(self, address: str) -> FrameLocator:
        """Return the page of a tool or app in its tab."""
        found: FrameLocator = self.page.frame_locator(f"iframe[src*='{address}']")
        return found

    def to_launcher(self) -> None:
        """Open a launcher."""
        self.page.get_by_role("button", name="New Launcher").first.click()


PATH = "/datalab"
AT_THE_ROOT_TOO = pytest.mark.parametrize("stack", [PATH, ""], indirect=True)
AT_THE_ROOT = pytest.mark.parametrize("stack", [""], indirect=True)


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Stack]) -> Stack:
    """A place with tools, whose servers see an environment with frameworks for apps."""
    running = place_with(SETTINGS, conf=seeing_apps(), path=PATH)
    where = ("--settings", str(running.settings))
    installed = running.command("tools", "install", "mlflow", *where, patience_s=300)
    assert installed.returncode == 0, installed.stderr
    assert "MLflow is there." in installed.stdout
    running.command("user", "add", "ann", "--admin", "--password-stdin", stdin=PASSWORD)
    return running


@pytest.fixture(scope="module", params=[PATH])
def stack(request: pytest.FixtureRequest, place: Stack) -> Stack:
    """The place below a path; it moves for the few tests without one, since its tools take minutes to install."""
    if place.path != request.param:
        place.move(request.param)
    return place


@pytest.fixture(scope="module")
def workspace(stack: Stack, browser: Browser) -> Iterator[Workspace]:
    """An administrator in JupyterLab, with apps in the home and an environment beside them."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    visitor = Visitor(stack, context.new_page())
    visitor.sign_in("ann")
    visitor.start()
    found = Workspace(stack, visitor)
    for name, (text, _, _) in APPS.items():
        found.put(name, text)
    if not (found.home / ".venv").is_symlink():
        (found.home / ".venv").symlink_to(apps_environment())
    yield found
    context.close()


@pytest.mark.parametrize("name", list(APPS))
def test_an_app_of_each_framework_reacts(workspace: Workspace, name: str) -> None:
    """From the menu of its file; with whatever its framework speaks, over the hub's proxy, and on no port."""
    if name == "app.R" and shutil.which("Rscript") is None:
        pytest.skip("R is not on this machine. On Debian: r-base-core r-cran-shiny")
    press(workspace, name)


@AT_THE_ROOT
def test_an_app_reacts_where_there_is_no_path(workspace: Workspace) -> None:
    """The one that talks the most: its page is nothing without its websocket."""
    press(workspace, "streamlit_app.py")


def press(workspace: Workspace, name: str) -> None:
    """Run an app from the menu of its file, and press its button."""
    _, title, pressed = APPS[name]

    workspace.choose(name, "Run as App")
    app = workspace.frame(f"/apps/{re.sub('[^a-z]', '-', Path(name).stem.lower())}-")

    expect(app.get_by_text(title).first).to_be_visible(timeout=90_000)
    app.get_by_role("button", name="Press").click()
    expect(app.get_by_text(pressed)).to_be_visible()
    assert workspace.stack.open_ports() == {}
    workspace.page.screenshot(path=SCREENSHOTS / f"tools-{Path(name).stem}.png")


def test_an_app_is_shown_beside_its_code_until_it_is_stopped(workspace: Workspace) -> None:
    """Each has half of the room, and both are seen at once; run from the palette, stopped from the file's menu."""
    page, name = workspace.page, "dash_app.py"
    app = workspace.frame("/apps/dash-app-")
    # Keys that are pressed in an app are the app's.
    workspace.to_launcher()
    open_palette(page).fill("Close All Tabs")
    page.keyboard.press("Enter")
    workspace.list_files()
    page.locator(f".jp-DirListing-item[title^='Name: {name}']").dblclick()
    code = page.locator(".jp-FileEditor")
    expect(code.get_by_text("Hello from Dash")).to_be_visible()

    open_palette(page).fill("Run as App")
    page.keyboard.press("Enter")
    expect(app.get_by_text("Hello from Dash")).to_be_visible(timeout=60_000)
    shown = page.locator("iframe[src*='/apps/dash-app-']")
    left, right = code.bounding_box(), shown.bounding_box()
    page.screenshot(path=SCREENSHOTS / "tools-beside.png")
    expect(code.get_by_text("Hello from Dash")).to_be_visible()
    assert left is not None
    assert right is not None
    assert left["x"] + left["width"] <= right["x"]
    assert abs(left["width"] - right["width"]) < 20
    assert min(left["height"], right["height"]) > 600

    workspace.choose(name, "Stop App")
    expect(page.get_by_text("The app is stopped.")).to_be_visible()
    apps = page.request.get(f"{workspace.stack.url}/user/ann/sardonyx/api/apps").json()
    assert [each["state"] for each in apps if each["path"] == name] == ["stopped"]


def test_a_file_that_is_no_app_is_explained_where_it_was_chosen(workspace: Workspace) -> None:
    """In a dialog; nothing was started."""
    workspace.put("plain.py", "print(1)\n")

    workspace.choose("plain.py", "Run as App")

    dialog = workspace.page.get_by_role("dialog")
    expect(dialog.get_by_text("No framework was recognised in plain.py.")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()


def test_an_app_that_fails_is_tried_again_from_its_page(workspace: Workspace) -> None:
    """With its last words, and without leaving JupyterLab."""
    workspace.put("failing.py", "import flask\nraise SystemExit('not today')\n")
    workspace.choose("failing.py", "Run as App")
    page = workspace.frame("/apps/failing-")
    expect(page.get_by_role("heading", name="failing.py did not start")).to_be_visible()
    expect(page.get_by_text("not today")).to_be_visible()
    workspace.page.screenshot(path=SCREENSHOTS / "tools-failed.png")

    workspace.put("failing.py", "import flask\napp = flask.Flask('x')\n@app.route('/')\ndef r(): return 'today'\n")
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_text("today", exact=True)).to_be_visible()


HANGS = """
import flask, os, signal
app = flask.Flask("x")
@app.route("/")
def root(): return "not frozen"
@app.route("/freeze")
def freeze(): print("I freeze", flush=True); os.kill(os.getpid(), signal.SIGSTOP); return ""
"""


def test_an_app_that_hangs_is_started_again_from_its_page(workspace: Workspace) -> None:
    """It ran before; its page says that it answers no longer, with its last words."""
    workspace.put("frozen.py", HANGS)
    address = workspace.page.evaluate(ADD_APP, [workspace.visitor.base(), "frozen.py"])
    page = workspace.page.context.new_page()
    page.goto(workspace.stack.url + address)
    expect(page.get_by_text("not frozen")).to_be_visible(timeout=60_000)
    page.evaluate("() => { fetch('freeze'); }")
    page.wait_for_timeout(1000)

    page.reload(timeout=60_000)
    expect(page.get_by_role("heading", name="frozen.py does not answer")).to_be_visible()
    expect(page.get_by_text("I freeze")).to_be_visible()
    page.screenshot(path=SCREENSHOTS / "tools-silent.png")
    page.get_by_role("button", name="Start again").click()

    expect(page.get_by_text("not frozen")).to_be_visible(timeout=60_000)
    page.close()


def test_a_pinned_app_is_in_the_launcher(workspace: Workspace) -> None:
    """Also after JupyterLab was opened anew; it can be taken away again."""
    page = workspace.page
    workspace.choose("dash_app.py", "Pin App to Launcher")
    expect(page.get_by_text("It is in the launcher, below Apps.")).to_be_visible()

    page.reload()
    page.locator("#jp-main-dock-panel").wait_for()
    workspace.to_launcher()
    page.get_by_role("button", name="dash_app.py").click()
    expect(workspace.frame("/apps/dash-app-").get_by_text("Hello from Dash")).to_be_visible(timeout=60_000)

    workspace.choose("dash_app.py", "Pin App to Launcher")
    expect(page.get_by_text("It is no longer in the launcher.")).to_be_visible()


LOG_A_RUN = """
import mlflow, os, s3fs
mlflow.set_experiment("first")
with mlflow.start_run(run_name="seen-by-all") as run:
    mlflow.log_metric("accuracy", 0.75)
    mlflow.log_text("hello from a notebook", "note.txt")
with mlflow.start_span("asked-once") as span:
    span.set_inputs({"question": "why is that"})
mlflow.flush_trace_async_logging()
models = mlflow.MlflowClient()
if not models.search_registered_models("name = 'wine-taster'"):
    models.create_registered_model("wine-taster")
models.create_model_version("wine-taster", run.info.artifact_uri, run.info.run_id)
print(run.info.artifact_uri)
print(s3fs.S3FileSystem().find(os.environ["SARDONYX_S3_HOME"] + "mlflow"))
"""


@AT_THE_ROOT_TOO
def test_mlflow_has_runs_of_a_notebook_with_artifacts_in_the_persons_storage(workspace: Workspace) -> None:
    """Its kernel has a client, which finds the server by itself; the page shows run, artifact, trace and model."""
    said = workspace.visitor.run(LOG_A_RUN)
    found = re.search(r"mlflow-artifacts:/(\d+)/(\w+)/artifacts", said)
    assert found is not None, said
    assert f"{found[2]}/artifacts/note.txt" in said, said

    page = workspace.page
    workspace.to_launcher()
    page.get_by_role("button", name="MLflow").click()
    expect(workspace.frame("/tools/mlflow/").get_by_text("first", exact=True).first).to_be_visible(timeout=60_000)
    page.screenshot(path=SCREENSHOTS / "tools-mlflow.png")

    whole = page.context.new_page()
    at = f"{workspace.stack.url}/user/ann/tools/mlflow/#"
    whole.goto(f"{at}/experiments/{found[1]}/runs/{found[2]}/artifacts")
    whole.get_by_text("note.txt").first.click()
    expect(whole.get_by_text("hello from a notebook")).to_be_visible()
    expect(whole.get_by_text("seen-by-all").first).to_be_visible()
    whole.screenshot(path=SCREENSHOTS / "tools-mlflow-run.png")
    whole.goto(f"{at}/experiments/{found[1]}/traces")
    asked = whole.get_by_text("why is that").first
    expect(asked).to_be_visible()
    # What MLflow tells of itself, once.
    whole.get_by_role("button", name="Got it").click()
    asked.click()
    expect(whole.get_by_text("asked-once").first).to_be_visible()
    whole.screenshot(path=SCREENSHOTS / "tools-mlflow-trace.png")
    whole.goto(f"{at}/models")
    whole.get_by_role("button", name="Try it now").click()
    whole.get_by_role("link", name="wine-taster").click()
    expect(whole.get_by_role("link", name=re.compile("Version 1")).first).to_be_visible()
    whole.screenshot(path=SCREENSHOTS / "tools-mlflow-model.png")
    whole.close()


def test_another_person_reaches_no_tool(workspace: Workspace, newcomer: Callable[[Stack, str], Visitor]) -> None:
    """Signed in to the same place, with a server of their own: by no page, no request and no websocket of what runs."""
    stack, ann = workspace.stack, by_cookies(workspace.visitor, "ann")
    server = f"{stack.url}/user/ann/"
    app = workspace.page.evaluate(ADD_APP, [workspace.visitor.base(), "streamlit_app.py"]).removeprefix("/user/ann/")
    mlflow, asked = "tools/mlflow/", "api/2.0/mlflow/experiments/search"
    runs = [f"{server}sardonyx/api/processes/{address.rstrip('/')}" for address in (app, mlflow)]

    def states() -> list[str]:
        return [ann.ask("GET", status).json()["state"] for status in runs]

    for address in (app, mlflow):
        workspace.page.context.request.get(server + address, headers={"Accept": "text/html"})
    soon(lambda: states() == ["running", "running"], 180)
    began = stack.find_all("streamlit_app.py")
    bob = newcomer(stack, "bob")
    bob.start()
    token = by_token(bob)

    for address in (
        app,
        mlflow,
        "tools/vscode/",
        "sardonyx/api/apps",
        *(status.removeprefix(server) for status in runs),
    ):
        answer = bob.page.goto(server + address)
        assert answer is not None
        assert answer.status == 403, address
    for way in (by_cookies(bob, "ann"), token):
        for status in runs:
            for method, at, told in (
                ("POST", status, None),
                ("DELETE", status, None),
                ("POST", f"{status}/person", True),
            ):
                assert way.ask(method, at, {"is_there": told}).status_code == 403, (method, at)
        one = f"{server}sardonyx/api/{app}".rstrip("/")
        for method, at, said in (
            ("POST", f"{server}sardonyx/api/apps", {"path": "dash_app.py"}),
            ("PATCH", one, {"is_pinned": True}),
            ("DELETE", one, None),
            ("POST", server + app, {}),
            ("POST", f"{server}{mlflow}{asked}", {"max_results": 5}),
        ):
            assert way.ask(method, at, said).status_code == 403, (method, at)
        assert way.opens(f"{server}{app}_stcore/stream") == 403

    # What was refused is given to whom it belongs, and goes on.
    assert ann.opens(f"{server}{app}_stcore/stream") == 101
    assert ann.ask("POST", f"{server}{mlflow}{asked}", {"max_results": 5}).json()["experiments"]
    assert states() == ["running", "running"]
    assert began == stack.find_all("streamlit_app.py") != []


ASKS_MLFLOW = """
import json, os
from urllib.request import Request, urlopen
from flask import Flask
app = Flask("x")
@app.route("/")
def root():
    headers = {"Authorization": f"Bearer {os.environ['MLFLOW_TRACKING_TOKEN']}", "Content-Type": "application/json"}
    at = f"{os.environ['MLFLOW_TRACKING_URI']}/api/2.0/mlflow/experiments/search"
    return json.load(urlopen(Request(at, b'{"max_results": 9}', headers)))
"""
IN_TERMINAL = "python -c \"import mlflow; print([each.name for each in mlflow.search_experiments()], 'do' + 'ne')\""


def test_mlflow_is_found_from_a_terminal_and_from_an_app(workspace: Workspace) -> None:
    """Without a line of configuration, as from a notebook; the app's environment has nothing of ours."""
    workspace.put("asks_mlflow.py", ASKS_MLFLOW)
    stack, visitor, ann = workspace.stack, workspace.visitor, by_cookies(workspace.visitor, "ann")
    app = workspace.page.evaluate(ADD_APP, [visitor.base(), "asks_mlflow.py"])
    workspace.page.request.get(stack.url + app, headers={"Accept": "text/html"})

    token = by_token(visitor).headers["Authorization"].removeprefix("token ")
    with ThreadPoolExecutor() as beside:
        # Playwright has this thread's event loop.
        typed = in_terminal(f"{stack.url}/user/ann/", token, IN_TERMINAL, "done", patience_s=180)
        shown = beside.submit(asyncio.run, typed).result()

    assert "'Default'" in shown, shown
    soon(lambda: ann.ask("GET", stack.url + app).status_code == 200)
    assert "Default" in [each["name"] for each in ann.ask("GET", stack.url + app).json()["experiments"]]


WRITE_EVENTS = """
import sys
from tensorboard.summary import Writer
writer = Writer(sys.argv[1])
for step in range(20):
    writer.add_scalar("loss", 1 / (1 + step), step)
writer.close()
"""


@pytest.fixture
def curves(workspace: Workspace) -> Iterator[None]:
    """Event files in the home, and TensorBoard among its person's own packages, as pip puts it there."""
    apps = apps_environment()
    runs = workspace.home / "runs" / "first"
    subprocess.run([apps / "bin" / "python", "-c", WRITE_EVENTS, runs], check=True)
    subprocess.run(["chown", "-R", "--reference", workspace.home, runs.parent], check=True)
    (own,) = (workspace.home / ".local" / "share" / "sardonyx").glob("python-*")
    (packages,) = own.glob("lib/python*/site-packages")
    (theirs,) = apps.glob("lib/python*/site-packages")
    (packages / "apps.pth").write_text(str(theirs))
    (own / "bin" / "tensorboard").symlink_to(apps / "bin" / "tensorboard")
    workspace.page.reload()
    workspace.page.locator("#jp-main-dock-panel").wait_for()
    yield
    # Other tests are of who has no such packages.
    (packages / "apps.pth").unlink()
    (own / "bin" / "tensorboard").unlink()


@pytest.mark.usefixtures("curves")
def test_tensorboard_draws_the_curves_of_a_run(workspace: Workspace) -> None:
    """From an event file, once it is among the packages of its person."""
    workspace.to_launcher()
    workspace.page.get_by_role("button", name="TensorBoard").click()
    board = workspace.frame("/tools/tensorboard/")

    expect(board.get_by_text("loss").first).to_be_visible(timeout=60_000)
    expect(board.locator("scalar-card").first).to_be_visible()
    workspace.page.screenshot(path=SCREENSHOTS / "tools-tensorboard.png")


def test_a_tool_is_stopped_and_restarted_from_the_command_palette(workspace: Workspace) -> None:
    """What is in its tab comes back; what does not run has nothing to be stopped."""
    page, board = workspace.page, workspace.frame("/tools/mlflow/")
    workspace.to_launcher()
    page.get_by_role("button", name="MLflow").click()
    expect(board.get_by_text("Experiments").first).to_be_visible(timeout=60_000)

    for command, said in (
        ("Restart MLflow", "MLflow starts again."),
        ("Stop MLflow", "MLflow is stopped."),
        ("Stop MLflow", "MLflow does not run."),
    ):
        page.keyboard.press("Control+Shift+C")
        page.locator(".jp-ModalCommandPalette input").fill(command)
        page.locator(".lm-CommandPalette-item", has_text=command).click()
        expect(page.get_by_text(said)).to_be_visible(timeout=30_000)
        if command.startswith("Restart"):
            expect(board.get_by_text("Starting MLflow")).to_be_visible()
            expect(board.get_by_text("Experiments").first).to_be_visible(timeout=60_000)


def test_jupyterlab_leads_to_the_page_data_and_home_below_the_path(workspace: Workspace) -> None:
    """By its own menu, and by JupyterHub's; both know where the hub is."""
    page, hub = workspace.page, f"{workspace.stack.url}/hub"
    for menu, item, address in (("File", "Your Data: Places and Keys", "data"), ("File", "Hub Control Panel", "home")):
        page.get_by_role("menuitem", name=menu, exact=True).click()
        with page.context.expect_page() as opened:
            page.get_by_role("menuitem", name=item, exact=True).click()
        opened.value.wait_for_url(f"{hub}/{address}")
        opened.value.close()


def test_the_command_palette_leads_to_pages_of_the_hub(workspace: Workspace) -> None:
    """With the keyboard alone."""
    page, hub = workspace.page, f"{workspace.stack.url}/hub"
    for said, address in (("your data", "data"), ("git sites", "git"), ("your servers", "home")):
        open_palette(page).fill(said)
        with page.context.expect_page() as opened:
            page.keyboard.press("Enter")
        opened.value.wait_for_url(f"{hub}/{address}")
        opened.value.close()


ADD_APP = """async ([base, path]) => {
  const xsrf = document.cookie.split("; ").find((each) => each.startsWith("_xsrf=")).slice("_xsrf=".length);
  const headers = { "X-XSRFToken": xsrf, "Content-Type": "application/json" };
  const answer = await fetch(base + "sardonyx/api/apps", { method: "POST", headers, body: JSON.stringify({ path }) });
  return "/user/" + (await answer.json()).address.split("/user/")[1];
}"""


def test_memory_and_time_are_in_the_status_bar(workspace: Workspace) -> None:
    """In words; a profile without an end says nothing of time."""
    expect(workspace.page.locator("#jp-bottom-panel").get_by_text(re.compile(r"^Memory \d"))).to_be_visible()
