import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from sardonyx_services.credentials.errors import BusyError, NotAllowedError, UnavailableError
from sardonyx_services.credentials.identity import Caller, Identity, caller_of, person_of
from sardonyx_services.credentials.turns import Turns

SCOPE = "custom:credentials:s3!server=amina/"
S3 = frozenset({"s3"})


def model(**changes: Any) -> dict[str, Any]:
    """Return the hub's answer about the token of amina's server."""
    return {"kind": "user", "name": "amina", "scopes": [SCOPE, "access:servers!server=amina/"], **changes}


def test_the_callers_server_comes_from_the_scope() -> None:
    """The hub wrote it; nothing in the request does."""
    assert caller_of(model(), "run") == Caller("amina", "", "run", S3)
    thesis = caller_of(model(scopes=["custom:credentials:s3!server=amina/thesis"]), "run")
    assert thesis == Caller("amina", "thesis", "run", S3)


def test_a_token_is_good_for_what_its_scopes_say() -> None:
    """One that reaches secrets only gets no keys for data."""
    vault = caller_of(model(scopes=["custom:credentials:vault!server=amina/"]), "run")

    vault.wants("vault")
    with pytest.raises(NotAllowedError, match="Only a running server gets keys"):
        vault.wants("s3")


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
        pytest.param({"scopes": [SCOPE, "custom:credentials:s3!server=amina/thesis"]}, id="several-servers"),
        pytest.param({"scopes": "custom"}, id="garbage"),
    ],
)
def test_any_other_token_gets_nothing(changes: dict[str, Any]) -> None:
    """Keys are for servers, each for its owner's data."""
    with pytest.raises(NotAllowedError, match="Only a running server gets keys"):
        caller_of(model(**changes), "run")


def test_the_page_is_known_by_its_one_scope() -> None:
    """The hub made its token for one call, with nothing else in it."""
    whose = ["read:users:groups!user=amina", "read:users:name!user=amina"]

    assert person_of(model(scopes=["custom:credentials:laptop!user=amina", *whose])) == "amina"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="a-server"),
        pytest.param({"scopes": []}, id="no-scope"),
        pytest.param({"scopes": ["custom:credentials:laptop"]}, id="unfiltered"),
        pytest.param({"scopes": ["custom:credentials:laptop!user=bela"]}, id="somebody-else"),
        pytest.param({"scopes": ["custom:credentials:laptop!server=amina/"]}, id="a-server-of-theirs"),
        pytest.param(
            {"scopes": ["custom:credentials:laptop!user=amina", "servers!user=amina"]}, id="a-program-with-more"
        ),
        pytest.param(
            {"scopes": ["custom:credentials:laptop!user=amina", "read:users:name!user=bela"]}, id="who-sees-others"
        ),
        pytest.param({"kind": "service", "scopes": ["custom:credentials:laptop!user=amina"]}, id="a-service"),
        pytest.param({"name": None, "scopes": ["custom:credentials:laptop!user=None"]}, id="nobody"),
        pytest.param({"scopes": "custom:credentials:laptop!user=amina"}, id="garbage"),
    ],
)
def test_no_other_token_is_the_pages(changes: dict[str, Any]) -> None:
    """Neither a server nor a program of the person's makes keys for a laptop."""
    with pytest.raises(NotAllowedError, match="This is for the page “Data”: sign in, and open it in your browser."):
        person_of(model(**changes))


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

    assert {caller.name for caller in found} == {"amina"}
    assert len(set(found)) == 1
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


async def test_a_hub_that_answers_in_drops_is_away() -> None:
    """Each byte comes in time, and the whole never: 32 such calls would stop all others."""

    class Drops(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                await asyncio.sleep(0.01)
                yield b" "

    hub = httpx.MockTransport(lambda _: httpx.Response(200, stream=Drops()))
    who = Identity("http://hub/hub/api", httpx.AsyncClient(transport=hub), whole_s=0.2)

    with pytest.raises(UnavailableError, match="The hub does not answer now. Keys that you have go on working"):
        await asyncio.wait_for(who.of("secret"), 5)


async def test_two_runs_of_a_server_are_two_callers() -> None:
    """The keys of the first can be refused without those of the second."""
    who = identity(lambda _: httpx.Response(200, json=model()))

    first, second = await who.of("first"), await who.of("second")

    assert first != second
    assert "first" not in repr(first)


@pytest.mark.parametrize("body", ["<html>a proxy</html>", "[]", ""])
async def test_an_answer_that_is_none_of_the_hub_gives_nothing(body: str) -> None:
    """A proxy's page in between is no identity."""
    who = identity(lambda _: httpx.Response(200, text=body))

    with pytest.raises((UnavailableError, NotAllowedError)):
        await who.of("secret")


async def test_the_page_is_asked_about_each_time() -> None:
    """Its token is deleted after one call, and worth nothing from then on."""
    answers = iter(
        [httpx.Response(200, json=model(scopes=["custom:credentials:laptop!user=amina"])), httpx.Response(403)]
    )
    who = identity(lambda _: next(answers))

    assert await who.at_the_page("secret") == "amina"
    with pytest.raises(NotAllowedError):
        await who.at_the_page("secret")


async def test_while_the_hub_is_away_it_is_known_who_a_token_was() -> None:
    """So that a server keeps the keys it has; not once the hub said no."""
    now = [0.0]
    answers = iter([httpx.Response(200, json=model()), httpx.Response(503), httpx.Response(403)])
    who = identity(lambda _: next(answers), lambda: now[0])
    await who.of("secret")

    now[0] = 11.0
    with pytest.raises(UnavailableError):
        await who.of("secret")
    was = who.last_known("secret")
    with pytest.raises(NotAllowedError):
        await who.of("secret")

    assert was is not None
    assert was.name == "amina"
    assert who.last_known("secret") is None


async def test_more_than_can_wait_are_told_so_at_once() -> None:
    """A line without end would let everybody wait for nothing."""
    turns = Turns(at_once=1, waiting=1)
    inside = asyncio.Event()

    async def hold() -> None:
        async with turns.turn():
            await inside.wait()

    holders = [asyncio.create_task(hold()) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(
        BusyError, match="Too many servers ask for keys at this moment. Keys that you have go on working"
    ):
        async with turns.turn():
            pass
    inside.set()
    await asyncio.gather(*holders)

    async with turns.turn():
        pass
