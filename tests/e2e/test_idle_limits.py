"""How long a server may go unused is its profile's, where that says it: with the real culler."""

import time
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.waits]
IDLE_S = 20
SETTINGS = """
servers: {{idle_stop: 1h}}
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  usual: {{title: Usual, environment: python, order: 1}}
  quick: {{title: Quick, environment: python, idle_stop: {idle}s, order: 2}}
  free: {{title: Free, environment: python, idle_stop: never, order: 3}}
"""
LEFT = """async base => {
  const xsrf = document.cookie.split("; ").find(each => each.startsWith("_xsrf=")).slice("_xsrf=".length);
  const answer = await fetch(base + "sardonyx/api/resources", { headers: { "X-XSRFToken": xsrf } });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()).idle_seconds_left;
}"""


def test_each_profile_has_a_limit_of_its_own(place_with: Callable[..., Any], newcomer: Callable[..., Any]) -> None:
    """The server knows its own, and the culler stops the one whose time is over."""
    place = place_with(SETTINGS, idle=IDLE_S)
    left = {}
    visitors = {name: newcomer(place, name) for name in ("una", "fay", "quin")}
    for (name, visitor), profile in zip(visitors.items(), ("Usual", "Free", "Quick"), strict=True):
        visitor.start(profile=profile)
        left[name] = visitor.page.evaluate(LEFT, visitor.base())
        visitor.page.goto(f"{place.url}/hub/home")
    assert left["fay"] is None
    assert 3000 < left["una"] <= 3600
    assert left["quin"] <= IDLE_S

    began = time.monotonic()
    while visitors["quin"].has_server():
        assert time.monotonic() - began < 6 * IDLE_S, "the server of the quick profile goes on"
        time.sleep(2)

    assert [visitors[name].has_server() for name in ("una", "fay")] == [True, True]
