"""Keys from a store, or a sentence for whoever can do something about it."""

import asyncio
import time

import pytest
from botocore.exceptions import ClientError
from support.stub_store import DONE, Says, StubStore, stub_store

from sardonyx_services.credentials.errors import UnavailableError
from sardonyx_services.credentials.store_answers import NO_STORE, NO_STS, refused
from sardonyx_services.credentials.sts import AT_ONCE, Keys, SignedSts, Sts

AWAY = "The data store does not answer now. Keys that you have go on working; try again in a minute."
REFUSES = "The data store refuses to give keys. The people who run this place find the reason in the log."
POLICY = (
    "The data store does not understand the rules that keep keys to their own places, so it gives none."
    " The people who run this place find its reason in the log, and may have to use another store."
)
TOO_LONG = (
    "The data store finds the list of what these keys may reach too long. Ask for a shorter “prefix”;"
    " if you asked for none, tell the people who run this place."
)


def sts_for(store: StubStore, *, with_key: bool = False, whole_s: float = 10) -> Sts:
    """Return the way to a store's STS."""
    if with_key:
        return SignedSts(store.configuration(), "key", "secret", whole_s)
    return Sts(store.configuration(), whole_s)


async def keys(sts: Sts) -> Keys:
    """Ask for keys."""
    return await sts.keys("token", "session", "{}", 3600)


@pytest.mark.parametrize("with_key", [pytest.param(False, id="token"), pytest.param(True, id="key")])
async def test_a_store_gives_keys(*, with_key: bool) -> None:
    """By a token, or by a key that assumes the role."""
    with stub_store() as store:
        found = await keys(sts_for(store, with_key=with_key))

    assert (found.access_key, found.secret_key, found.session_token) == ("id", "secret", "token")


@pytest.mark.parametrize("with_key", [pytest.param(False, id="token"), pytest.param(True, id="key")])
@pytest.mark.parametrize(
    ("says", "said"),
    [
        pytest.param(Says(400, "MalformedPolicyDocument"), POLICY, id="policy"),
        pytest.param(Says(400, "PackedPolicyTooLarge"), TOO_LONG, id="policy too long"),
        pytest.param(Says(501, "NotImplemented"), NO_STS, id="not implemented"),
        pytest.param(Says(400, "InvalidAction"), NO_STS, id="no such action"),
        pytest.param(Says(405, "MethodNotAllowed"), NO_STS, id="no such method"),
        pytest.param(
            Says(405, body="<Error><Code>MethodNotAllowed</Code><Message>no</Message></Error>"), NO_STS, id="as S3 says"
        ),
        pytest.param(Says(404, body="404 page not found"), NO_STS, id="no such page"),
        pytest.param(Says(405, body="<html>nginx</html>"), NO_STS, id="a web server"),
        pytest.param(Says(403, "AccessDenied"), REFUSES, id="denied"),
        pytest.param(Says(200, body="<html>Welcome!</html>"), NO_STORE, id="a web page"),
        pytest.param(Says(502, body="Bad gateway"), NO_STORE, id="a broken proxy"),
    ],
)
async def test_a_store_that_gives_no_keys_is_explained(says: Says, said: str, *, with_key: bool) -> None:
    """Earlier keys go on meanwhile: each is an answer that may be another one later."""
    with stub_store(keys=says) as store, pytest.raises(UnavailableError) as caught:
        await keys(sts_for(store, with_key=with_key))

    assert caught.value.message == said


async def test_a_role_that_is_none_is_said() -> None:
    """The client refuses to send it; the store is there all the same."""
    with stub_store() as store:
        sts = Sts(store.configuration().model_copy(update={"role": "sardonyx"}))
        with pytest.raises(UnavailableError) as caught:
            await keys(sts)

    assert caught.value.message == (
        "The role at the data store is written so that no store can have it."
        " The people who run this place have to correct it in the settings."
    )


@pytest.mark.parametrize("part", ["headers", "body"])
async def test_a_store_that_answers_in_drops_holds_nobody_for_long(part: str) -> None:
    """Each byte comes in time, and the whole never; after that the store is asked as if nothing had been."""
    with stub_store(keys=Says(drips=part)) as store:
        sts = sts_for(store, whole_s=0.6)
        began = time.monotonic()
        found = await asyncio.gather(*(keys(sts) for _ in range(AT_ONCE)), return_exceptions=True)
        took_s = time.monotonic() - began

        assert [str(error) for error in found] == [AWAY] * AT_ONCE
        assert 0.5 < took_s < 3

        store.says = {**store.says, "keys": DONE}
        began = time.monotonic()
        assert (await keys(sts)).access_key == "id"
        assert time.monotonic() - began < 0.6


async def test_a_connection_is_used_again() -> None:
    """To open one costs as much as a call, with TLS more."""
    with stub_store() as store:
        sts = sts_for(store)
        await keys(sts)
        await keys(sts)

    assert store.connections == 1


def test_a_life_that_a_role_does_not_allow_is_said_to_the_person() -> None:
    """AWS' own words, where a role gives keys for one hour."""
    said = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."

    found = refused(ClientError({"Error": {"Code": "ValidationError", "Message": said}}, "AssumeRoleWithWebIdentity"))

    assert (found.status, found.message) == (
        400,
        "The data store gives no keys that live so long. Choose a shorter life; the people who run this place can allow more.",
    )
