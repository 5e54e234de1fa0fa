"""The log of a server: who reads it, that it is there when it is needed, and what it never shows."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from support import web

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"


@pytest.fixture
def person(stack: Any, visitor: Any, request: Any) -> Any:
    """Somebody who has signed in, called after the test."""
    name = "l-" + re.sub(r"[^a-z]+", "-", request.node.name.removeprefix("test_"))[:24].strip("-")
    stack.add_person(name, PASSWORD)
    visitor.sign_in(name)
    return visitor


@pytest.fixture
def admin_page(stack: Any, administrator: str, browser: Any) -> Any:
    """A page of the administrator."""
    context = browser.new_context()
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(f"{stack.url}/hub/login?next=/hub/admin")
    page.get_by_label("Name").fill(administrator)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Operation").wait_for()
    yield page
    context.close()


def private(stack: Any, name: str, server: str = "default") -> Path:
    """Return the folder of somebody's server."""
    listed = stack.command("user", "list").stdout
    identity = next(line.split()[1] for line in listed.splitlines() if line.split(maxsplit=1)[0] == name)
    found: Path = stack.data / "servers" / identity / server
    return found


def ask(page: Any, method: str, path: str, body: object = None) -> dict[str, Any]:
    """Call the REST API as the one who is signed in on a page."""
    said: dict[str, Any] = page.evaluate(
        """async ([method, path, body]) => {
          const { base, xsrf } = JSON.parse(document.getElementById("hub").textContent);
          const headers = { "X-XSRFToken": xsrf, "Content-Type": "application/json" };
          const answer = await fetch(base + "api/" + path, { method, headers, body: body && JSON.stringify(body) });
          return { status: answer.status, text: await answer.text(), type: answer.headers.get("Content-Type") };
        }""",
        [method, path, body],
    )
    return said


def statuses(page: Any, url: str, name: str) -> list[int]:
    """Return what somebody is answered who asks for another's log, as a page and as text."""
    asked = [page.goto(f"{url}/hub/log/{name}").status]
    page.goto(f"{url}/hub/home")
    return [*asked, ask(page, "GET", f"users/{name}/server/log")["status"]]


def test_a_person_reads_the_log_of_a_running_server(stack: Any, person: Any) -> None:
    """From home, with new lines that come by themselves; what is in it is text and nothing else."""
    page = person.page
    person.start()
    page.goto(f"{stack.url}/hub/home")
    page.get_by_role("link", name="Log of My server").click()
    log = page.locator("#log")
    assert "Serving" in log.inner_text() or "jupyter" in log.inner_text().lower()

    with (private(stack, person.name) / "server.log").open("a") as file:
        file.write("\x1b[31m<script>document.title='taken'</script>\x1b[0m &amp; a line that came later\n")

    page.get_by_text("a line that came later").wait_for()
    assert "<script>document.title='taken'</script> &amp;" in log.inner_text()
    page.reload()
    assert "<script>document.title='taken'</script> &amp;" in log.inner_text()
    assert page.title().startswith("Log of my server")


def test_following_can_be_paused(stack: Any, person: Any) -> None:
    """What moves by itself can be held, by keyboard too."""
    page = person.page
    person.start()
    page.goto(f"{stack.url}/hub/log/{person.name}")
    page.get_by_role("button", name="Pause").focus()
    page.keyboard.press("Enter")
    page.get_by_text("New lines wait.").wait_for()
    with (private(stack, person.name) / "server.log").open("a") as file:
        file.write("a line that waits\n")

    page.wait_for_timeout(4000)
    assert "a line that waits" not in page.inner_text("#log")
    page.keyboard.press("Enter")

    page.get_by_text("a line that waits").wait_for()


def test_the_log_of_a_failed_start_is_one_click_away(another_stack: Any, tmp_path: Path, browser: Any) -> None:
    """And of the one before, without a script."""
    python = tmp_path / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nif [ "$3" = sardonyx_singleuser.sandbox ]; then\n'
                      ' echo \'{"level": "none", "problem": "a test"}\'; exit; fi\n'
                      'echo "ImportError: the reason is $$" >&2; exit 1\n')  # fmt: skip
    python.chmod(0o755)
    settings = tmp_path / "settings.yaml"
    settings.write_text(
        f"environments: {{python: {{title: Python, prefix: {tmp_path}/environment}}}}\n"
        "profiles: {python: {title: Python, environment: python}}\n"
    )
    stack = another_stack(settings)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(stack.admin_link())
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    reasons = []
    for _ in range(2):
        page.goto(f"{stack.url}/hub/spawn")
        page.get_by_role("button", name="Start", exact=True).click()
        while not page.get_by_role("heading", name="Your server did not start").count():
            page.wait_for_timeout(300)
            page.reload()
        page.get_by_role("link", name="See its log").click()
        reasons += re.findall(r"ImportError: the reason is \d+", page.inner_text("#log"))

    page.get_by_role("link", name="The one before").click()

    assert page.inner_text("#log").strip() == reasons[0] != reasons[1]
    page.goto(f"{stack.url}/hub/log/admin?number=2")
    assert "There is no such log" in page.inner_text("main")
    context.close()


