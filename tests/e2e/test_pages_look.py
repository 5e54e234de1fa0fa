"""Every page, light and dark, wide and narrow: no fault of accessibility, and a screenshot to look at."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
LOOKS = [
    pytest.param(("light", 1280), id="light-wide"),
    pytest.param(("dark", 1280), id="dark-wide"),
    pytest.param(("light", 390), id="light-narrow"),
    pytest.param(("dark", 390), id="dark-narrow"),
]
PAGES = {
    "home": "/hub/home",
    "start": "/hub/spawn/admin/look",
    "start-from-a-link": "/hub/spawn/admin/look#profile=python&size=medium&repository=https://example.org/a/b",
    "operation": "/hub/admin",
    "keys": "/hub/token",
    "nothing-there": "/hub/nothing-there",
    "not-running": "/hub/user/admin/look",
}


@pytest.fixture(params=LOOKS)
def look(request: Any, stack: Any, administrator: str, browser: Any) -> Any:
    """A browser in one of the looks, and the function that checks and keeps what it shows."""
    assert administrator
    scheme, width = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def check(name: str) -> list[str]:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=SCREENSHOTS / f"{name}-{scheme}-{width}.png", full_page=True)
        found = Axe().run(page).response["violations"]
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        faults = [f"{name}: {v['id']}: {[n['html'][:120] for n in v['nodes'][:3]]}" for v in found]
        return faults + ([f"{name}: scrolls sideways"] if wide else [])

    yield stack, page, check
    context.close()


def test_no_page_has_a_fault_of_accessibility(look: Any) -> None:
    """All rules of axe-core, and nothing that has to be scrolled sideways."""
    stack, page, check = look
    page.goto(f"{stack.url}/hub/login")
    faults = check("sign-in")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()
    faults += check("sign-in-refused")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "login" not in url)
    for name, path in PAGES.items():
        page.goto("about:blank")
        page.goto(stack.url + path)
        faults += check(name)
    page.goto(f"{stack.url}/hub/spawn/admin/look")
    page.get_by_role("textbox", name="Repository").fill("no address")
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("alert").first.wait_for()
    faults += check("start-refused")

    assert faults == []


def test_the_form_works_without_a_script(stack: Any, administrator: str, browser: Any) -> None:
    """Sign in, choose, and be told what is wrong: all of it is plain HTML."""
    assert administrator
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{stack.url}/hub/login")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{stack.url}/hub/spawn/admin/plain")
    page.get_by_role("radio", name="Medium").first.check(force=True)
    page.get_by_role("textbox", name="Branch").fill("no..branch")

    page.get_by_role("button", name="Start", exact=True).click()

    page.get_by_role("alert").first.wait_for()
    assert "cannot be the name of a branch" in page.inner_text("main")
    assert page.locator("[name='python.size'][value=medium]").is_checked()
    context.close()


def test_the_whole_way_works_by_keyboard(stack: Any, administrator: str, browser: Any) -> None:
    """Tab, arrows and Enter lead from sign-in to a form whose size was changed."""
    assert administrator
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{stack.url}/hub/login")
    _tab_to(page, "username_input")
    page.keyboard.type("admin")
    page.keyboard.press("Tab")
    page.keyboard.type("correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(f"{stack.url}/hub/spawn/admin/keys")
    _tab_to(page, name="python.size")
    page.keyboard.press("ArrowRight")

    assert page.locator("[name='python.size']:checked").get_attribute("value") == "medium"
    assert page.evaluate("getComputedStyle(document.activeElement.parentElement).outlineStyle") == "solid"
    context.close()


def _tab_to(page: Any, identity: str = "", name: str = "") -> None:
    here = "document.activeElement.id" if identity else "document.activeElement.name"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(here) == (identity or name):
            return
    pytest.fail(f"Tab never came to {identity or name}")
