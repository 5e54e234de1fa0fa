"""Every page, light and dark, wide and narrow: no fault of accessibility, and a screenshot to look at."""

import os
import re
import shutil
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Route, expect
from support.servers import server_of

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
Check = Callable[[Any, str], None]


@pytest.fixture
def person(stack: Any, visitor: Any, request: Any) -> Any:
    """Somebody who has signed in, called after the test."""
    name = request.node.name.removeprefix("test_").replace("_", "-")
    stack.add_person(name, PASSWORD)
    visitor.sign_in(name)
    return visitor


@pytest.fixture
def silent_host() -> Iterator[str]:
    """A place on the web that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    taken.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=take, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/slow/course.git"
        server.shutdown(socket.SHUT_RDWR)
        for connection in taken:
            connection.close()


def id_of(stack: Any, name: str) -> str:
    """Return the immutable id of a person."""
    listed = stack.command("user", "list").stdout
    found: str = next(line.split()[1] for line in listed.splitlines() if line.split(maxsplit=1)[0] == name)
    return found


def test_coming_in(stack: Any, visitor: Any, check: Check) -> None:
    """Sign-in, its refusal, an invitation, one that was used, and the way out."""
    page = visitor.page
    page.goto(f"{stack.url}/hub/login")
    check(page, "sign-in")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()
    check(page, "sign-in-refused")
    link = stack.command("user", "add", "invited", "--link").stdout.split()[-1]
    page.goto(link)
    expect(page.locator("#password")).to_be_focused()
    check(page, "invitation")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Sign in").click()
    page.locator(".is-invalid").wait_for()
    expect(page.locator("#password")).to_be_focused()
    assert page.inner_text("form").count("A short sentence is easy to remember.") == 1
    assert "A password has at least 12 characters. A short sentence is easy to remember." in page.inner_text("form")
    check(page, "invitation-refused")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Start a server").wait_for()
    page.get_by_text("invited", exact=True).click()
    page.get_by_role("link", name="Sign out").click()
    page.get_by_text("Sign in").first.wait_for()
    check(page, "signed-out")
    page.goto(link)
    check(page, "invitation-used")


def test_choosing(stack: Any, person: Any, check: Check) -> None:
    """Home, the form empty, filled in by a link, and sent back; keys for programs, and where nothing is."""
    page = person.page
    page.goto(f"{stack.url}/hub/home")
    check(page, "home")
    page.goto(f"{stack.url}/hub/spawn")
    check(page, "start")
    page.goto("about:blank")
    page.goto(f"{stack.url}/hub/spawn#profile=python&size=medium&repository=https://example.org/a/b&size=none")
    page.get_by_text("A link filled in this form").wait_for()
    check(page, "start-from-a-link")
    page.get_by_role("textbox", name="Repository").fill("no address")
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("alert").first.wait_for()
    check(page, "start-refused")
    page.goto(f"{stack.url}/hub/token")
    page.get_by_label("What for").fill("A script at home")
    page.get_by_role("button", name="Make the key").click()
    page.get_by_role("rowheader", name="A script at home").wait_for()
    check(page, "keys")
    page.goto(f"{stack.url}/hub/data")
    page.get_by_role("heading", name="Data", exact=True).wait_for()
    check(page, "data-of-somebody-new")
    page.goto(f"{stack.url}/hub/nothing-there")
    check(page, "nothing-there")


def test_living(stack: Any, person: Any, silent_host: str, check: Check) -> None:
    """A server that starts, runs, stops, and does not run."""
    page = person.page
    page.goto(f"{stack.url}/hub/spawn")
    page.get_by_role("textbox", name="Repository").fill(silent_host)
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_text("Getting your code: course").wait_for()
    check(page, "starting")
    page.wait_for_url("**/user/living/lab**", timeout=90_000)
    server = server_of(stack.data, "living")
    page.goto(f"{stack.url}/hub/home")
    page.get_by_text("Running").first.wait_for()
    check(page, "home-running")
    page.get_by_role("link", name="Log of My server").click()
    page.get_by_text("New lines appear by themselves.").wait_for()
    check(page, "log")
    page.goto(f"{stack.url}/hub/home")
    page.get_by_text("Running").first.wait_for()
    os.kill(server, signal.SIGSTOP)
    page.get_by_role("link", name="Stop My server").click()
    page.get_by_role("heading", name="Stop my server?").wait_for()
    check(page, "stop")
    page.get_by_role("button", name="Stop it").click(no_wait_after=True)
    meanwhile = page.context.new_page()
    meanwhile.goto(f"{stack.url}/hub/user/living/")
    meanwhile.get_by_role("heading", name="Stopping").wait_for()
    check(meanwhile, "stopping")
    page.get_by_text("Not running").wait_for(timeout=30_000)
    page.goto(f"{stack.url}/hub/user/living/")
    page.get_by_role("heading", name="Your server is not running").wait_for()
    check(page, "not-running")
    page.get_by_role("link", name="See its log").click()
    page.locator("#log").wait_for()
    check(page, "log-of-a-stopped-server")


def test_failing(stack: Any, person: Any, check: Check) -> None:
    """A start that cannot be: the reason is said, with a number that the operator finds in the log."""
    page = person.page
    home = stack.data / "homes" / id_of(stack, "failing")
    shutil.rmtree(home, ignore_errors=True)
    home.symlink_to(stack.data)
    page.goto(f"{stack.url}/hub/spawn")
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_text("Your folder here is not as it should be").wait_for()
    check(page, "start-failed")

    number = page.locator(".sx-num").inner_text()
    page.get_by_role("link", name="See its log").click()
    page.get_by_text("There is no log yet").wait_for()
    check(page, "log-none")
    page.go_back()

    assert number in (stack.data / "logs" / "hub.log").read_text()
    assert "Traceback" not in page.content()


def test_operating(stack: Any, person: Any, browser: Any, check: Check) -> None:
    """The administrator's page, what it asks before it removes somebody, and a look into another's server."""
    person.start()
    context = browser.new_context()
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(f"{stack.url}/hub/login?next=/hub/admin")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    # Fifty people are listed at a time, and others were here before.
    page.get_by_role("searchbox", name="Find a person").fill("operating")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name=re.compile("Remove.*operating")).wait_for()
    assert "Each server sees only its own files and processes" in page.inner_text("main")
    check(page, "operation")
    page.get_by_role("button", name=re.compile("Remove.*operating")).click()
    page.get_by_role("heading", name="Remove operating?").wait_for()
    check(page, "operation-remove")
    page.get_by_role("button", name="Keep things as they are").click()
    link = page.get_by_role("link", name=re.compile("Let them make classes.*operating"))
    link.wait_for()

    def without_any(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('data-lets="classes"', 'data-lets=""'))

    page.route("**/hub/admin", without_any)
    page.reload()
    page.get_by_role("button", name=re.compile("Remove.*operating")).wait_for()
    expect(link).to_have_count(0)
    page.unroute("**/hub/admin")
    page.reload()
    link.click()
    page.get_by_role("checkbox", name="operating").check()
    page.get_by_role("button", name="Do it").click()
    page.get_by_role("row", name="operating instructor").wait_for()
    page.goto(f"{stack.url}/user/operating/lab")
    page.get_by_role("heading", name="Open the server of operating?").wait_for()
    check(page, "another-server")
    context.close()


def test_the_form_starts_a_server_without_a_script(stack: Any, administrator: str, browser: Any) -> None:
    """Sign in, choose, be told what is wrong, correct it, and look again until the server is there: plain HTML."""
    assert administrator
    stack.add_person("plain", PASSWORD)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{stack.url}/hub/login")
    page.get_by_label("Name").fill("plain")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{stack.url}/hub/spawn")
    page.get_by_role("radio", name="Medium").first.check(force=True)
    page.get_by_role("textbox", name="Branch").fill("no..branch")
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("alert").first.wait_for()
    assert "cannot be the name of a branch" in page.inner_text("main")
    assert page.locator("[name='python.size'][value=medium]").is_checked()
    page.get_by_role("textbox", name="Branch").fill("")

    page.get_by_role("button", name="Start", exact=True).click()

    for _ in range(60):
        if "/user/plain/" in page.url:
            break
        page.get_by_role("link", name="Look again").click()
        page.wait_for_timeout(500)
    assert "/user/plain/lab" in page.url
    page.goto(f"{stack.url}/hub/home")
    assert "Running" in page.inner_text("main")
    assert "2 cores and 4 GB" in page.inner_text("main")
    page.get_by_role("link", name="Stop My server").click()
    page.get_by_role("button", name="Stop it").click()
    context.close()


def test_the_whole_way_works_by_keyboard(stack: Any, administrator: str, browser: Any) -> None:
    """Tab, arrows and Enter lead from sign-in through the form to JupyterLab, and what has the focus is seen."""
    assert administrator
    stack.add_person("keys", PASSWORD)
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{stack.url}/hub/login?next=%2Fhub%2Fhome")
    _tab_to(page, "username_input")
    page.keyboard.type("keys")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/hub/home")
    page.wait_for_load_state()
    _tab_to(page, text="Start a server")
    page.keyboard.press("Enter")
    page.wait_for_url("**/hub/spawn/keys")
    page.wait_for_load_state()
    _tab_to(page, name="python.size")
    page.keyboard.press("ArrowRight")
    assert page.locator("[name='python.size']:checked").get_attribute("value") == "medium"
    assert page.evaluate("getComputedStyle(document.activeElement.parentElement).outlineStyle") == "solid"

    _tab_to(page, text="Start")
    page.keyboard.press("Enter")

    page.wait_for_url("**/user/keys/lab**", timeout=60_000)
    page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
    context.close()


def _tab_to(page: Any, identity: str = "", name: str = "", text: str = "") -> None:
    here = "id" if identity else "name" if name else "innerText"
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.{here}") == (identity or name or text):
            return
    pytest.fail(f"Tab never came to {identity or name or text}")
