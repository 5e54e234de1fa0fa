"""A class from its beginning to its end, with nothing but the pages: an instructor makes it, students join and work."""

import re
from collections.abc import Callable
from typing import Any

import pytest

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
    return place_with(SETTINGS)


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


def test_a_class_is_made_and_joined(place: Any, tia: Any, newcomer: Callable[..., Any], check: Check) -> None:
    """In two forms; a student needs two clicks."""
    link = make(place, tia, "Statistics 101")
    check(tia.page, "class-link")

    sam = newcomer(place, "sam")
    sam.page.goto(link)
    sam.page.get_by_role("button", name="Join the class").click()

    sam.page.get_by_role("heading", name="Statistics 101").wait_for()
    check(sam.page, "class-of-student")
    tia.page.get_by_role("link", name="Go to the class").click()
    tia.page.get_by_role("row", name=re.compile("sam.*Not here")).wait_for()
    check(tia.page, "class")
