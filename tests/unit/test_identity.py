import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sardonyx_services.credentials.errors import NotAllowedError, UnavailableError
from sardonyx_services.credentials.identity import Caller, Identity, caller_of

SCOPE = "custom:credentials:s3!server=amina/"


def model(**changes: Any) -> dict[str, Any]:
    """Return the hub's answer about the token of amina's server."""
    return {"kind": "user", "name": "amina", "scopes": [SCOPE, "access:servers!server=amina/"], **changes}


def test_the_callers_server_comes_from_the_scope() -> None:
    """The hub wrote it; nothing in the request does."""
    assert caller_of(model()) == Caller("amina", "")
    assert caller_of(model(scopes=["custom:credentials:s3!server=amina/thesis"])) == Caller("amina", "thesis")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"scopes": []}, id="no-scope"),
        pytest.param({"scopes": ["custom:credentials:s3"]}, id="unfiltered"),
        pytest.param({"scopes": ["custom:credentials:s3!user=amina"]}, id="a-person-not-a-server"),
        pytest.param({"scopes": ["custom:credentials:s3!server=bela/"]}, id="somebody-elses-server"),
        pytest.param({"scopes": ["custom:credentials:s3!server=amina"]}, id="no-server"),
        pytest.param({"kind": "service"}, id="a-service"),
        pytest.param({"name": None}, id="nobody"),
        pytest.param({"scopes": "custom"}, id="garbage"),
    ],
)
def test_any_other_token_gets_nothing(changes: dict[str, Any]) -> None:
    """Keys are for servers, each for its owner's data."""
    with pytest.raises(NotAllowedError, match="Only a running server gets keys"):
        caller_of(model(**changes))


def identity(answer: Callable[[httpx.Request], httpx.Response], now: Callable[[], float] = lambda: 0.0) -> Identity:
    """Return an identity whose hub answers so."""
    return Identity("http://hub/hub/api", httpx.AsyncClient(transport=httpx.MockTransport(answer)), now)


async def test_many_at_once_ask_the_hub_once() -> None:
    """A server's ten programs start together."""
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["Authorization"])
        return httpx.Response(200, json=model())

    who = identity(answer)

    found = await asyncio.gather(*(who.of("secret") for _ in range(20)))

    assert set(found) == {Caller("amina", "")}
    assert asked == ["token secret"]


async def test_an_answer_is_forgotten_after_seconds() -> None:
    """A server that was stopped loses its keys soon."""
    now = [0.0]
    answers = iter([httpx.Response(200, json=model()), httpx.Response(403)])
    who = identity(lambda _: next(answers), lambda: now[0])
    await who.of("secret")
    now[0] = 11.0

    with pytest.raises(NotAllowedError):
        await who.of("secret")


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_hub_that_is_away_is_not_a_refusal(status: int) -> None:
    """The caller keeps what it has and asks again."""
    who = identity(lambda _: httpx.Response(status))

    with pytest.raises(UnavailableError, match="The hub does not answer now. Keys that you have go on working"):
        await who.of("secret")
