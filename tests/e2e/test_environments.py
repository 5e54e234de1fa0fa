"""A project's environment at a real browser: a kernel without any ceremony, and a sentence where it cannot start."""

import json
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from e2e.conftest import SCREENSHOTS
from playwright.sync_api import Browser, Page, expect
from support.stack import Stack
from support.visitors import Visitor
from support.wheels import GREET, wheel

pytestmark = pytest.mark.browser
MAKE = """
import subprocess
for name in ("stats", "old"):
    subprocess.run(["python", "-m", "venv", "--without-pip", f"{name}/.venv"], check=True)
subprocess.run(["ln", "-sf", "/usr/bin/python-that-was", "old/.venv/bin/python"], check=True)
print(subprocess.run(["ls", "-d", "stats/.venv", "old/.venv"], capture_output=True, text=True).stdout)
"""
CELLS = ("%pip install --no-index ./greeting-1.0-py3-none-any.whl", "import greeting; greeting.main()", "import pandas")


def notebook(kernel: str | None, *cells: str) -> str:
    """Return a notebook as JupyterLab writes it."""
    named = {"kernelspec": {"name": kernel, "display_name": "as it was", "language": "python"}} if kernel else {}
    made: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": cell,
        }
        for number, cell in enumerate(cells)
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": named, "cells": made})


@pytest.fixture(scope="module")
def page(stack: Stack, administrator: str, browser: Browser) -> Iterator[Page]:
    """Somebody in JupyterLab, who has made two environments in a terminal; the Python of one is gone since."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    visitor = Visitor(stack, context.new_page())
    visitor.sign_in(administrator)
    visitor.start()
    assert visitor.run(MAKE).split() == ["old/.venv", "stats/.venv"]
    (home,) = [folder for folder in (stack.data / "homes").iterdir() if (folder / "stats" / ".venv").is_dir()]
    greeting = wheel(home.parent.parent, "greeting", "1.0", GREET)
    shutil.move(greeting, home / "stats" / greeting.name)
    for name, text in {
        "plain": notebook(None, *CELLS),
        "named": notebook("python3"),
        "lost": notebook("env-old_2f.venv"),
    }.items():
        (home / "stats" / f"{name}.ipynb").write_text(text)
    status = home.stat()
    for path in (home / "stats").iterdir():
        os.chown(path, status.st_uid, status.st_gid)
    visitor.page.reload()
    visitor.page.locator("#jp-main-dock-panel").wait_for()
    yield visitor.page
    context.close()


def open_notebook(page: Page, name: str) -> None:
    """Open one of the project's notebooks, alone."""
    page.goto(f"{page.url.split('/lab')[0]}/lab/tree/stats/{name}.ipynb?reset")
    page.locator(".jp-NotebookPanel:visible").wait_for()


def look(page: Page, name: str) -> None:
    """Keep screenshots, for a desk and for a phone."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(500)
        page.screenshot(path=SCREENSHOTS / f"environments-{name}-{width}.png")


def test_the_launcher_offers_the_environment(page: Page) -> None:
    """With the logo of Python."""
    page.goto(f"{page.url.split('/lab')[0]}/lab?reset")
    card = page.locator(".jp-LauncherCard[data-category=Notebook]", has_text="(stats/.venv)")

    # JupyterLab asks once a minute.
    expect(card).to_be_visible(timeout=75_000)
    expect(card.locator("img")).to_be_visible()
    expect(page.locator(".jp-LauncherCard[data-category=Notebook]", has_text="(old/.venv, broken)")).to_be_visible()
    look(page, "launcher")


def test_a_notebook_beside_it_gets_it_and_installs_into_it(page: Page) -> None:
    """Without a question; what is only shared is not in it."""
    open_notebook(page, "plain")
    expect(page.locator(".jp-Toolbar-kernelName:visible")).to_contain_text("(stats/.venv)")
    # Its kernel is there when it says that it is idle.
    expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).to_be_visible()

    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    outputs = page.locator(".jp-OutputArea-output:visible")
    expect(outputs.filter(has_text="Successfully installed greeting-1.0")).to_be_visible()
    expect(outputs.filter(has_text="stats/.venv/lib")).to_be_visible()
    expect(outputs.filter(has_text="No module named 'pandas'")).to_be_visible()
    look(page, "notebook")


def test_a_notebook_that_names_a_kernel_keeps_it(page: Page) -> None:
    """Also beside an environment."""
    open_notebook(page, "named")

    expect(page.locator(".jp-Toolbar-kernelName:visible")).to_contain_text("Python 3 (ipykernel)")


def test_a_kernel_that_cannot_start_says_why(page: Page) -> None:
    """And what to do."""
    open_notebook(page, "lost")

    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("The Python of old/.venv is gone: there is no /usr/bin/python-that-was any more.")
    look(page, "broken")
    # All of it can be read: nothing is cut off.
    said = dialog.locator("pre")
    assert said.evaluate("shown => shown.scrollWidth <= shown.clientWidth")
    dialog.get_by_role("button", name="Ok").click()
