"""Keys of a store that is not ours reach one's own place, and are no way to any other."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from matrix.conftest import Front
from support import web
from support.environments import clients_environment
from support.places import BUCKET, client

from sardonyx_services.credentials.broker import AUDIENCE
from sardonyx_services.credentials.configuration import CredentialsConfiguration
from sardonyx_services.credentials.counting import Counting
from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.places import Place
from sardonyx_services.credentials.policy import session_policy
from sardonyx_services.credentials.sts import Keys, sts_of
from sardonyx_services.credentials.wish import SHORTEST_S

STORES = ("radosgw", "minio")
MAKE_ACCOUNT = """
import os, sys
from minio.credentials import EnvAWSProvider
from minio.minioadmin import MinioAdmin
admin = MinioAdmin(endpoint=sys.argv[1], credentials=EnvAWSProvider(), secure=False)
print(admin.add_service_account(access_key="stays-for-ever", secret_key="stays-for-ever"))
"""
"""What whoever has MinIO's keys would try: an account of its own that has more, and does not end."""


@pytest.fixture
def front(request: pytest.FixtureRequest) -> Front:
    """A store."""
    found: Front = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("front", STORES, indirect=True)
@pytest.mark.parametrize(
    "reach",
    [
        pytest.param(lambda s3, home: s3.get_object(Bucket=BUCKET, Key=f"{home}x"), id="read"),
        pytest.param(lambda s3, home: s3.put_object(Bucket=BUCKET, Key=f"{home}y", Body=b""), id="write"),
        pytest.param(lambda s3, home: s3.delete_object(Bucket=BUCKET, Key=f"{home}x"), id="delete"),
        pytest.param(lambda s3, home: s3.list_objects_v2(Bucket=BUCKET, Prefix=home), id="list"),
        pytest.param(lambda s3, _home: s3.list_objects_v2(Bucket=BUCKET), id="list everything"),
        pytest.param(lambda s3, _home: s3.create_bucket(Bucket="another"), id="another bucket"),
        pytest.param(lambda s3, _home: s3.delete_bucket(Bucket=BUCKET), id="delete the bucket"),
        pytest.param(lambda s3, _home: s3.put_bucket_policy(Bucket=BUCKET, Policy="{}"), id="policy of the bucket"),
    ],
)
def test_nothing_of_others_is_reached(front: Front, reach: Callable[[Any, str], Any]) -> None:
    """Neither their objects nor the bucket as a whole."""
    owner, other = front.place.person("owner"), front.place.person("other")
    client(front.proxy.store, "s3", owner.keys()).put_object(Bucket=BUCKET, Key=f"{owner.home}x", Body=b"mine")

    with pytest.raises(ClientError, match="AccessDenied"):
        reach(client(front.proxy.store, "s3", other.keys()), owner.home)

    assert (
        client(front.proxy.store, "s3", owner.keys()).get_object(Bucket=BUCKET, Key=f"{owner.home}x")["Body"].read()
        == b"mine"
    )


@pytest.mark.parametrize("front", STORES, indirect=True)
@pytest.mark.parametrize("name", ["数据/2026 年", "é ü/ß&x=+%41", "📊", "数据" * 40])
def test_keys_for_a_folder_with_a_name_of_any_script_reach_it_and_nothing_else(front: Front, name: str) -> None:
    """Each store reads the letters in a policy as it reads them in a key."""
    owner = front.place.person("owner")
    folder = f"{owner.home}{name}/"
    s3 = client(front.proxy.store, "s3", owner.keys(prefix=folder))

    s3.put_object(Bucket=BUCKET, Key=f"{folder}x", Body=b"mine")

    assert s3.get_object(Bucket=BUCKET, Key=f"{folder}x")["Body"].read() == b"mine"
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix=folder)["KeyCount"] == 1
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=BUCKET, Key=f"{owner.home}{name}x", Body=b"")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.list_objects_v2(Bucket=BUCKET, Prefix=owner.home)


@pytest.mark.parametrize("front", STORES, indirect=True)
def test_a_full_place_is_read_and_emptied_and_its_size_is_counted(front: Front) -> None:
    """Nothing more is written there; the keys that count read nothing."""
    owner = front.place.person("full")
    key = f"{owner.home}x"
    client(front.proxy.store, "s3", owner.keys()).put_object(Bucket=BUCKET, Key=key, Body=b"abc")
    told = CredentialsConfiguration.model_validate_json((front.place.folder / "run" / "keys.json").read_text())
    issuer, source = Issuer(told.issuer, told.keys), sts_of(told.store)
    counting = Counting(issuer, source, told.store)

    async def made() -> tuple[int | None, Keys, Keys]:
        policy = session_policy(BUCKET, [Place(owner.home, is_writable=True, is_full=True)])
        full = await source.keys(issuer.token(owner.id, AUDIENCE, "full"), "full", policy, SHORTEST_S)
        return await counting.count(owner.home, 100), full, await counting.current()

    size, full, counter = asyncio.run(made())

    assert size == 3
    for keys in (full, counter):
        with pytest.raises(ClientError, match="AccessDenied"):
            client(front.proxy.store, "s3", keys.to_json()).put_object(Bucket=BUCKET, Key=key, Body=b"more")
    with pytest.raises(ClientError, match="AccessDenied"):
        client(front.proxy.store, "s3", counter.to_json()).get_object(Bucket=BUCKET, Key=key)
    s3 = client(front.proxy.store, "s3", full.to_json())
    assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"abc"
    s3.delete_object(Bucket=BUCKET, Key=key)
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix=owner.home)["KeyCount"] == 0


@pytest.mark.parametrize("front", STORES, indirect=True)
def test_keys_are_no_way_to_more_keys(front: Front) -> None:
    """A session that assumes again would leave its limits behind."""
    sts = client(front.proxy.store, "sts", front.place.person("again").keys())

    with pytest.raises(ClientError):
        sts.assume_role(RoleArn="arn:aws:iam:::role/sardonyx", RoleSessionName="again")


@pytest.mark.parametrize("front", ["minio"], indirect=True)
def test_keys_make_no_account_that_stays(front: Front) -> None:
    """MinIO lets users make accounts that inherit from them; a session's limits hold there, too."""
    keys = front.place.person("account").keys()

    said = subprocess.run(
        [str(clients_environment() / "bin" / "python"), "-c", MAKE_ACCOUNT, front.proxy.store.partition("://")[2]],
        env={
            "PATH": os.environ["PATH"],
            "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys["Token"],
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode != 0, said.stdout
    assert "AccessDenied" in said.stderr


@pytest.mark.parametrize("front", ["minio"], indirect=True)
def test_a_store_learns_of_a_new_signing_key_by_itself(front: Front) -> None:
    """Nobody has to tell MinIO each month."""
    place = front.place
    before = web.get(f"{place.keys}/jwks").json()["keys"][0]["kid"]
    place.stop()
    shutil.rmtree(place.folder / "signing-keys")

    place.start_keys(front.proxy.store, front.role, revoke=front.revoke)
    place.wait()

    assert before not in {key["kid"] for key in web.get(f"{place.keys}/jwks").json()["keys"]}
    person = place.person("later")
    client(front.proxy.store, "s3", person.keys()).put_object(Bucket=BUCKET, Key=f"{person.home}x", Body=b"")
