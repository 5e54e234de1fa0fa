"""What GitHub, GitLab and Gitea answer, and what people read of it: the app's side against what stands in for each."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support.oauth_site import APP, SECRET, GiteaSite, GitHubSite, OAuthSite, flat

from sardonyx_services.credentials.git.oauth import EndedError, GitProvider
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.git_accounts import GitSecret

CALLBACK = "https://here.example/hub/git/callback/lab"
VERIFIER = "a-verifier-of-the-app"
NOW = 1000.0
MADE: dict[str, Callable[[], OAuthSite]] = {
    "GitLab": lambda: OAuthSite(Path()),
    "OAuth app of GitHub": lambda: GitHubSite(Path()),
    "GitHub App": lambda: GitHubSite(Path(), is_github_app=True),
    "Gitea": lambda: GiteaSite(Path()),
    "Gitea, refresh tokens good once": lambda: GiteaSite(Path(), invalidates=True),
}
ENDING = [name for name in MADE if name != "OAuth app of GitHub"]
AGAIN = "Lab gives no token for this any more. Connect it again on the hub's page “Git”."


@pytest.fixture
def site(request: pytest.FixtureRequest) -> OAuthSite:
    """One of them."""
    return MADE[request.param]()


def app(site: OAuthSite, secret: str = SECRET) -> GitProvider:
    """Return the app of a place there."""
    return GitProvider("lab", "Lab", site.KIND, "https://git.example.org", APP, secret)  # type: ignore[arg-type]  # a Literal


def connected(site: OAuthSite, verifier: str = VERIFIER, secret: str = SECRET, code: str = "") -> GitSecret:
    """Say yes there, and return what the app reads."""
    asked = flat(app(site).authorize_url(CALLBACK, "the-state", VERIFIER).partition("?")[2])
    back = flat(site.authorize(asked).partition("?")[2])
    found = app(site, secret)
    _status, said = site.give(found.for_code(code or back["code"], CALLBACK, verifier))
    return found.read(said, NOW)


def renewed(site: OAuthSite, secret: GitSecret, of_app: str = SECRET) -> GitSecret:
    """Renew a token, and return what the app reads."""
    found = app(site, of_app)
    _status, said = site.give(found.for_refresh(secret))
    return found.read(said, NOW)


@pytest.mark.parametrize("site", MADE, indirect=True)
def test_a_code_becomes_a_token_that_ends_where_the_forge_says_so(site: OAuthSite) -> None:
    """With the words for the right to read and write repositories that each forge has."""
    secret = connected(site)

    assert secret.token == site.token
    if isinstance(site, GitHubSite) and not site.is_github_app:
        assert (secret.refresh_token, secret.ends_at) == ("", None)
    else:
        assert secret.refresh_token in site.refresh_tokens
        assert secret.ends_at == NOW + site.life_s


@pytest.mark.parametrize("site", ENDING, indirect=True)
def test_a_token_is_renewed_with_what_came_last(site: OAuthSite) -> None:
    """Again and again."""
    secret = connected(site)
    for _ in range(3):
        secret = renewed(site, secret)
        assert secret.token == site.token

    assert site.refreshed == 3


@pytest.mark.parametrize("site", MADE, indirect=True)
@pytest.mark.parametrize("what", [{"code": "no-such-code"}, {"verifier": "of somebody else"}], ids=["code", "verifier"])
def test_a_code_that_is_over_or_of_somebody_else_gives_nothing(site: OAuthSite, what: dict[str, str]) -> None:
    """The person begins again."""
    with pytest.raises(EndedError) as caught:
        connected(site, **what)

    assert caught.value.message == AGAIN


@pytest.mark.parametrize("site", ENDING, indirect=True)
def test_a_refresh_token_that_is_over_or_taken_back_ends_the_connection(site: OAuthSite) -> None:
    """Which is the person's to make again: Gitea has the word for it that others have for a wrong app."""
    for refresh in ("nothing-it-knows", connected(site).refresh_token):
        site.is_revoked = True
        with pytest.raises(EndedError) as caught:
            renewed(site, GitSecret("t", provider="lab", refresh_token=refresh))
        assert caught.value.message == AGAIN


@pytest.mark.parametrize("site", ["GitLab", "GitHub App", "Gitea, refresh tokens good once"], indirect=True)
def test_a_refresh_token_that_was_used_ends_the_connection(site: OAuthSite) -> None:
    """As where an answer was lost on its way."""
    secret = connected(site)
    renewed(site, secret)

    with pytest.raises(EndedError, match="Connect it again"):
        renewed(site, secret)


@pytest.mark.parametrize("site", MADE, indirect=True)
def test_a_wrong_secret_of_the_app_is_the_operators(site: OAuthSite) -> None:
    """No connection ends by it, and the person reads whom to tell."""
    good = connected(site)
    said = "Tell the people who run this place; they know the app there"
    with pytest.raises(PeopleError, match=said) as first:
        connected(site, secret="wrong")
    with pytest.raises(PeopleError, match=said) as next_one:
        renewed(site, good, "wrong")

    assert EndedError not in {type(first.value), type(next_one.value)}


def test_who_has_not_confirmed_their_address_at_github_reads_that() -> None:
    """It is theirs to do."""
    with pytest.raises(PeopleError) as caught:
        connected(GitHubSite(Path(), has_mail=False))

    assert caught.value.message == (
        "Lab wants you to confirm your mail address there first. Do that, and connect it again."
    )


def test_an_answer_without_a_refresh_token_keeps_the_one_that_there_is() -> None:
    """A forge need not give another one (RFC 6749, 6)."""
    lab = GitProvider("lab", "Lab", "gitlab", "https://git.example.org", APP, SECRET)
    before = GitSecret("t", provider="lab", refresh_token="kept", ends_at=NOW)

    assert lab.read({"access_token": "new", "expires_in": 60}, NOW, before).refresh_token == "kept"
    assert lab.read({"access_token": "new", "refresh_token": "r"}, NOW, before).refresh_token == "r"
