"""Tokens of OAuth apps end and are renewed, also where many ask at once: a real keys service, and a site of each kind."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from support import web
from support.oauth_site import APP, SECRET, GiteaSite, GitHubSite, OAuthSite, serving_site
from support.places import Client, Place
from support.repositories import remote
from support.waiting import soon

from sardonyx_services.credentials.configuration import GitProviderConfiguration
from sardonyx_services.people.git_accounts import GitSecret

__all__ = ["remote"]


@pytest.fixture
def site(request: pytest.FixtureRequest, remote: Path) -> Iterator[OAuthSite]:
    """A site with one private repository; GitLab, unless a test says another."""
    with serving_site(remote.parent, getattr(request, "param", OAuthSite)) as found:
        yield found


@pytest.fixture
def amina(place_of_its_own: Place, site: OAuthSite, tmp_path: Path) -> Client:
    """Somebody who has connected the site a while ago: her token is over."""
    place = place_of_its_own
    (tmp_path / "secret").write_text(SECRET)
    app = GitProviderConfiguration(
        slug="lab", title="Lab", kind=site.KIND, address=site.url, client_id=APP, client_secret=tmp_path / "secret"
    )
    place.start_keys(git_providers=(app,))
    soon(lambda: _answers(place))
    found = place.person("amina")
    site.refresh_tokens.add("first")
    place.git_accounts.keep(
        found.id, site.url, GitSecret("over", provider="lab", refresh_token="first", ends_at=time.time() - 1)
    )
    return found


@dataclass
class GitHubApp(GitHubSite):
    """GitHub with an app whose tokens end."""

    is_github_app: bool = True


def _answers(place: Place) -> bool:
    try:
        return web.get(f"{place.keys}/health").status_code > 0
    except httpx.HTTPError:
        return False


def ask(somebody: Client, site: OAuthSite) -> httpx.Response:
    """Ask for the token as git's helper does."""
    headers = {"Authorization": f"token {somebody.token}"}
    return web.get(f"{somebody.place.keys}/git", params={"address": site.url}, headers=headers, timeout=30)


def test_a_token_that_is_over_is_renewed_once_for_all_who_ask(amina: Client, site: OAuthSite) -> None:
    """A refresh token is good once: a second try with it would end the connection."""
    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(lambda _: ask(amina, site), range(8)))

    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["password"] for answer in answers} == {site.token}
    assert site.refreshed == 1


def test_what_was_renewed_is_kept_and_renewed_again(amina: Client, site: OAuthSite) -> None:
    """With the refresh token that came with it."""
    site.life_s = 1
    first = ask(amina, site).json()["password"]

    second = ask(amina, site).json()["password"]

    assert site.refreshed == 2
    assert first != second == site.token


@pytest.mark.parametrize("site", [OAuthSite, GitHubApp, GiteaSite], indirect=True)
def test_a_connection_that_was_ended_there_is_told_and_marked(amina: Client, site: OAuthSite) -> None:
    """The person connects it again: also where that is said with the status of a yes, or with another word."""
    assert ask(amina, site).json()["password"] == site.token
    site.life_s, site.is_revoked = 1, True
    site.refresh_tokens.clear()
    over = GitSecret("over", provider="lab", refresh_token="first", ends_at=time.time() - 1)
    amina.place.git_accounts.keep(amina.id, site.url, over)

    answer = ask(amina, site)

    assert answer.status_code == 410
    assert answer.json()["message"] == "Lab gives no token for this any more. Connect it again on the hub's page “Git”."
    assert [account.is_refused for account in amina.place.git_accounts.of(amina.id)] == [True]


@pytest.mark.parametrize(("left_s", "status"), [pytest.param(60, 200, id="good"), pytest.param(-1, 503, id="over")])
def test_a_site_that_is_away_does_not_take_a_good_token(
    amina: Client, site: OAuthSite, left_s: int, status: int
) -> None:
    """It is used as long as it is good; after that the answer says to try again."""
    ends_at = time.time() + left_s
    secret = GitSecret("kept", provider="lab", refresh_token="first", ends_at=ends_at)
    amina.place.git_accounts.keep(amina.id, site.url, secret)
    site.is_garbled = True

    answer = ask(amina, site)

    assert answer.status_code == status
    said = answer.json()
    assert said.get("password", said.get("message")) in {"kept", "Lab does not answer now. Try again in a minute."}