def test_the_log_of_another_is_not_there(stack: Any, person: Any, admin_page: Any) -> None:
    """As another's server is not; also not for somebody with whom the server is shared, and for a token of a server."""
    stack.add_person("l-owner", PASSWORD)
    admin_page.goto(f"{stack.url}/hub/home")
    ask(admin_page, "POST", "users/l-owner")
    assert statuses(person.page, stack.url, "l-owner") == [404, 404]
    assert statuses(person.page, stack.url, "l-nobody-at-all") == [404, 404]

    shared = ask(admin_page, "POST", "shares/l-owner/", {"user": person.name})
    assert shared["status"] == 200, shared

    assert statuses(person.page, stack.url, "l-owner") == [404, 404]
    person.start()
    token = person.run("print(open('/run/sardonyx/token').read())").strip()
    url = f"{stack.url}/hub/api/users/{person.name}"
    assert web.get(f"{url}/server/log", headers={"Authorization": f"token {token}"}).status_code in {403, 404}
    assert web.get(f"{url}/server/log").status_code == 403


def test_an_administrator_reads_the_log_of_anybody(stack: Any, person: Any, admin_page: Any) -> None:
    """From the table of people; also of a named server, and of one that has stopped."""
    person.start("thesis")
    admin_page.reload()
    admin_page.get_by_role("link", name=re.compile(f"Log.*{person.name}, thesis")).click()
    admin_page.get_by_role("heading", name=f"Log of {person.name}, thesis").wait_for()
    assert admin_page.locator("#log").inner_text()
    stopped = ask(admin_page, "DELETE", f"users/{person.name}/servers/thesis")
    assert stopped["status"] in {202, 204}
    admin_page.wait_for_timeout(3000)
    admin_page.goto(f"{stack.url}/hub/admin")
    admin_page.get_by_role("link", name=re.compile(f"Log.*{person.name}")).first.click()
    admin_page.get_by_text("There is no log yet").wait_for()

    admin_page.get_by_role("link", name="thesis").click()

    assert admin_page.locator("#log").inner_text()
    assert admin_page.goto(f"{stack.url}/hub/log/{person.name}/nothing").status == 404
    assert admin_page.goto(f"{stack.url}/hub/log/{person.name}/..%2Fdefault").status == 404


def test_bad_logs_and_bad_addresses_have_clear_answers(stack: Any, person: Any) -> None:
    """No log yet, another thing in its place, one huge line, no such number."""
    page, folder = person.page, private(stack, person.name)
    page.goto(f"{stack.url}/hub/log/{person.name}")
    assert "There is no log yet" in page.inner_text("main")
    assert ask(page, "GET", f"users/{person.name}/server/log")["status"] == 404
    folder.mkdir(parents=True)
    (folder / "server.log").symlink_to(stack.data / "logs" / "hub.log")
    os.mkfifo(folder / "server.log.1")
    (folder / "server.log.2").write_bytes(b"\xff" * 300_000)
    for number in (0, 1):
        page.goto(f"{stack.url}/hub/log/{person.name}?number={number}")
        assert "There is something else in the place of this log" in page.inner_text("main")
        assert ask(page, "GET", f"users/{person.name}/server/log?number={number}")["status"] == 409
    page.goto(f"{stack.url}/hub/log/{person.name}?number=2")
    assert page.inner_text("#log") == "…" + "\ufffd" * (64 << 10)
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    whole = ask(page, "GET", f"users/{person.name}/server/log?number=2")
    assert (whole["type"], len(whole["text"])) == ("text/plain; charset=utf-8", 300_000)
    for query in ("number=3", "number=-1", "number=x", "number=0&kilobytes=0", "kilobytes=99999999"):
        answer = ask(page, "GET", f"users/{person.name}/server/log?{query}")
        assert answer["status"] == 400
        assert "has a number that is not from" in answer["text"]
    assert page.goto(f"{stack.url}/hub/log/{person.name}?number=9").status == 400


def test_no_token_is_ever_shown(stack: Any, person: Any) -> None:
    """Whatever is asked with a token in its address, and whatever fails with one."""
    person.start()
    own = person.run("print(open('/run/sardonyx/token').read())").strip()
    assert len(own) > 20
    page = person.page
    page.goto(f"{stack.url}/hub/home")
    made = ask(page, "POST", f"users/{person.name}/tokens", {"note": "x", "expires_in": 600})
    assert made["status"] == 201
    (token,) = re.findall(r'"token": "([0-9a-zA-Z_-]+)"', made["text"])
    base = f"{stack.url}/user/{person.name}"
    for path in (
        "api/contents/nothing", "api/kernels/nothing", "api/kernels/nothing/channels", "nothing", "files/nothing",
        "api/sessions/nothing", "api/contents?type=nonsense", "lab/tree/nothing", "api/terminals/9", "nbconvert/html/x",
        "lsp/x", "terminals/websocket/9", "lab/api/settings/nothing", "static/nothing", "logout",
    ):  # fmt: skip
        for method in ("GET", "POST", "DELETE"):
            sign = "&" if "?" in path else "?"
            web.request(method, f"{base}/{path}{sign}token={token}", content=b"{", timeout=20)
    came_from = {"Authorization": f"token {token}", "Referer": f"{base}/lab?token={token}"}
    web.get(f"{base}/api/contents/x", headers=came_from, timeout=20)
    # Tornado writes whole addresses into its lines about what failed.
    assert token in (private(stack, person.name) / "server.log").read_text()

    for query in ("", "?kilobytes=256"):
        said = ask(page, "GET", f"users/{person.name}/server/log{query}")["text"]
        assert "token=[secret]" in said
        assert token not in said
        assert own not in said
    page.goto(f"{stack.url}/hub/log/{person.name}")
    assert token not in page.content()
