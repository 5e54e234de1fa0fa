"""Keys for programs: people see and end their own, and never those with which their servers speak to the hub."""

import re
from typing import Any

import pytest

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
REFUSED = "This key belongs to a server that runs, and ends with it. Stop the server instead."


def test_the_key_of_a_running_server_is_not_listed_and_cannot_be_ended(stack: Any, visitor: Any, check: Any) -> None:
    """Not by its person over the API either; an administrator may, and keys of one's own are ended as ever."""
    stack.add_person("kira", PASSWORD)
    visitor.sign_in("kira")
    visitor.start()
    page = visitor.page
    page.goto(f"{stack.url}/hub/token")

    assert "You have none." in page.inner_text("#list")
    page.get_by_label("What for").fill("A script at home")
    page.get_by_role("button", name="Make the key").click()
    page.get_by_role("rowheader", name="A script at home").wait_for()
    assert "Server at" not in page.inner_text("main")
    check(page, "keys-beside-a-server")

    keys = f"{stack.url}/hub/api/users/kira/tokens"
    own = {"Authorization": f"token {page.locator('#made code').inner_text()}"}
    listed = page.request.get(keys, headers=own).json()["api_tokens"]
    [of_server] = [key["id"] for key in listed if key["note"] == "Server at /user/kira/"]
    answer = page.request.delete(f"{keys}/{of_server}", headers=own)
    assert (answer.status, answer.json()["message"]) == (403, REFUSED)
    page.get_by_role("button", name=re.compile("End it.*A script at home")).click()
    page.get_by_text("You have none.").wait_for()

    page.goto(f"{stack.url}/hub/logout")
    visitor.sign_in("admin")
    xsrf = visitor.page.evaluate("JSON.parse(document.getElementById('hub').textContent).xsrf")
    ended = page.request.delete(f"{keys}/{of_server}", headers={"X-XSRFToken": xsrf})
    assert ended.status == 204
