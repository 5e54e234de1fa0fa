"""A site is connected with a click: the person says yes there, and their servers reach their repositories."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.oauth_site import APP, SECRET, GiteaSite, GitHubSite, OAuthSite, serving_site
from support.repositories import remote

__all__ = ["remote"]
pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
Check = Callable[[Any, str], None]
SETTINGS = """
git:
  providers:
    lab: {{kind: gitlab, title: Our Lab, address: "{site}", client_id: {app}, client_secret: {{file: {secret}}}}}
    hub: {{kind: github, title: Our Hub, address: "{hub}", client_id: {app}, client_secret: {{file: {secret}}}}}
    tea: {{kind: gitea, title: Our Tea, address: "{tea}", client_id: {app}, client_secret: {{file: {secret}}}}}
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python: {{title: Python, environment: python, options: {{repository: {{}}}}}}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OAuthSite]:
    """The site; a test puts a repository into its folder."""
    with serving_site(tmp_path_factory.mktemp("site")) as found:
        yield found


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, OAuthSite]]:
    """Sites of the other kinds, by the names that people read."""
    with (
        serving_site(tmp_path_factory.mktemp("hub"), GitHubSite) as hub,
        serving_site(tmp_path_factory.mktemp("tea"), GiteaSite) as tea,
    ):
        yield {"Our Hub": hub, "Our Tea": tea}


@pytest.fixture(scope="module")
def place(
    place_with: Callable[..., Any],
    site: OAuthSite,
    others: dict[str, OAuthSite],
    tmp_path_factory: pytest.TempPathFactory,
) -> Any:
    """A place with an app at each site, below a path of its host, to which the sites send people back."""
    secret = tmp_path_factory.mktemp("secret") / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    return place_with(
        SETTINGS, path="/datalab",
        site=site.url, hub=others["Our Hub"].url, tea=others["Our Tea"].url, app=APP, secret=secret,
    )  # fmt: skip


def at_the_page(place: Any, context: Any, name: str) -> Any:
    """Sign in as somebody new, and open the page."""
    place.add_person(name, PASSWORD)
    page = context.new_page()
    page.goto(f"{place.url}/hub/login?next={place.path}/hub/git")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Git", exact=True).wait_for()
    return page


def test_a_site_is_connected_and_its_token_renewed(
    place: Any, site: OAuthSite, context: Any, remote: Path, check: Check
) -> None:
    """At the start, and in a terminal after the token is over."""
    site.folder, site.life_s = remote.parent, 1
    page = at_the_page(place, context, "conny")
    check(page, "git-connect")

    page.get_by_role("button", name="Connect Our Lab").click()

    page.get_by_role("heading", name="Your tokens").wait_for()
    assert page.url == f"{place.url}/hub/git"
    assert page.get_by_role("button", name="Connect Our Lab").count() == 0
    page.goto(f"{place.url}/hub/spawn")
    page.get_by_role("textbox", name="Repository").fill(f"{site.url}/stats-101")
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url("**/lab/tree/stats-101", timeout=60_000)
    assert site.refreshed > 0


@pytest.mark.parametrize("title", ["Our Hub", "Our Tea"])
def test_a_site_of_each_kind_is_connected(
    place: Any, others: dict[str, OAuthSite], context: Any, title: str, remote: Path
) -> None:
    """GitHub's token does not end and Gitea's is renewed; git reaches a private repository with it."""
    site = others[title]
    site.folder, site.life_s = remote.parent, 1
    page = at_the_page(place, context, f"{title[4:].lower()}-user")

    page.get_by_role("button", name=f"Connect {title}").click()
    page.get_by_role("heading", name="Your tokens").wait_for()
    page.goto(f"{place.url}/hub/spawn")
    page.get_by_role("textbox", name="Repository").fill(f"{site.url}/stats-101")
    page.get_by_role("button", name="Start", exact=True).click()

    page.wait_for_url("**/lab/tree/stats-101", timeout=60_000)
    assert (site.refreshed > 0) == isinstance(site, GiteaSite)


def test_who_says_no_there_reads_that_nothing_happened(place: Any, site: OAuthSite, context: Any) -> None:
    """And can say yes the next time."""
    page = at_the_page(place, context, "cleo")
    site.says_yes = False

    page.get_by_role("button", name="Connect Our Lab").click()
    assert (
        "Our Lab was not connected: you or it said no. Nothing was changed." in page.get_by_role("alert").inner_text()
    )

    site.says_yes = True
    page.get_by_role("button", name="Connect Our Lab").click()
    page.get_by_role("heading", name="Your tokens").wait_for()


def test_an_answer_that_this_browser_did_not_ask_for_connects_nothing(
    place: Any, site: OAuthSite, context: Any
) -> None:
    """Somebody else's account would be connected, and one's work pushed to it."""
    page = at_the_page(place, context, "cem")
    asked = {"client_id": APP, "code_challenge": "x", "redirect_uri": f"{place.url}/hub/git/callback/lab"}
    site.codes["theirs"] = asked

    page.goto(f"{place.url}/hub/git/callback/lab?code=theirs&state=guessed")

    assert "This was begun elsewhere, or took too long." in page.get_by_role("alert").inner_text()
    assert page.get_by_role("heading", name="Your tokens").count() == 0
