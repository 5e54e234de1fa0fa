from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from sardonyx_hub_config.settings.git import GitSettings
from sardonyx_services.credentials.git.oauth import EndedError, GitProvider
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.git_accounts import GitSecret

LAB = GitProvider("lab", "Lab", "gitlab", "https://git.example.org", "app", "the-secret")
APP = {"kind": "gitlab", "client_id": "app", "client_secret": {"file": "/etc/secret"}}


def test_somebody_is_sent_to_say_yes_with_nothing_secret() -> None:
    """What is sent can be seen by everybody on the way; the verifier stays here (RFC 7636)."""
    url = urlsplit(
        LAB.authorize_url(
            "https://here.example/hub/git/callback/lab", "the-state", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        )
    )
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}

    assert url._replace(query="").geturl() == "https://git.example.org/oauth/authorize"
    assert asked == {
        "client_id": "app",
        "redirect_uri": "https://here.example/hub/git/callback/lab",
        "response_type": "code",
        "scope": "read_repository write_repository",
        "state": "the-state",
        # The example of RFC 7636, appendix B.
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }


def test_a_token_is_read_with_what_renews_it() -> None:
    """GitHub's do not end, GitLab's do after two hours."""
    ending = LAB.read({"access_token": "t", "refresh_token": "r", "expires_in": 7200}, now=1000.0)

    assert ending == GitSecret("t", provider="lab", refresh_token="r", ends_at=8200.0)
    assert LAB.read({"access_token": "t"}, now=1000.0) == GitSecret("t", provider="lab")


@pytest.mark.parametrize(
    ("said", "kind", "message"),
    [
        pytest.param({"error": "invalid_grant"}, EndedError, "Lab gives no token for this any more", id="ended"),
        pytest.param({"error": "bad_refresh_token"}, EndedError, "Lab gives no token", id="GitHub's word"),
        pytest.param({"error": "invalid_client"}, PeopleError, "Lab refuses: invalid_client.", id="app"),
        pytest.param({}, PeopleError, "something else than a token", id="nothing"),
        pytest.param({"access_token": 7, "expires_in": "x"}, PeopleError, "something else than a token", id="garbage"),
        pytest.param({"access_token": "two words"}, PeopleError, "This is not a token", id="no token"),
    ],
)
def test_a_refusal_is_explained(said: dict[str, Any], kind: type[PeopleError], message: str) -> None:
    """To the person, with what to do."""
    with pytest.raises(PeopleError, match=message) as caught:
        LAB.read(said, now=0)

    assert type(caught.value) is kind


def test_nothing_shows_the_secret_of_the_app() -> None:
    """As in a log."""
    assert "the-secret" not in repr(LAB)


def test_a_site_has_the_address_and_the_name_that_people_know() -> None:
    """Unless the settings say another."""
    found = GitSettings.model_validate(
        {
            "providers": {
                "hub": {**APP, "kind": "github"},
                "lab": {**APP, "title": "Our Lab", "address": "git.example.org"},
            }
        }
    )

    assert [(each.site, each.shown) for each in found.providers.values()] == [
        ("https://github.com", "GitHub"),
        ("https://git.example.org", "Our Lab"),
    ]


@pytest.mark.parametrize(
    ("providers", "said"),
    [
        pytest.param({"a": {**APP, "kind": "gitea"}}, "lacks an address: where is this site?", id="nowhere"),
        pytest.param(
            {"a": {**APP, "address": "http://git.example.org"}}, "begins with https:// only", id="in the clear"
        ),
        pytest.param({"a": {**APP, "client_secret": {"env": "X"}}}, "from a file only", id="environment"),
        pytest.param({"a": APP, "b": APP}, "has https://gitlab.com twice", id="twice"),
    ],
)
def test_settings_that_cannot_work_are_refused(providers: dict[str, Any], said: str) -> None:
    """Before anything starts."""
    with pytest.raises(ValidationError, match=said):
        GitSettings.model_validate({"providers": providers})


def test_places_of_which_copies_are_kept_are_addresses() -> None:
    """As the operator writes them; a copy is of 2 GB at most, unless they say another size."""
    found = GitSettings.model_validate({"mirrored": ["https://git.example.org", "http://10.0.0.7:3000/courses/"]})

    assert found.mirrored == ("https://git.example.org", "http://10.0.0.7:3000/courses/")
    assert found.largest_copy_bytes() == 2 << 30
    assert GitSettings.model_validate({"largest_copy": "512M"}).largest_copy_bytes() == 512 << 20


@pytest.mark.parametrize(
    ("place", "said"),
    [
        pytest.param("git.example.org", "is not a repository's web address", id="host"),
        pytest.param("", "is not a repository's web address", id="nothing"),
        pytest.param("*", "is not a repository's web address", id="everything"),
        pytest.param("https://me:pw@git.example.org/", "has a name or a password in it", id="credentials"),
        pytest.param("https://git.example.org/?a=b", "This is the address of a page", id="question"),
        pytest.param("https://git.example.org/%252e", "Write it without .. and %", id="in code twice"),
        pytest.param("https://git.example.org/../a", "Write it without .. and %", id="above the host"),
    ],
)
def test_a_place_that_could_be_understood_in_two_ways_is_refused(place: str, said: str) -> None:
    """It would open more to the hub than was meant, or nothing."""
    with pytest.raises(ValidationError) as caught:
        GitSettings.model_validate({"mirrored": [place]})

    assert said in str(caught.value)
