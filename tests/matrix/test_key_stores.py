"""Stores that know no OpenID Connect: the keys service assumes the role with a key, and only the policy narrows a session."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from botocore.exceptions import ClientError
from matrix.conftest import Front
from support import web
from support.places import BUCKET, Place, client
from support.ports import free_ports

PATIENCE_S = 30


@pytest.fixture
def place_with_key(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Place, str]]:
    """A place whose keys service has a key of a store, and the store's address."""
    place = Place(tmp_path / "place", free_ports())
    try:
        yield place, start_with_key(place, request.getfixturevalue(request.param))
    finally:
        place.close()


def start_with_key(place: Place, front: Front) -> str:
    """Start the keys service with a key of a store; return the store's address."""
    assert front.key_for is not None
    role, access_key, secret_key = front.key_for("by-key")
    place.start_keys(front.proxy.store, role, key=(access_key, secret_key))
    return front.proxy.store


def first_answer(place: Place) -> httpx.Response:
    """Return what the first self-test comes to."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            answer = place.person("ann").ask()
        except httpx.HTTPError:
            time.sleep(0.05)
            continue
        if "does not answer" not in answer.text and "was not looked at yet" not in answer.text:
            return answer
        time.sleep(0.05)
    pytest.fail("the keys service came to nothing")


@pytest.mark.parametrize("place_with_key", ["radosgw"], indirect=True)
def test_no_keys_are_given_where_a_session_can_drop_its_limits(place_with_key: tuple[Place, str]) -> None:
    """Ceph before the release of 2026 lets a session assume its role again, without the policy that narrowed it."""
    place, _store = place_with_key

    answer = first_answer(place)

    assert (answer.status_code, answer.json()) == (
        503,
        {
            "code": "ServiceUnavailable",
            "message": "The data store does not keep people apart, so nobody gets keys."
            " The people who run this place were told.",
        },
    )
    log = (place.folder / "logs" / "keys.log").read_text()
    assert "The store is not safe to use: a session could assume the role again. No keys are given." in log
    assert not place.audit.exists() or place.audit.read_text() == ""
    assert web.get(f"{place.keys}/health").status_code == 503


@pytest.mark.parametrize("place_with_key", ["minio"], indirect=True)
def test_with_a_key_of_the_store_each_reaches_their_own_place(place_with_key: tuple[Place, str]) -> None:
    """And nobody else's; the keys get no others, without limits, as MinIO would give them to its own user."""
    place, store = place_with_key
    place.wait()
    ann, bob = place.person("ann"), place.person("bob")
    of_ann, of_bob = client(store, "s3", ann.keys()), client(store, "s3", bob.keys())

    of_ann.put_object(Bucket=BUCKET, Key=f"{ann.home}marks", Body=b"mine")

    assert of_ann.get_object(Bucket=BUCKET, Key=f"{ann.home}marks")["Body"].read() == b"mine"
    with pytest.raises(ClientError, match="AccessDenied"):
        of_bob.get_object(Bucket=BUCKET, Key=f"{ann.home}marks")
    with pytest.raises(ClientError, match="AccessDenied"):
        of_bob.put_object(Bucket=BUCKET, Key=f"{ann.home}marks", Body=b"")
    with pytest.raises(ClientError, match="AccessDenied"):
        of_bob.list_objects_v2(Bucket=BUCKET, Prefix=ann.home)
    with pytest.raises(ClientError, match="AccessDenied"):
        client(store, "sts", bob.keys()).assume_role(RoleArn="arn:minio:iam:::role/any", RoleSessionName="again")
