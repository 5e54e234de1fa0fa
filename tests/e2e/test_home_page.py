"""The first page: another server is offered where none runs, a stop is asked about, and where one is can be seen on a phone."""

from typing import Any

import pytest
from playwright.sync_api import Route
from playwright.sync_api import TimeoutError as NoAnswerError
from support.waiting import soon

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
ASKED = "Notebooks, terminals and programs in it end, and what is not saved is lost. Files that are saved are kept."
RULE = "Lower case letters, digits and dashes, beginning with a letter. Up to 3 beside “My server”; you have none."
STANDS_STILL = """
import os, subprocess
subprocess.Popen(["sh", "-c", f"sleep 1; kill -STOP {os.getppid()}"], start_new_session=True)
"""
"""Lets the server of a kernel stand still in a second: its stop takes until it is ended by force."""


@pytest.fixture
def page(stack: Any, visitor: Any, request: Any) -> Any:
    """The first page of somebody new."""
    name = f"home-{request.node.name[5:9].strip('_')}"
    stack.add_person(name, PASSWORD)
    visitor.sign_in(name)
    visitor.page.goto(f"{stack.url}/hub/home")
    return visitor.page


def test_another_server_is_offered_where_none_runs(page: Any, check: Any) -> None:
    """What is above stays where it is when its field opens, which says what is to be written."""
    before = page.get_by_role("heading", name="My servers").bounding_box()

    page.get_by_text("Start another server").click()

    assert page.get_by_role("heading", name="My servers").bounding_box() == before
    assert page.get_by_text("Its name, such as thesis").bounding_box()["height"] > 10
    field = page.get_by_label("Its name, such as thesis")
    assert page.locator(f"#{field.get_attribute('aria-describedby')}").inner_text() == RULE
    check(page, "home-another-server")
    field.fill("thesis")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Start the server “thesis”").wait_for()


def test_a_stop_is_asked_about(stack: Any, page: Any, visitor: Any, check: Any) -> None:
    """Whoever keeps things as they are still has their server; nothing is asked of one that does not run."""
    home = f"{stack.url}/hub/home"
    visitor.start()
    page.goto(home)
    page.get_by_role("link", name="Stop My server").click()
    page.get_by_role("heading", name="Stop my server?").wait_for()
    assert ASKED in page.inner_text("main")
    check(page, "home-stop")

    page.get_by_role("link", name="Keep things as they are").click()
    page.wait_for_url(home)
    assert visitor.has_server()
    visitor.stop()
    page.wait_for_url(home)
    page.get_by_text("Not running").wait_for()
    assert not visitor.has_server()
    page.goto(f"{stack.url}/hub/stop/{visitor.name}")
    assert page.url == home


def test_the_address_while_a_server_starts_has_no_sign_of_the_form(stack: Any, page: Any) -> None:
    """Also after a form that was sent back; where somebody wanted to go is kept."""
    page.goto(f"{stack.url}/hub/spawn?next=/hub/data")
    page.get_by_role("textbox", name="Branch").fill("no..branch")
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("alert").first.wait_for()
    assert page.locator("#spawn_form").get_attribute("action").count("_xsrf=") == 1
    page.get_by_role("textbox", name="Branch").fill("")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.is_navigation_request() else None)

    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(f"{stack.url}/hub/data", timeout=60_000)

    waiting = {url for url in asked if "/spawn-pending/" in url}
    assert {url.partition("?")[2] for url in waiting} == {"next=%2Fhub%2Fdata"}


def test_a_start_of_which_nothing_is_heard_leads_to_its_server(page: Any, stack: Any, visitor: Any) -> None:
    """A connection can be gone without a word: nothing comes of it, and nothing fails."""
    held: list[Route] = []
    page.route("**/server/progress*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright writes something of its own on it
    page.goto(f"{stack.url}/hub/spawn")

    page.get_by_role("button", name="Start", exact=True).click()

    page.wait_for_url("**/spawn-pending/**")
    page.wait_for_url(f"**/user/{visitor.name}/lab**", timeout=60_000)
    for route in held:
        route.abort()


def test_the_page_of_a_server_that_stops_goes_on_when_it_has_stopped(page: Any, stack: Any, visitor: Any) -> None:
    """Nobody has to load it anew to read that."""
    visitor.start()
    visitor.run(STANDS_STILL)
    soon(lambda: stands_still(visitor))
    other = page.context.new_page()
    other.goto(f"{stack.url}/hub/stop/{visitor.name}")
    other.get_by_role("button", name="Stop it").click(no_wait_after=True)
    mine = f"{stack.url}/hub/api/users/{visitor.name}"
    soon(lambda: page.request.get(mine).json()["servers"][""]["pending"] == "stop")

    page.goto(f"{stack.url}/hub/spawn-pending/{visitor.name}")

    page.get_by_role("heading", name="Stopping").wait_for()
    page.get_by_role("heading", name="Your server is not running").wait_for(timeout=60_000)
    assert not visitor.has_server()


def stands_still(visitor: Any) -> bool:
    """Tell whether somebody's server does not answer."""
    try:
        visitor.page.request.get(f"{visitor.stack.url}/user/{visitor.name}/api", timeout=500)
    except NoAnswerError:
        return True
    return False


def test_where_one_is_can_be_seen_on_a_phone(stack: Any, page: Any) -> None:
    """The row of pages is longer than the window; the page of keys is the last one in it."""
    page.set_viewport_size({"width": 390, "height": 800})

    page.goto(f"{stack.url}/hub/token")

    tab = page.get_by_role("navigation").get_by_role("link", name="Keys for programs").bounding_box()
    assert tab["x"] >= 0
    assert tab["x"] + tab["width"] <= 390
    assert page.evaluate("scrollY") == 0
