"""Every client goes on when its keys expire: nothing in its code, nothing in its environment has to change."""

import time

import boto3
import pytest
from botocore.exceptions import ClientError
from matrix.clients import CLIENTS, ROUNDS
from matrix.conftest import LIFE_S, Front
from support import web
from support.expiring_front import KEYS_PATH

ONE_STORE_ONLY = ("spark",)
"""It takes longer than all others together, and Ceph 16 refuses what it writes: docs/reference/s3-clients.md."""
ROWS = {
    "seaweedfs": list(CLIENTS),
    "radosgw": [client for client in CLIENTS if client not in ONE_STORE_ONLY],
    "minio": [client for client in CLIENTS if client not in ONE_STORE_ONLY],
}


@pytest.fixture(scope="session")
def fronts() -> dict[str, Front]:
    """Stores whose clients were started."""
    return {}


@pytest.fixture
def front(request: pytest.FixtureRequest, fronts: dict[str, Front]) -> Front:
    """A store; with its first test all its clients begin."""
    found: Front = request.getfixturevalue(request.param)
    if request.param not in fronts:
        fronts[request.param] = found
        chosen = " ".join(item.nodeid for item in request.session.items)
        # The slowest first.
        for client in reversed(ROWS[request.param]):
            if f"[{request.param}-{client}]" in chosen:
                found.start(client)
    return found


@pytest.mark.parametrize(
    ("front", "client"),
    # Spark last: it goes on beside the clients of the other store.
    [
        pytest.param(store, client, id=f"{store}-{client}")
        for store, client in sorted(
            ((store, client) for store, clients in ROWS.items() for client in clients),
            key=lambda row: row[1] == "spark",
        )
    ],
    indirect=["front"],
)
def test_a_client_outlives_its_keys_three_times(front: Front, client: str) -> None:
    """In one process, with objects that it made with its first keys."""
    result = front.result(client)

    said = f"{result.stdout[-3000:]}\nkeys: {front.proxy.fetched[client]}, refused: {front.proxy.refused[client]}"
    assert result.returncode == 0, said
    assert result.stdout.count("is done") == ROUNDS, said
    assert front.proxy.fetched[client] >= ROUNDS, said
    assert front.proxy.accepted[client] >= ROUNDS, said


@pytest.mark.parametrize("front", list(ROWS), indirect=True)
def test_keys_that_somebody_copied_are_dead_after_their_time(front: Front) -> None:
    """So the clients above have other ones."""
    front.variables("copied")
    keys = web.get(f"{front.proxy.address}{KEYS_PATH}aws", headers={"Authorization": "token copied"}).json()
    s3 = boto3.client(
        "s3",
        endpoint_url=front.proxy.address,
        region_name="us-east-1",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["Token"],
    )
    home = front.place.person("copied").home
    assert s3.list_objects_v2(Bucket="sardonyx", Prefix=home)["KeyCount"] == 0

    time.sleep(LIFE_S)

    with pytest.raises(ClientError, match="ExpiredToken"):
        s3.list_objects_v2(Bucket="sardonyx", Prefix=home)
    assert front.proxy.refused["copied"] == 1
