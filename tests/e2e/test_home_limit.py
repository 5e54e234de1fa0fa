"""A limit for people's files: said on the pages, refused to nobody who has to delete."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from support.waiting import soon

pytestmark = [pytest.mark.browser, pytest.mark.waits]
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
SETTINGS = """
one_machine: {{home_limit: 10M}}
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python: {{title: Python, environment: python}}
"""


def test_whoever_has_too_many_files_reads_it_and_can_delete_them(
    place_with: Callable[..., Any], first_of: Callable[[Any], Any]
) -> None:
    """The start goes on; the person, the operator and the doctor say the same."""
    stack = place_with(SETTINGS)
    visitor = first_of(stack)
    page = visitor.page
    person = re.search(r"^ann\s+(\S+)", stack.command("user", "list").stdout, re.MULTILINE)
    assert person is not None
    home = stack.data / "homes" / person[1]
    home.mkdir(mode=0o700)
    (home / "big").write_bytes(b"x" * (12 << 20))

    def shows(path: str, text: str) -> Callable[[], bool]:
        def look() -> bool:
            page.goto(f"{stack.url}/hub/{path}")
            return text in page.inner_text("main")

        return look

    soon(shows("home", "Your files: 12 MB of 10 MB"))
    assert page.get_by_role("note").inner_text() == (
        "Your files take 12 MB, and you may have 10 MB. Delete what you do not need."
    )
    page.screenshot(path=SCREENSHOTS / "home-too-full.png", full_page=True)
    faults = Axe().run(page).response["violations"]
    visitor.start()
    progress = stack.data / "servers" / person[1] / "default" / "progress.jsonl"
    assert "Your files take 12 MB, and you may have 10 MB." in progress.read_text()
    soon(shows("admin", "ann: 12 MB of 10 MB"))
    page.screenshot(path=SCREENSHOTS / "admin-too-full.png", full_page=True)
    faults += Axe().run(page).response["violations"]
    assert faults == []
    said = stack.command("doctor", str(stack.settings)).stdout
    assert "may take 10 MB each; more is said, and not refused" in said
    assert f"near their limit or above it: {person[1]} (12 MB)" in said

    page.goto(f"{stack.url}/user/ann/lab")
    visitor.run("import os; os.remove('big')")

    soon(lambda: shows("home", " MB of 10 MB")() and "12 MB" not in page.inner_text("main"))
    assert page.get_by_role("note").count() == 0
    soon(shows("admin", "Everybody has room left."))
