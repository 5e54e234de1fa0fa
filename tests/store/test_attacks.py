"""What a session of one person can do to another's data, to the bucket and to its own rights: nothing."""

import base64
import contextlib
import io
import json
import socket
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import jwt
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import rsa
from support import web

SECRET = b"marks of the whole class"
FORBIDDEN = 403


@pytest.fixture(scope="module")
def ann(place: Any) -> Any:
    """The person whose data is sought."""
    person = place.person("ann")
    person.s3().put_object(Bucket="sardonyx", Key=f"{person.home}secret", Body=SECRET)
    return person


@pytest.fixture(scope="module")
def bob(place: Any) -> Any:
    """The person who seeks."""
    person = place.person("bob")
    person.s3().put_object(Bucket="sardonyx", Key=f"{person.home}mine", Body=b"mine")
    return person


@pytest.fixture(autouse=True)
def untouched(ann: Any) -> Iterator[None]:
    """Whatever was tried: the data is as it was, and nothing stands beside it."""
    yield
    s3 = ann.s3()
    assert s3.get_object(Bucket="sardonyx", Key=f"{ann.home}secret")["Body"].read() == SECRET
    assert [found["Key"] for found in s3.list_objects_v2(Bucket="sardonyx", Prefix=ann.home)["Contents"]] == [
        f"{ann.home}secret"
    ]


def refused(attempt: Callable[[], Any]) -> str:
    """Return the code with which the store refused something."""
    with pytest.raises(ClientError) as caught:
        attempt()
    assert 400 <= caught.value.response["ResponseMetadata"]["HTTPStatusCode"] < 500
    return str(caught.value.response["Error"]["Code"])


