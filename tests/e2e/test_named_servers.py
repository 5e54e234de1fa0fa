"""Servers with a name of their own: how many there may be, and what makes room for another."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
FULL = "You have 3 servers beside “My server”, which is as many as you may have. Remove one to start another."


def test_the_limit_is_said_and_kept_and_removing_one_makes_room(stack: Any, visitor: Any, check: Any) -> None:
    """Also one that was never started counts, and can be seen and removed."""
    stack.add_person("mona", PASSWORD)
    visitor.sign_in("mona")
    visitor.start()
    page, home = visitor.page, f"{stack.url}/hub/home"
    page.goto(home)
    page.get_by_text("Start another server").click()
    assert "Up to 3 beside “My server”; you have none." in page.inner_text("main")

    for name in ("thesis", "course", "play"):
        page.goto(f"{stack.url}/hub/start-another?name={name}")
        assert page.url == f"{stack.url}/hub/spawn/mona/{name}"

    page.goto(f"{stack.url}/hub/start-another?name=more")
    assert page.url == home
    assert FULL in page.inner_text("main")
    check(page, "home-with-all-servers")
    assert page.goto(f"{stack.url}/hub/spawn/mona/more").status == 400
    page.goto(home)
    page.get_by_role("button", name="Remove course").click()
    page.get_by_text("Start another server").click()
    assert "Up to 3 beside “My server”; you have 2." in page.inner_text("main")
    assert "course" not in page.inner_text("main")
