"""Windows of JupyterLab that nobody sits at: all that they ask for by themselves is listed, and none of it is use."""

import json
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from e2e.conftest import SCREENSHOTS
from playwright.sync_api import Page, Request
from support.visitors import Visitor
from support.waiting import soon

from sardonyx_singleuser.presence import CHAIN

pytestmark = [pytest.mark.browser, pytest.mark.waits]
SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python: {{title: Python, environment: python}}
"""
CONF = """
# So often the hub asks its proxy what it knows.
c.JupyterHub.last_activity_interval = 1
"""
NOTEBOOK = {
    "cells": [
        {"cell_type": "code", "execution_count": None, "id": "a", "metadata": {}, "outputs": [], "source": "1 + 1"}
    ],
    # What is missing here of its kernel comes in when that starts: from then on it waits to be saved.
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
FILES = f"""
import json, os, subprocess
from pathlib import Path
import boto3
work = Path.home() / "work"
def git(*command): subprocess.run(["git", *command], cwd=work, check=True)
work.mkdir()
(work / "lesson.txt").write_text("one")
(work / "notebook.ipynb").write_text({json.dumps(json.dumps(NOTEBOOK))})
git("init", "--quiet")
git("add", ".")
git("-c", "user.name=Ida", "-c", "user.email=ida@example.org", "commit", "--quiet", "--message", "One")
(work / "lesson.txt").write_text("two")
bucket, prefix = os.environ["SARDONYX_S3_HOME"].removeprefix("s3://").split("/", 1)
boto3.client("s3").put_object(Bucket=bucket, Key=f"{{prefix}}cities.csv", Body=b"city,people\\nParis,1\\n")
# Sooner than 120 seconds, so that this test is.
settings = Path.home() / ".jupyter/lab/user-settings/@jupyterlab/docmanager-extension/plugin.jupyterlab-settings"
settings.parent.mkdir(parents=True, exist_ok=True)
settings.write_text(json.dumps({{"autosaveInterval": 90}}))
print("there")
"""
# What JupyterLab 4.6 and its extensions ask for by a clock, where a notebook, a terminal, the git panel and the data panel are open.
BY_A_CLOCK = {
    *(("GET", path) for path in ("api/kernels", "api/kernelspecs", "api/me", "api/sessions", "api/terminals")),
    *(("GET", path) for path in ("api/contents", "api/contents/work", "lab/api/workspaces", "sardonyx/api/resources")),
    *(("GET", path) for path in ("sardonyx/api/storage/folder", "sardonyx/api/storage/key")),
    *(("POST", f"git/work/{what}") for what in ("branch", "status", "tags")),
    *(("GET", f"git/work/{what}") for what in ("stash", "remote/show")),
    # It saves the notebook that waits for it, and how its windows are laid out.
    ("PUT", "api/contents/work/notebook.ipynb"),
    ("PUT", "lab/api/workspaces/data"),
}
WATCH_S = 100


@dataclass
class Windows:
    """All windows of somebody.

    Args:
        asked: method and path of each request, with how many there were.
    """

    visitor: Visitor
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def base(self) -> str:
        """The address of the server."""
        return f"{self.visitor.stack.url}/user/{self.visitor.name}/"

    def open(self, page: Page, address: str) -> Page:
        """Open JupyterLab in a window, and write down what it asks."""
        page.on("request", self._note)
        page.goto(f"{self.base}{address}")
        page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
        return page

    def used(self) -> str:
        """Return when the server was used, as it tells the hub."""
        answer = self.visitor.page.context.request.get(f"{self.base}api/status")
        return str(answer.json()["last_activity"])

    def known_to_hub(self) -> str:
        """Return when the server was used, as the hub knows."""
        answer = self.visitor.page.context.request.get(f"{self.visitor.stack.url}/hub/api/users/{self.visitor.name}")
        return str(answer.json()["servers"][""]["last_activity"])

    def wait_for_use(self, act: Callable[[], object]) -> None:
        """Do something, and wait until the server takes it for use."""
        before = self.used()
        act()
        soon(lambda: self.used() != before)

    def _note(self, request: Request) -> None:
        if request.url.startswith(self.base):
            self.asked[request.method, request.url.removeprefix(self.base).partition("?")[0]] += 1


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Any]) -> Any:
    """A place with the environment that other tests have made."""
    return place_with(SETTINGS, conf=CONF)


def panel(page: Page, name: str) -> None:
    """Open a panel at the side, if it is not open."""
    tab = page.locator(f".jp-SideBar .lm-TabBar-tab[data-id='{name}']")
    if "lm-mod-current" not in (tab.get_attribute("class") or ""):
        tab.click()
    page.locator(f"#{name}").wait_for()


def open_terminal(page: Page) -> None:
    """Open one, from the menu."""
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^New$")).hover()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Terminal$")).click()
    page.locator(".jp-Terminal .xterm-screen").wait_for()


def test_nothing_that_windows_ask_by_themselves_is_use_and_what_people_do_is(
    place: Any, newcomer: Callable[..., Visitor]
) -> None:
    """A notebook, a terminal and the git panel in one window, the data store in another: for minutes, and nobody is there."""
    ida = newcomer(place, "ida")
    ida.start()
    assert ida.run(FILES).strip() == "there"
    windows = Windows(ida)
    first = windows.open(ida.page, "lab/tree/work/notebook.ipynb")
    first.get_by_text("1 + 1").wait_for()
    panel(first, "jp-git-sessions")
    first.locator("#jp-git-sessions").get_by_text("lesson.txt").wait_for()
    second = windows.open(first.context.new_page(), "lab/workspaces/data")
    panel(second, "sardonyx-data")
    first.bring_to_front()
    open_terminal(first)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for name, page in (("work", first), ("data", second)):
        page.screenshot(path=SCREENSHOTS / f"left-open-{name}.png")
    # What somebody did last has had its consequences.
    first.wait_for_timeout(CHAIN.total_seconds() * 1000)
    windows.asked.clear()
    before = windows.used()

    began = time.monotonic()
    while time.monotonic() < began + WATCH_S:
        first.wait_for_timeout(2000)
        assert windows.used() == before, f"after {time.monotonic() - began:.0f} s of: {windows.asked}"

    # Its proxy sees each of them, too.
    assert datetime.fromisoformat(windows.known_to_hub()) <= datetime.fromisoformat(before)
    assert set(windows.asked) >= BY_A_CLOCK, BY_A_CLOCK - set(windows.asked)
    windows.wait_for_use(lambda: first.keyboard.press("Shift"))
    windows.wait_for_use(lambda: second.mouse.wheel(0, 10))
    windows.wait_for_use(lambda: ida.begin("1 + 1"))