ATTEMPTS: dict[str, Callable[[Any, str, str], Any]] = {
    "get": lambda s3, theirs, mine: s3.get_object(Bucket="sardonyx", Key=theirs),
    "get-range": lambda s3, theirs, mine: s3.get_object(Bucket="sardonyx", Key=theirs, Range="bytes=0-1"),
    "put": lambda s3, theirs, mine: s3.put_object(Bucket="sardonyx", Key=theirs, Body=b"x"),
    "delete": lambda s3, theirs, mine: s3.delete_object(Bucket="sardonyx", Key=theirs),
    "copy-from": lambda s3, theirs, mine: s3.copy_object(
        Bucket="sardonyx", Key=f"{mine}copy", CopySource={"Bucket": "sardonyx", "Key": theirs}
    ),
    "copy-to": lambda s3, theirs, mine: s3.copy_object(
        Bucket="sardonyx", Key=theirs, CopySource={"Bucket": "sardonyx", "Key": f"{mine}mine"}
    ),
    "multipart": lambda s3, theirs, mine: s3.create_multipart_upload(Bucket="sardonyx", Key=theirs),
    "tags": lambda s3, theirs, mine: s3.get_object_tagging(Bucket="sardonyx", Key=theirs),
    "tag": lambda s3, theirs, mine: s3.put_object_tagging(
        Bucket="sardonyx", Key=theirs, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]}
    ),
    "acl": lambda s3, theirs, mine: s3.put_object_acl(Bucket="sardonyx", Key=theirs, ACL="public-read"),
    "list": lambda s3, theirs, mine: s3.list_objects_v2(Bucket="sardonyx", Prefix=theirs.rpartition("/")[0] + "/"),
    "list-all": lambda s3, theirs, mine: s3.list_objects_v2(Bucket="sardonyx"),
    "list-homes": lambda s3, theirs, mine: s3.list_objects_v2(Bucket="sardonyx", Prefix="home/", Delimiter="/"),
    "list-v1": lambda s3, theirs, mine: s3.list_objects(Bucket="sardonyx", Prefix="home/"),
    "versions": lambda s3, theirs, mine: s3.list_object_versions(Bucket="sardonyx", Prefix="home/"),
    "uploads": lambda s3, theirs, mine: s3.list_multipart_uploads(Bucket="sardonyx"),
    "policy": lambda s3, theirs, mine: s3.get_bucket_policy(Bucket="sardonyx"),
    "set-policy": lambda s3, theirs, mine: s3.put_bucket_policy(
        Bucket="sardonyx",
        Policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::*"}],
            }
        ),
    ),
    "delete-bucket": lambda s3, theirs, mine: s3.delete_bucket(Bucket="sardonyx"),
    "make-bucket": lambda s3, theirs, mine: s3.create_bucket(Bucket="of-my-own"),
    "lifecycle": lambda s3, theirs, mine: s3.put_bucket_lifecycle_configuration(
        Bucket="sardonyx",
        LifecycleConfiguration={
            "Rules": [{"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]
        },
    ),
    "cors": lambda s3, theirs, mine: s3.put_bucket_cors(
        Bucket="sardonyx", CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
    ),
}  # fmt: skip


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_an_operation_outside_of_ones_own_place_is_refused(ann: Any, bob: Any, attempt: Any) -> None:
    """Whatever the operation."""
    assert refused(lambda: attempt(bob.s3(), f"{ann.home}secret", bob.home)) == "AccessDenied"


def test_a_batch_delete_says_what_it_refused(ann: Any, bob: Any) -> None:
    """The call has one answer for each key; a part of it may be refused."""
    with contextlib.suppress(ClientError):
        answer = bob.s3().delete_objects(Bucket="sardonyx", Delete={"Objects": [{"Key": f"{ann.home}secret"}]})
        assert "Deleted" not in answer
        assert answer["Errors"][0]["Code"] == "AccessDenied"


def test_a_part_of_an_upload_cannot_be_copied_from_another(ann: Any, bob: Any) -> None:
    """The upload is one's own, its source is not."""
    s3 = bob.s3()
    upload = s3.create_multipart_upload(Bucket="sardonyx", Key=f"{bob.home}big")["UploadId"]

    code = refused(
        lambda: s3.upload_part_copy(
            Bucket="sardonyx",
            Key=f"{bob.home}big",
            UploadId=upload,
            PartNumber=1,
            CopySource=f"sardonyx/{ann.home}secret",
        )
    )

    assert code == "AccessDenied"
    s3.abort_multipart_upload(Bucket="sardonyx", Key=f"{bob.home}big", UploadId=upload)


def test_a_presigned_address_reaches_no_further_than_its_signer(ann: Any, bob: Any) -> None:
    """An address signed by bob for his own place works for anybody who has it; one for ann's does not."""
    s3 = bob.s3()
    own = s3.generate_presigned_url("get_object", Params={"Bucket": "sardonyx", "Key": f"{bob.home}mine"})
    hers = s3.generate_presigned_url("get_object", Params={"Bucket": "sardonyx", "Key": f"{ann.home}secret"})

    assert web.get(own).content == b"mine"
    assert web.get(hers).status_code == FORBIDDEN


@pytest.mark.parametrize(
    "way",
    [
        "{mine}../{id}/secret",
        "{mine}..%2f{id}%2fsecret",
        "{mine}%2e%2e/{id}/secret",
        "{mine}%2e%2e%2f{id}%2fsecret",
        "{mine}..\\{id}\\secret",
        "{mine}/../../home/{id}/secret",
        "{mine}.//../{id}/secret",
        "{mine}%00/../../{id}/secret",
        "./{theirs}secret",
        "/{theirs}secret",
        "../sardonyx/{theirs}secret",
        "{theirs_upper}secret",
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_crooked_path_leads_nowhere(place: Any, ann: Any, bob: Any, way: str, method: str) -> None:
    """Signed as it is sent, so that nothing on the way sets it straight."""
    path = way.format(mine=bob.home, id=ann.id, theirs=ann.home, theirs_upper=ann.home.upper())

    status, body = raw(place, bob, method, f"/sardonyx/{path}")

    assert SECRET not in body
    assert status >= 400 or method != "GET"


def raw(place: Any, person: Any, method: str, path: str) -> tuple[int, bytes]:
    """Send a signed request whose path no client library has touched; return status and body."""
    keys = person.keys()
    credentials = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["Token"])
    quoted = urllib.parse.quote(path, safe="/%\\")
    request = AWSRequest(method, f"{place.endpoint}{quoted}", data=b"x" if method == "PUT" else b"")
    request.headers["X-Amz-Content-SHA256"] = "UNSIGNED-PAYLOAD"
    SigV4Auth(credentials, "s3", "us-east-1").add_auth(request)
    body = b"x" if method == "PUT" else b""
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    with socket.create_connection(("127.0.0.1", place.port), timeout=10) as connection:
        connection.sendall(
            f"{method} {quoted} HTTP/1.1\r\nHost: 127.0.0.1:{place.port}\r\nConnection: close\r\n"
            f"Content-Length: {len(body)}\r\n{head}\r\n".encode()
            + body
        )
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    return int(answer.split(b" ", 2)[1]), answer


@pytest.mark.parametrize("unsigned", ["GET", "PUT", "DELETE", "POST"])
def test_without_keys_nothing_is_answered(place: Any, ann: Any, unsigned: str) -> None:
    """Neither an object, nor a list, nor an upload from a page."""
    for path in ("", "sardonyx", f"sardonyx/{ann.home}secret"):
        answer = web.request(
            unsigned, f"{place.endpoint}/{path}", content=b"x" if unsigned in {"PUT", "POST"} else None
        )
        assert answer.status_code >= 400, (unsigned, path, answer.text)
        assert SECRET not in answer.content


def test_a_session_cannot_get_other_rights(place: Any, bob: Any) -> None:
    """Neither with STS nor with IAM."""
    keys = bob.keys()
    options = {
        "endpoint_url": place.endpoint,
        "region_name": "us-east-1",
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretAccessKey"],
        "aws_session_token": keys["Token"],
    }
    sts, iam = boto3.client("sts", **options), boto3.client("iam", **options)
    role = place.store_configuration().ROLE

    for attempt in (
        lambda: sts.assume_role(RoleArn=role, RoleSessionName="wider"),
        sts.get_session_token,
        lambda: sts.get_federation_token(Name="wider"),
        lambda: iam.create_user(UserName="mallory"),
        lambda: iam.create_access_key(UserName="administrator"),
        iam.list_users,
        lambda: iam.put_user_policy(UserName="bob", PolicyName="all", PolicyDocument="{}"),
    ):
        with pytest.raises(ClientError) as caught:
            attempt()
        assert "administrator" not in str(caught.value.response.get("Users", ""))


def forged(place: Any, **changes: Any) -> str:
    """Return a token as the issuer would make it, signed by another key, with changes."""
    configuration = place.store_configuration()
    now = int(time.time())
    claims = {"iss": configuration.issuer, "sub": "a" * 16, "aud": configuration.AUDIENCE, "iat": now, "exp": now + 300}
    key: Any = rsa.generate_private_key(65537, 2048)
    header = changes.pop("header", {"kid": known_key(place)["kid"]})
    algorithm = changes.pop("algorithm", "RS256")
    if changes.pop("own_key", False):
        header["jwk"] = {**jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": header["kid"]}
    if algorithm == "none":
        key = ""
    if algorithm == "HS256":
        # A store that took the algorithm from the token would check with what everybody knows.
        key = base64.urlsafe_b64decode(known_key(place)["n"] + "==")
    return jwt.encode({**claims, **changes}, key, algorithm=algorithm, headers=header)


def known_key(place: Any) -> dict[str, str]:
    """Return a key that the issuer publishes."""
    found: dict[str, str] = web.get(f"{place.keys}/jwks").json()["keys"][0]
    return found


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="another-key"),
        pytest.param({"algorithm": "none"}, id="unsigned"),
        pytest.param({"header": {}}, id="no-key-named"),
        pytest.param({"header": {"kid": "../../../../dev/null"}}, id="a-path-as-key"),
        pytest.param({"header": {"kid": "' OR '1'='1"}}, id="a-question-as-key"),
        pytest.param({"header": {"kid": "x", "jku": "http://127.0.0.1:1/jwks"}}, id="keys-from-elsewhere"),
        pytest.param({"own_key": True}, id="its-own-key-in-it"),
        pytest.param({"algorithm": "HS256"}, id="the-public-key-as-a-secret"),
        pytest.param({"iss": "http://127.0.0.1:1/services/credentials"}, id="of-another-issuer"),
        pytest.param({"exp": 1}, id="over"),
        pytest.param({"aud": "somebody"}, id="for-somebody-else"),
    ],
)
def test_a_forged_token_is_not_exchanged(place: Any, changes: dict[str, Any]) -> None:
    """Keys are given for what the issuer signed, to nobody else."""
    answer = web.post(
        place.endpoint,
        data={
            "Action": "AssumeRoleWithWebIdentity",
            "Version": "2011-06-15",
            "RoleArn": place.store_configuration().ROLE,
            "RoleSessionName": "mallory",
            "WebIdentityToken": forged(place, **changes),
        },
    )

    assert 400 <= answer.status_code < 500, answer.text
    assert "SecretAccessKey" not in answer.text


