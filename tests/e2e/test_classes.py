"""A class from its beginning to its end, with nothing but the pages: an instructor makes it, students join and work."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from support.classes import CONF, ask, people_of, token_of
from support.waiting import soon

pytestmark = pytest.mark.browser
Check = Callable[[Any, str], None]
SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python:
    title: Python
    environment: python
    order: 1
    options:
      size: {{choices: {{small: {{title: Small, cpu: 1, memory: 1G}}, large: {{title: Large, cpu: 2, memory: 4G}}}}}}
  plain: {{title: Plain, environment: python, order: 2}}
"""


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Any]) -> Any:
    """A place where people may be instructors."""
    return place_with(SETTINGS, conf=CONF)


@pytest.fixture
def tia(place: Any, newcomer: Callable[..., Any]) -> Any:
    """Somebody who may make classes."""
    visitor = newcomer(place, "tia")
    place.command("user", "instructor", "tia")
    return visitor


def make(place: Any, visitor: Any, title: str, **fields: str) -> str:
    """Make a class with its form; return its link to join."""
    page = visitor.page
    page.goto(f"{place.url}/hub/home")
    page.get_by_role("link", name="Classes", exact=True).click()
    page.get_by_role("link", name="Make a class").click()
    page.get_by_label("Title").fill(title)
    page.get_by_role("radio", name="Python").check()
    for label, value in fields.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Make it, and show the link").click()
    return str(page.get_by_role("link", name=re.compile("people.join")).inner_text())


def count(page: Any, word: str) -> str:
    """Return how many there are of something, as the page says it."""
    return str(page.get_by_role("radio", name=word).locator("xpath=..").inner_text().split()[-1])


def test_a_class_of_thirty(place: Any, tia: Any, newcomer: Callable[..., Any], check: Check) -> None:
    """They join by the link, all servers are started, one runs out of memory, and all are stopped."""
    link = make(place, tia, "Statistics 101")
    check(tia.page, "class-link")
    students = [newcomer(place, f"student{number}") for number in range(5)]
    for each in students:
        each.page.goto(link)
        each.page.get_by_role("button", name="Join the class").click()
        each.page.get_by_role("heading", name="Statistics 101").wait_for()
    check(students[0].page, "class-of-student")
    with people_of(place) as people:
        for number in range(5, 30):
            people.add_account(f"student{number}", "")
    for number in range(5, 30):
        joined = ask(place, token_of(place, f"student{number}"), "POST", "/api/join", {"code": link.rpartition("/")[2]})
        assert joined.json()["role"] == "student"

    page = tia.page
    page.get_by_role("link", name="Go to the class").click()
    assert count(page, "Everyone") == "30"
    page.get_by_role("button", name="Start everyone").click()
    expect(page.get_by_role("radio", name="Running").locator("xpath=..")).to_contain_text("30", timeout=120_000)
    soon(lambda: page.get_by_role("row", name=re.compile("Starting")).count() == 0, patience_s=120)
    check(page, "class")

    first = students[0]
    first.page.goto(f"{place.url}/hub/home")
    first.page.get_by_role("link", name="Open").first.click()
    first.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
    first.begin("x = bytearray(3 << 30); x[::4096] = b'x' * len(x[::4096])")
    row = page.get_by_role("row", name=re.compile("student0"))
    expect(row).to_contain_text("Something in it, such as a kernel, was ended. It used more than its 1 GB of memory.")
    assert count(page, "Need help") == "1"
    check(page, "class-problem")

    page.get_by_role("button", name="Stop everyone").click()
    page.get_by_role("button", name=re.compile("Stop 30 servers")).click()
    expect(page.get_by_role("radio", name="Running").locator("xpath=..")).to_contain_text("0", timeout=60_000)
    page.get_by_role("link", name="What was done").click()
    assert page.get_by_role("row", name=re.compile("tia stopped the server of: student7")).count() == 1
