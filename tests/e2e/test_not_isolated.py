"""A machine on which servers cannot be kept apart: who may start one, and what operator and people read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.waiting import soon

from sardonyx_spawner.local.obstacles import Obstacles

pytestmark = [pytest.mark.browser, pytest.mark.waits]
PASSWORD = "correct horse battery"
SETTINGS = """
environments: {{python: {{title: Python, prefix: {0}}}}}
profiles: {{python: {{title: Python, environment: python}}}}
servers: {{accept_not_isolated: {1}}}
"""
ASK_FOR_A_SERVER = """async (name) => {
  const { xsrf } = JSON.parse(document.getElementById("hub").textContent);
  const headers = { "X-XSRFToken": xsrf, "Content-Type": "application/json" };
  const path = `/hub/api/users/${name}/server`;
  const asked = await fetch(path, { method: "POST", headers, body: JSON.stringify({ profile: "python" }) });
  return (await asked.text()) + (await (await fetch(`${path}/progress`, { headers })).text());
}"""
LOUD = "SERVERS ARE NOT ISOLATED FROM EACH OTHER on this machine"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, prefix: Path) -> Path:
    """Settings with an environment that says that nothing can be isolated, and has all else."""
    folder = tmp_path_factory.mktemp("not-isolated")
    python = folder / "bin" / "python"
    python.parent.mkdir()
    said = '{"level": "none", "problem": "no namespaces can be made: No space left on device"}'
    python.write_text(
        f"#!/bin/sh\nif [ \"$3\" = sardonyx_singleuser.sandbox ]; then echo '{said}'; exit; fi\n"
        f'exec {prefix}/bin/python "$@"\n'
    )
    python.chmod(0o755)
    written = folder / "settings.yaml"
    written.write_text(SETTINGS.format(folder, "false"))
    return written


@pytest.fixture(scope="module")
def place(another_stack: Callable[[Path], Any], settings: Path, browser: Any) -> Any:
    """A Sardonyx there, with an administrator and somebody else."""
    stack = another_stack(settings)
    page = browser.new_page()
    page.goto(stack.admin_link())
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "welcome" not in url)
    page.close()
    stack.command("user", "add", "bob", "--password-stdin", stdin=PASSWORD)
    return stack


def signed_in(stack: Any, browser: Any, name: str) -> Any:
    """Return a page of somebody."""
    page = browser.new_context().new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{stack.url}/hub/login?next=%2Fhub%2Fhome")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/hub/home")
    return page


def start(stack: Any, page: Any) -> None:
    """Ask for a server with the form."""
    page.goto(f"{stack.url}/hub/spawn")
    page.get_by_role("button", name="Start", exact=True).click()


def test_only_administrators_start_a_server(place: Any, browser: Any, check: Any) -> None:
    """The others read why, over REST too; the operator has the way out in the terminal and on the page."""
    bob, admin = signed_in(place, browser, "bob"), signed_in(place, browser, "admin")
    soon(lambda: LOUD in place.output)
    assert place.output.count(LOUD) == 1
    assert (
        "The reason: no namespaces can be made: No space left on device. So only administrators can start"
        in place.output
    )

    start(place, bob)
    bob.get_by_text("Servers cannot be kept apart on this machine, so only administrators can start one.").wait_for()
    check(bob, "start-not-isolated")
    assert "accept_not_isolated" not in bob.content()
    assert "accept_not_isolated" in (place.data / "logs" / "hub.log").read_text()
    start(place, admin)
    admin.wait_for_url("**/user/admin/lab**", timeout=60_000)

    admin.goto(f"{place.url}/hub/admin")
    admin.get_by_text("Servers are not kept apart").wait_for()
    assert Obstacles.here().remedy in admin.inner_text("main")
    admin.get_by_role("rowheader", name="bob").wait_for()
    check(admin, "operation-not-isolated")
    admin.goto(f"{place.url}/services/people/")
    admin.get_by_text("so people of a class or an event could start none.").wait_for()
    assert admin.get_by_role("link", name="Make a class").count() == 0
    check(admin, "classes-not-isolated")
    admin.goto(f"{place.url}/hub/admin")
    # Also where an administrator asks for it: whose code runs is what counts.
    said = admin.evaluate(ASK_FOR_A_SERVER, "bob")
    assert "Servers cannot be kept apart on this machine" in said


def test_everybody_starts_one_where_the_operator_accepts_it(
    place: Any, settings: Path, browser: Any, check: Any
) -> None:
    """After a new start with the setting; it is still said loudly."""
    place.stop()
    settings.write_text(SETTINGS.format(settings.parent, "true"))
    place.start()
    soon(lambda: LOUD in place.output)
    bob = signed_in(place, browser, "bob")

    start(place, bob)

    bob.wait_for_url("**/user/bob/lab**", timeout=60_000)
    admin = signed_in(place, browser, "admin")
    admin.goto(f"{place.url}/hub/admin")
    admin.get_by_role("rowheader", name="bob").wait_for()
    assert "Servers of everybody start all the same" in admin.inner_text("main")
    check(admin, "operation-accepted")
