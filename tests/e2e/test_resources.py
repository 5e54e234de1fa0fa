"""JupyterLab's status bar says what a server uses, and a word comes before something is used up, and after."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from support.stack import ROOT

pytestmark = pytest.mark.browser
SCREENSHOTS = ROOT / "build" / "screenshots"
SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  small:
    title: Small
    environment: python
    memory: 1G
    cpu: 1
    home: fresh
    home_size: 200M
    lifetime: 25m
"""
FILL = """
import os, time
from pathlib import Path
from sardonyx_singleuser.resources import memory_used
os.remove("large")
taken = []
while memory_used(Path("/sys/fs/cgroup")) < 950 << 20:
    taken.append(b"x" * (4 << 20))
time.sleep(60)
"""
BREAK = """
import json, pathlib, sys
own = pathlib.Path(".local/share/sardonyx/python-{}.{}/share/jupyter/labextensions".format(*sys.version_info))
code = '''
(window._JUPYTERLAB ??= {}).curves = { init() {}, async get() { return () => ({ __esModule: true, default: {
  id: "curves:plugin", autoStart: true,
  activate() { if (!window.colour) throw new Error("There is no colour"); },
} }); } };
'''
for name, script in (("curves", code), ("lines", None)):
    (own / name / "static").mkdir(parents=True)
    build = dict(load="static/main.js", extension="./extension")
    package = dict(name=name, version="1.0.0", jupyterlab=dict(_build=build))
    (own / name / "package.json").write_text(json.dumps(package))
    if script: (own / name / "static" / "main.js").write_text(script)
"""


def test_a_person_sees_what_is_used_and_hears_before_it_is_used_up(
    place_with: Callable[..., Any], newcomer: Callable[..., Any]
) -> None:
    """The home, processors and memory; then a program that wants more than there is. Before that, what does not work."""
    visitor = newcomer(place_with(SETTINGS), "kim")
    visitor.start(profile="Small")
    page = visitor.page
    status = page.get_by_role("status").filter(has_text="Memory")
    expect(status).to_contain_text("of 1.0 GB")
    expect(status).to_contain_text("of 200 MB")
    expect(status).to_have_attribute("title", re.compile("When this server is stopped, its files go with it"))
    page.get_by_text("This server is stopped in 25 min, and its files go with it. Copy what you need.").wait_for()

    _see_what_does_not_work(visitor)

    visitor.begin("import os; open('large', 'wb').write(os.urandom(190 << 20))\nwhile True: pass")
    page.get_by_text("When it is full, nothing can be saved.").wait_for()
    expect(status).to_contain_text(re.compile(r"CPU (0\.[1-9]|1\.\d) of 1"))
    expect(status).to_contain_text(re.compile(r"Disk 19\d MB of 200 MB"))

    visitor.begin(FILL, "analysis.ipynb")
    page.get_by_text("When all is used, a kernel is ended.").wait_for()
    page.screenshot(path=SCREENSHOTS / "resources.png")

    visitor.begin("x = b'x' * (700 << 20)")
    # The larger one of the two goes.
    page.get_by_text("The kernel of analysis.ipynb was ended: this server's 1.0 GB were used up.").wait_for()
    expect(page.get_by_text("A program used more than")).to_have_count(0)
    page.screenshot(path=SCREENSHOTS / "ended.png")


def _see_what_does_not_work(visitor: Any) -> None:
    """Two extensions of the person's own packages: one that fails when it begins, and one whose file is not there."""
    page = visitor.page
    visitor.run(BREAK)
    page.reload()
    page.get_by_text("2 extensions do not work: curves, lines").wait_for()
    page.get_by_role("button", name="Show more").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("There is no colour")
    expect(dialog.get_by_label("What it said last").first).to_contain_text("static/main.js")
    expect(dialog).to_contain_text("Its file static/main.js cannot be read: the server answers with 404.")
    page.screenshot(path=SCREENSHOTS / "extensions.png")
    dialog.get_by_role("button", name="Close").click()

    visitor.run("import pathlib, shutil; [shutil.rmtree(each) for each in pathlib.Path('.local').rglob('lines')]")
    page.reload()
    page.get_by_text("The extension curves does not work: There is no colour").wait_for()
    page.evaluate("window.colour = 'red'")
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("curves is loaded now.").wait_for()
