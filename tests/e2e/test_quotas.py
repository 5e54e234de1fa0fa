"""What may be used: shown in the form before a start, and refused there with a sentence."""

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.waits]
SETTINGS = """
quotas:
  each_person: {{servers: 2, memory: 1G, hours: 100}}
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python:
    title: Python
    environment: python
    options:
      size:
        choices:
          small: {{title: Small, cpu: 1, memory: 600M}}
          large: {{title: Large, cpu: 1, memory: 1G}}
"""


def test_the_form_says_what_is_used_and_keeps_what_was_chosen_where_that_is_too_much(
    place_with: Callable[..., Any], first_of: Callable[[Any], Any], check: Callable[[Any, str], None]
) -> None:
    """A server that fits starts from the same form."""
    stack = place_with(SETTINGS)
    visitor = first_of(stack)
    page = visitor.page
    visitor.start()
    page.goto(f"{stack.url}/hub/start-another?name=thesis")
    used = page.locator(".sx-use:visible")
    assert used.inner_text() == "You use 1 of 2 servers, 600 MB of 1 GB of memory and 0 of 100 hours this month."
    page.get_by_role("radio", name="Large").check()

    page.get_by_role("button", name="Start", exact=True).click()

    assert page.locator("#faults li").inner_text() == (
        "You may use 1 GB of memory at once and use 600 MB of memory; this server takes 1 GB of memory."
        " Choose a smaller one, or stop another first. The people who run this place can allow you more."
    )
    assert page.get_by_role("radio", name="Large").is_checked()
    check(page, "form-quota")
    visitor.stop()
    page.get_by_role("link", name="Start").first.wait_for()

    page.goto(f"{stack.url}/hub/spawn/ann/thesis")

    assert used.inner_text() == "You use 0 of 2 servers, 0 MB of 1 GB of memory and 0 of 100 hours this month."
    page.get_by_role("radio", name="Large").check()
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url("**/user/ann/thesis/lab**")


def again_until(page: Any, said: str) -> None:
    """Load a page until something is said on it."""
    for _again in range(100):
        if said in page.locator("main").inner_text():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(page.locator("main").inner_text())


def test_the_form_says_how_much_is_stored(
    place_with: Callable[..., Any], first_of: Callable[[Any], Any], check: Callable[[Any, str], None]
) -> None:
    """As soon as it was counted; the form is there before that."""
    stack = place_with(SETTINGS.replace("hours: 100", "storage: 20G"))
    page = first_of(stack).page
    page.goto(f"{stack.url}/hub/data")
    again_until(page, "0 MB of 20 GB")

    page.goto(f"{stack.url}/hub/spawn")
    used = page.locator(".sx-use:visible li")
    assert used.first.inner_text() == "You use 0 of 2 servers and 0 MB of 1 GB of memory."
    again_until(page, "You have stored")

    assert used.nth(1).inner_text() == "You have stored 0 MB of 20 GB."
    check(page, "form-stored")
    page.goto(f"{stack.url}/services/people/operation")
    assert page.locator("#full + p").inner_text() == "Nobody and nothing is nearly full."
    check(page, "operation-stored")
