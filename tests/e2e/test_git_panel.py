"""JupyterLab's git panel: what somebody does there is theirs, and needs no password where the hub has their token."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.git_server import Forge, serving
from support.repositories import remote, run
from support.waiting import soon

__all__ = ["remote"]
pytestmark = pytest.mark.browser
TOKEN = "the-token-of-pia"
SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python: {{title: Python, environment: python, options: {{repository: {{}}}}}}
"""


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Any]) -> Any:
    """A place with the environment that other tests have made."""
    return place_with(SETTINGS)


@pytest.fixture
def forge(remote: Path) -> Iterator[Forge]:
    """A forge with one private repository, which takes what is pushed."""
    run("config", "http.receivepack", "true", folder=remote)
    run("config", "receive.denyCurrentBranch", "updateInstead", folder=remote)
    with serving(Forge(remote.parent, token=TOKEN)) as found:
        yield found


def test_a_change_is_staged_committed_and_pushed(place: Any, newcomer: Callable[..., Any], forge: Forge) -> None:
    """Without a password, and as who signed in."""
    visitor = newcomer(place, "pia")
    page = visitor.page
    page.goto(f"{place.url}/hub/git")
    page.get_by_label("Site with your repositories").fill(forge.url)
    page.get_by_label("Token", exact=True).fill(TOKEN)
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("heading", name="Your tokens").wait_for()
    visitor.start(repository=f"{forge.url}/stats-101")
    visitor.run("open('stats-101/lesson.txt', 'w').write('two')")

    page.get_by_role("tab", name="Git", exact=True).click()
    panel = page.locator("#jp-git-sessions")
    panel.get_by_title("Refresh the repository").click()
    panel.get_by_text("lesson.txt", exact=True).hover()
    panel.get_by_title("Stage this change").click()
    panel.get_by_placeholder("Commit message").fill("Two, from the panel")
    panel.get_by_role("button", name="Commit", exact=True).click()
    panel.get_by_text("Two, from the panel").wait_for()
    panel.get_by_title("Push committed changes").click()

    there = forge.folder / "stats-101"
    assert soon(lambda: (there / "lesson.txt").read_text() == "two")
    assert run("log", "-1", "--format=%an <%ae> %s", folder=there) == "pia <pia@127.0.0.1> Two, from the panel\n"
    assert page.get_by_role("dialog").count() == 0
