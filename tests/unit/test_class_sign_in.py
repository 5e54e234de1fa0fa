"""How a browser comes into the service of classes: only the one that began it, and only with what the hub says."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sardonyx_services.people.web.errors import AwayError, NotSignedInError
from sardonyx_services.people.web.sign_in import OAuthClient, SignIn

CLIENT = OAuthClient(
    "service-people", "secret", "http://hub/api", "/hub/api/oauth2/authorize", "/services/people/oauth_callback"
)
ANN = {"kind": "user", "name": "ann", "scopes": ["access:services!service=people"]}


class Hub:
    """Answers as the hub does."""

    def __init__(self) -> None:
        self.status, self.model, self.asked = 200, ANN, 0
        self.told: dict[str, list[str]] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        self.asked += 1
        if self.status == 0:
            raise httpx.ConnectError("gone")
        if request.url.path == "/api/oauth2/token":
            self.told = parse_qs(request.content.decode())
            return httpx.Response(
                self.status, json={"access_token": "t"} if self.status == 200 else {"error": "invalid"}
            )
        return httpx.Response(self.status, json=self.model)


@pytest.fixture
def hub() -> Hub:
    """The hub."""
    return Hub()


@pytest.fixture
def now() -> list[float]:
    """The moment that it is."""
    return [100.0]


@pytest.fixture
def sign_in(hub: Hub, now: list[float]) -> SignIn:
    """What is tried."""
    client = httpx.AsyncClient(transport=httpx.MockTransport(hub))
    return SignIn(CLIENT, client, b"k" * 32, lambda: now[0])


async def test_a_browser_comes_back_with_a_session(sign_in: SignIn, hub: Hub) -> None:
    """To the page that it wanted; the hub is shown what proves that it is the same browser (RFC 7636)."""
    where, kept, _state = sign_in.begin("/services/people/new")
    asked = parse_qs(urlsplit(where).query)
    assert asked["client_id"] == ["service-people"]
    assert asked["redirect_uri"] == ["/services/people/oauth_callback"]
    assert asked["code_challenge_method"] == ["S256"]

    session, back = await sign_in.finish(kept, asked["state"][0], "code")

    assert back == "/services/people/new"
    assert sign_in.token(session) == "t"
    assert hub.told["code"] == ["code"]
    assert hub.told["code_verifier"][0] not in where
    assert "t" not in {session, kept}


@pytest.mark.parametrize("fault", ["another state", "another browser", "no cookie", "refused"])
async def test_nobody_comes_in_by_what_they_did_not_begin(sign_in: SignIn, hub: Hub, fault: str) -> None:
    """A link elsewhere with somebody else's code signs nobody in."""
    where, kept, _state = sign_in.begin("/services/people/")
    state = parse_qs(urlsplit(where).query)["state"][0]
    if fault == "another state":
        state = "x"
    elif fault == "another browser":
        kept = sign_in.begin("/services/people/")[1]
    elif fault == "no cookie":
        kept = ""
    else:
        hub.status = 400

    with pytest.raises(NotSignedInError, match="You are not signed in here, or not any more. Sign in, then try again."):
        await sign_in.finish(kept, state, "code")


async def test_a_hub_that_is_away_is_said(sign_in: SignIn, hub: Hub) -> None:
    """It is not the person's fault."""
    where, kept, _state = sign_in.begin("/")
    hub.status = 0
    with pytest.raises(AwayError, match="The hub does not answer now. Wait a minute, then try again."):
        await sign_in.finish(kept, parse_qs(urlsplit(where).query)["state"][0], "code")
    for status in (0, 503):
        hub.status = status
        with pytest.raises(AwayError):
            await sign_in.model("t")


@pytest.mark.parametrize("session", ["", "nonsense", "é", "gAAAAAB"])
def test_a_cookie_of_somebody_else_s_making_is_nobody(sign_in: SignIn, session: str) -> None:
    """They are sealed."""
    assert sign_in.token(session) == ""


async def test_the_hub_says_who_somebody_is_and_is_asked_again_after_seconds(
    sign_in: SignIn, hub: Hub, now: list[float]
) -> None:
    """Who signs out or is removed is out then."""
    assert [(await sign_in.model("t"))["name"] for _ in range(3)] == ["ann"] * 3
    assert hub.asked == 1

    now[0] += 10
    hub.status = 403
    with pytest.raises(NotSignedInError):
        await sign_in.model("t")


async def test_a_service_is_nobody(sign_in: SignIn, hub: Hub) -> None:
    """It has no seat in a class."""
    hub.model = {"kind": "service", "name": "ann", "scopes": []}
    with pytest.raises(NotSignedInError):
        await sign_in.model("t")


def test_a_form_is_of_one_session_and_one_place(sign_in: SignIn) -> None:
    """Its sign is of no use in another one."""
    other = SignIn(CLIENT, httpx.AsyncClient(), b"o" * 32)

    assert sign_in.is_signed("t", sign_in.sign("t"))
    assert not sign_in.is_signed("u", sign_in.sign("t"))
    assert not sign_in.is_signed("t", other.sign("t"))
    assert not sign_in.is_signed("t", "")
    assert not sign_in.is_signed("t", "é")