def test_keys_of_another_cannot_be_had(place: Any) -> None:
    """By no token, a wrong one, one of another kind, or one without a server."""
    place.hub.answers["of-a-service"] = {"kind": "service", "name": "ann", "scopes": ["custom:credentials:s3"]}
    place.hub.answers["without-scope"] = {"kind": "user", "name": "ann", "scopes": ["access:servers!user=ann"]}
    for header in ({}, *({"Authorization": f"token {t}"} for t in ("guess", "of-a-service", "without-scope"))):
        answer = web.get(f"{place.keys}/aws", headers=header)
        assert answer.status_code in {401, 403}, (header, answer.text)
        assert "SecretAccessKey" not in answer.text


def test_no_side_door_is_open(place: Any) -> None:
    """Of all that the store's programs listen on, only the S3 endpoint and the keys service can be reached from outside."""
    (inside,) = place.seaweedfs()
    theirs, outside = listening(str(inside)), listening("self")

    assert {9333, 8080, 8888, 8333} <= theirs
    # The issuer answers on its own port on both sides.
    assert theirs & outside <= {place.port + 1}
    assert (place.folder / "store").stat().st_mode & 0o77 == 0
    # Its sockets are in a /tmp of its own, not in the one that everybody has.
    assert files_of(f"/proc/{inside}/root/tmp", "seaweedfs*.sock").isdisjoint(files_of("/tmp", "seaweedfs*.sock"))  # noqa: S108


def files_of(folder: str, pattern: str) -> set[tuple[int, int]]:
    """Return which files there are, by device and number: two folders of one path may be different ones."""
    return {(found.st_dev, found.st_ino) for found in (path.stat() for path in Path(folder).glob(pattern))}


def listening(process: str) -> set[int]:
    """Return the TCP ports on which somebody listens in the network of a process (proc(5), state 0A)."""
    lines = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{process}/net/{table}").read_text().splitlines()[1:]
    ]
    return {int(fields[1].rpartition(":")[2], 16) for fields in lines if fields[3] == "0A"}


def test_a_stream_of_parts_arrives_whole(bob: Any) -> None:
    """What clients do with large files works: parts, a stream of unknown length, ranges."""
    content = bytes(range(256)) * (12 << 12)
    s3 = bob.s3()

    s3.upload_fileobj(io.BytesIO(content), "sardonyx", f"{bob.home}large")

    assert s3.get_object(Bucket="sardonyx", Key=f"{bob.home}large")["Body"].read() == content
    part = s3.get_object(Bucket="sardonyx", Key=f"{bob.home}large", Range="bytes=1000000-1000255")["Body"].read()
    assert part == content[1000000:1000256]
