"""Tools and apps at a real browser, through hub and proxy: each reacts to its person, and is where its address says.

All of it is below a path of the host: what works there has asked for nothing by an address of its own making. What could
work there alone is also at the root, as the other browser tests are: a websocket, a prefix that a tool is told, an app.
"""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from e2e.conftest import SCREENSHOTS
from playwright.sync_api import Browser, FrameLocator, expect
from support.environments import apps_environment
from support.stack import Stack
from support.visitors import PASSWORD, Visitor

pytestmark = pytest.mark.browser
SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python: {{title: Python, environment: python}}
"""
CONF = """
from pathlib import Path
source = c.SardonyxLocalSpawner.launcher_source
launcher = source()
launcher._readable = (*launcher._readable, Path({apps!r}))
# So often the hub asks its proxy what it knows.
c.JupyterHub.last_activity_interval = 1
"""
STREAMLIT = """
import streamlit as st
st.title("Hello from Streamlit")
if st.button("Press"):
    st.write("pressed once")
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
    "voila.ipynb": (NOTEBOOK, "Hello from Voilà", "pressed once"),
}


class Workspace:
    """Somebody in JupyterLab."""

    def __init__(self, stack: Stack, visitor: Visitor) -> None:
        self.stack, self.visitor, self.page = stack, visitor, visitor.page

    @property
    def home(self) -> Path:
        """The person's files."""
        (found,) = (self.stack.data / "homes").iterdir()
        return found

    def put(self, name: str, text: str) -> None:
        """Put a file into the home."""
        (self.home / name).write_text(text)
        status = self.home.stat()
        os.chown(self.home / name, status.st_uid, status.st_gid)

    def choose(self, name: str, item: str) -> None:
        """Choose something from the menu of a file in JupyterLab's file browser."""
        with self.page.expect_response("**/api/contents**"):
            self.page.get_by_role("button", name="Refresh the file browser").click()
        # The rows of the answer are drawn, and none moves below the pointer.
        self.page.wait_for_timeout(500)
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
    running = place_with(SETTINGS, conf=CONF.format(apps=str(apps_environment())), path=PATH)
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
def test_an_app_is_shown_beside_its_code_and_reacts(workspace: Workspace, name: str) -> None:
    """From the menu of its file; with whatever its framework speaks, over the hub's proxy."""
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
    workspace.page.screenshot(path=SCREENSHOTS / f"tools-{Path(name).stem}.png")


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
import mlflow
mlflow.set_experiment("first")
with mlflow.start_run(run_name="seen-by-all") as run:
    mlflow.log_metric("accuracy", 0.75)
    mlflow.log_text("hello from a notebook", "note.txt")
print(run.info.artifact_uri)
"""
IN_A_NOTEBOOK = """
import os, s3fs, subprocess
done = subprocess.run([{python!r}, "-c", {code!r}], capture_output=True, text=True)
print(done.stdout[-300:] if done.returncode == 0 else done.stderr[-1500:])
print(s3fs.S3FileSystem().find(os.environ["SARDONYX_S3_HOME"] + "mlflow"))
"""


@AT_THE_ROOT_TOO
def test_mlflow_has_runs_of_a_notebook_with_artifacts_in_the_persons_storage(workspace: Workspace) -> None:
    """Clients find it by themselves; the page shows the run and its artifact."""
    python = str(workspace.stack.data / "tools" / "mlflow" / "bin" / "python")
    said = workspace.visitor.run(IN_A_NOTEBOOK.format(python=python, code=LOG_A_RUN))
    assert "mlflow-artifacts:/" in said, said
    assert "/artifacts/note.txt" in said, said

    page = workspace.page
    workspace.to_launcher()
    page.get_by_role("button", name="MLflow").click()
    expect(workspace.frame("/tools/mlflow/").get_by_text("first", exact=True).first).to_be_visible(timeout=60_000)
    page.screenshot(path=SCREENSHOTS / "tools-mlflow.png")

    found = re.search(r"mlflow-artifacts:/(\d+)/(\w+)/artifacts", said)
    assert found is not None
    whole = page.context.new_page()
    whole.goto(f"{workspace.stack.url}/user/ann/tools/mlflow/#/experiments/{found[1]}/runs/{found[2]}/artifacts")
    whole.get_by_text("note.txt").first.click()
    expect(whole.get_by_text("hello from a notebook")).to_be_visible()
    expect(whole.get_by_text("seen-by-all").first).to_be_visible()
    whole.screenshot(path=SCREENSHOTS / "tools-mlflow-run.png")
    whole.close()


def test_jupyterlab_leads_to_the_page_data_and_home_below_the_path(workspace: Workspace) -> None:
    """By its own menu, and by JupyterHub's; both know where the hub is."""
    page, hub = workspace.page, f"{workspace.stack.url}/hub"
    for menu, item, address in (("File", "Your Data: Places and Keys", "data"), ("File", "Hub Control Panel", "home")):
        page.get_by_role("menuitem", name=menu, exact=True).click()
        with page.context.expect_page() as opened:
            page.get_by_role("menuitem", name=item, exact=True).click()
        opened.value.wait_for_url(f"{hub}/{address}")
        opened.value.close()


LAST_USE = """async () => {
  const xsrf = document.cookie.split("; ").find((each) => each.startsWith("_xsrf=")).slice("_xsrf=".length);
  const said = await (await fetch(new URL("api/users/ann", location), { headers: { "X-XSRFToken": xsrf } })).json();
  return said.servers[""].last_activity;
}"""


def test_pages_that_were_left_open_are_not_use(workspace: Workspace) -> None:
    """JupyterLab and the apps ask all the time; the hub does not take that for somebody who is there."""
    page = workspace.page.context.new_page()
    page.goto(f"{workspace.stack.url}/hub/home")
    before = page.evaluate(LAST_USE)

    for _ in range(4):
        answer = workspace.page.request.get(f"{workspace.stack.url}/user/ann/api/kernels")
        assert answer.status == 200
        page.wait_for_timeout(1000)

    assert page.evaluate(LAST_USE) == before
    page.close()


def test_memory_and_time_are_in_the_status_bar(workspace: Workspace) -> None:
    """In words; a profile without an end says nothing of time."""
    expect(workspace.page.locator("#jp-bottom-panel").get_by_text(re.compile(r"^Memory \d"))).to_be_visible()


def test_another_person_reaches_no_tool(workspace: Workspace, browser: Browser) -> None:
    """Signed in to the same place, with the address of somebody's app."""
    workspace.stack.add_person("bob", PASSWORD)
    context = browser.new_context()
    visitor = Visitor(workspace.stack, context.new_page())
    visitor.sign_in("bob")
    for address in ("tools/mlflow/", "tools/vscode/", "apps/dash-app-000000/", "sardonyx/api/apps"):
        answer = visitor.page.goto(f"{workspace.stack.url}/user/ann/{address}")
        assert answer is not None
        assert answer.status == 403, address
    context.close()
