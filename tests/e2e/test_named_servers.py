"""Servers with a name of their own: how many there may be, and what makes room for another."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
FULL = "You have 3 servers beside “My server”, which is as many as you may have. Remove one to start another."


def names_at(page: Any) -> list[str]:
    """Return the servers on the first page, by their names."""
    titles = page.get_by_role("article").get_by_role("heading").all_inner_texts()
    return [title.splitlines()[0].strip() for title in titles]


def test_a_server_is_there_from_its_start_on(stack: Any, visitor: Any, check: Any) -> None:
    """Its form says which one it is for, and leaves nothing behind; nor does a start that was refused."""
    stack.add_person("mika", PASSWORD)
    visitor.sign_in("mika")
    page, home = visitor.page, f"{stack.url}/hub/home"

    page.goto(f"{stack.url}/hub/start-another?name=thesis")
    assert page.get_by_role("heading", level=1).inner_text() == "Start the server “thesis”"
    assert page.title().startswith("Start the server “thesis” · ")
    check(page, "start-another")
    page.get_by_role("textbox", name="Branch").fill("no..branch")
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("alert").first.wait_for()
    assert page.get_by_role("heading", level=1).inner_text() == "Start the server “thesis”"
    page.goto(home)
    assert names_at(page) == ["My server"]

    visitor.start("thesis")
    page.goto(home)
    assert names_at(page) == ["My server", "thesis"]
    page.goto(f"{stack.url}/hub/spawn")
    assert page.get_by_role("heading", level=1).inner_text() == "Start a server"


def test_the_limit_is_said_and_kept_and_removing_one_makes_room(stack: Any, visitor: Any, check: Any) -> None:
    """Also one that does not run any more counts, and can be seen and removed."""
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
        visitor.start(name)

    page.goto(f"{stack.url}/hub/start-another?name=more")
    assert page.url == home
    assert FULL in page.inner_text("main")
    check(page, "home-with-all-servers")
    assert page.goto(f"{stack.url}/hub/spawn/mona/more").status == 400
    page.goto(home)
    xsrf = page.locator("[name=_xsrf]").first.input_value()
    page.request.post(f"{stack.url}/hub/stop/mona/course", form={"_xsrf": xsrf})
    page.goto(home)
    page.get_by_role("button", name="Remove course").click()
    page.get_by_text("Start another server").click()
    assert "Up to 3 beside “My server”; you have 2." in page.inner_text("main")
    assert sorted(names_at(page)) == ["My server", "play", "thesis"]
