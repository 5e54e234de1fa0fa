"""Before a server ends its person is told, and can keep it: in JupyterLab and on the first page."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route
from support.palette import open_palette

pytestmark = [pytest.mark.browser, pytest.mark.waits]
Check = Callable[[Any, str], None]
SETTINGS = """
servers: {{idle_stop: 9m}}
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  short: {{title: Short, environment: python, lifetime: 20m, longest_lifetime: 6h, order: 1}}
  fixed: {{title: Fixed, environment: python, lifetime: 20m, order: 2}}
"""


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Any]) -> Any:
    """A place with servers that end soon."""
    return place_with(SETTINGS)


@pytest.fixture
def person(place: Any, newcomer: Callable[..., Any]) -> Callable[[str, str], Any]:
    """A way to have somebody with a running server; returns the page of JupyterLab."""

    def started(name: str, profile: str) -> Any:
        visitor = newcomer(place, name)
        visitor.start(profile=profile)
        return visitor.page

    return started


def left(page: Any) -> str:
    """Return what the status bar says of time."""
    status = page.get_by_role("status").filter(has_text="left")
    status.wait_for()
    return str(status.inner_text())


def test_a_server_is_kept_from_the_word_that_warns(person: Any) -> None:
    """One click, and the status bar has the new time; in the last minute it says no number."""
    page = person("kim", "Short")
    page.get_by_text("This server is stopped in 20 min: its time is over then.").wait_for()

    page.get_by_role("button", name="Keep it 4 h longer").click()

    page.get_by_text("This server goes on for 4 h 20 min.").wait_for()
    assert "4 h 20 min left" in left(page)

    def in_the_last_minute(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "seconds_left": 20})

    page.route("**/sardonyx/api/resources*", in_the_last_minute)
    page.get_by_role("status").filter(has_text="less than a minute left").wait_for()


def test_a_server_is_kept_from_the_command_palette_as_far_as_its_profile_allows(person: Any) -> None:
    """With the keyboard alone."""
    page = person("kai", "Short")
    page.get_by_role("status").filter(has_text="20 min left").wait_for()
    open_palette(page).fill("keep my server")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    assert dialog.get_by_role("option").all_inner_texts() == ["1 h longer", "4 h longer"]

    page.keyboard.press("Enter")

    page.get_by_text("This server goes on for 1 h 20 min.").wait_for()


def test_a_server_is_kept_on_the_first_page_and_knows_it(place: Any, person: Any, check: Check) -> None:
    """It needs no script; the server itself asks the hub."""
    page = person("kay", "Short")
    lab = page.url
    page.goto(f"{place.url}/hub/home")
    page.get_by_text(re.compile(r"^Ends at ")).click()
    check(page, "home-with-an-end")
    page.get_by_label("How much longer").select_option("4 hours longer")
    page.get_by_role("button", name="Keep My server longer").click()
    page.wait_for_url("**/hub/home")

    assert page.get_by_label("How much longer").locator("option").all_text_contents() == ["1 hour longer"]
    page.goto(lab)
    page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
    # The server asked when its first page was opened, and asks again only after a minute.
    page.get_by_role("status").filter(has_text=re.compile(r"4 h \d+ min left")).wait_for(timeout=90_000)


def test_a_profile_that_allows_no_more_says_so(place: Any, person: Any) -> None:
    """And offers nothing that would not work; nobody gets more by asking the hub itself."""
    page = person("kit", "Fixed")
    page.get_by_text("This server is stopped in 20 min: its time is over then. Save what you need").wait_for()
    assert page.get_by_role("button", name=re.compile("longer")).count() == 0

    page.goto(f"{place.url}/hub/home")
    assert page.get_by_role("button", name=re.compile("longer")).count() == 0
    xsrf = page.evaluate("JSON.parse(document.getElementById('hub').textContent).xsrf")
    page.request.post(f"{place.url}/hub/keep/kit", form={"_xsrf": xsrf, "seconds": "86400"})
    page.reload()

    # With the day, where that is tomorrow.
    assert page.get_by_text(re.compile(r"^Ends at .*\d\d:\d\d")).count() == 1


def test_nobody_keeps_or_sees_the_end_of_another_persons_server(place: Any, person: Any) -> None:
    """Neither from the page nor from code in a server."""
    person("kurt", "Short")
    page = person("karl", "Short")
    page.goto(f"{place.url}/hub/home")
    xsrf = page.evaluate("JSON.parse(document.getElementById('hub').textContent).xsrf")

    by_form = page.request.post(f"{place.url}/hub/keep/kurt", form={"_xsrf": xsrf, "seconds": "3600"})
    by_api = page.request.get(f"{place.url}/hub/api/sardonyx/ends/kurt/")

    assert {by_form.status, by_api.status} <= {403, 404}


def test_who_is_idle_is_told_and_says_that_they_are_there(person: Any) -> None:
    """Ten minutes before; here that is at once."""
    page = person("kara", "Short")
    page.get_by_text("Nobody has used this server for a while.").wait_for()

    page.get_by_role("button", name="I am still here").click()

    page.wait_for_function(
        "fetch(location.pathname.replace(/lab.*/, 'sardonyx/api/resources')).then(a => a.json()).then(n => n.idle_seconds_left > 530)"
    )
