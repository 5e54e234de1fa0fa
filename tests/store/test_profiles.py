"""The AWS profiles of a server, with the programs that AWS' tools run for them; on a real store."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, CredentialRetrievalError

BUCKET = "sardonyx"


@pytest.fixture
def server(place: Any, tmp_path: Path) -> Any:
    """The variables of a server of petra, who is in a class that her server does not know of yet."""
    petra = place.person("petra")
    (tmp_path / "token").write_text(f"token {petra.token}")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "HOME": str(tmp_path),
        "SARDONYX_TOKEN_FILE": str(tmp_path / "token"),
        "SARDONYX_S3_HOME": f"s3://{BUCKET}/{petra.home}",
        "AWS_ENDPOINT_URL": place.endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{place.keys}/aws",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(tmp_path / "token"),
        "AWS_CONFIG_FILE": str(tmp_path / "aws-config"),
    }


def run(server: dict[str, str], module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of our programs in the server."""
    command = [sys.executable, "-I", "-m", f"sardonyx_singleuser.{module}", *arguments]
    return subprocess.run(command, env=server, text=True, capture_output=True, check=False)


def s3(server: dict[str, str], profile: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return boto3's client for a profile, in the server."""
    for name, value in server.items():
        monkeypatch.setenv(name, value)
    once = Config(retries={"total_max_attempts": 1})
    return boto3.Session(profile_name=profile).client("s3", config=once)


def test_profiles_are_the_same_in_a_server_of_a_class(
    place: Any, server: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose usual keys are asked for elsewhere: `home` reaches no class there either, and without a profile it is reached."""
    petra = place.person("petra")
    group = place.people.groups.add("class", "Algebra")
    place.people.groups.join(group, petra.id, "student")
    of_class = {**server, "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{place.keys}/aws/server/class-{group}"}
    shared = f"class/{group}/shared/"

    assert f"class-{group}" in run(of_class, "aws_profiles").stdout
    with pytest.raises(ClientError, match="AccessDenied"):
        s3(of_class, "home", monkeypatch).list_objects_v2(Bucket=BUCKET, Prefix=shared)
    assert "Contents" not in s3(of_class, f"class-{group}", monkeypatch).list_objects_v2(Bucket=BUCKET, Prefix=shared)
    monkeypatch.delenv("AWS_CONFIG_FILE")
    assert "Contents" not in boto3.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=shared)
    place.people.groups.end(group)


def test_a_class_joined_meanwhile_has_a_profile(
    place: Any, server: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its keys reach the class, those of the others do not; none of them is in the file."""
    petra = place.person("petra")
    group = place.people.groups.add("class", "Statistics")
    place.people.groups.join(group, petra.id, "student")

    listed = run(server, "aws_profiles")
    of_class, of_home, public = (s3(server, name, monkeypatch) for name in (f"class-{group}", "home", "public"))
    of_class.put_object(Bucket=BUCKET, Key=f"class/{group}/hand-in/{petra.id}/answer", Body=b"42")
    of_home.put_object(Bucket=BUCKET, Key=f"{petra.home}mine", Body=b"1")

    assert [line.split(maxsplit=1) for line in listed.stdout.splitlines()] == [
        ["home", "My place"],
        ["public", "Published"],
        [f"class-{group}", "Statistics"],
    ]
    assert public.list_objects_v2(Bucket=BUCKET, Prefix="public/")["ResponseMetadata"]["HTTPStatusCode"] == 200
    with pytest.raises(ClientError, match="AccessDenied"):
        of_home.list_objects_v2(Bucket=BUCKET, Prefix=f"class/{group}/shared/")
    with pytest.raises(ClientError, match="AccessDenied"):
        public.get_object(Bucket=BUCKET, Key=f"{petra.home}mine")
    place.people.groups.leave(group, petra.id)
    with pytest.raises(CredentialRetrievalError, match="You are in no class or team"):
        s3(server, f"class-{group}", monkeypatch).list_buckets()


def test_a_program_gets_keys_that_do_less(place: Any, server: dict[str, str]) -> None:
    """In the form that AWS' tools want."""
    petra = place.person("petra")

    got = run(server, "key_process", "--read-only", "--prefix", f"{petra.home}data/", "--lifetime", "900")

    keys = json.loads(got.stdout)
    assert keys.pop("Version") == 1
    assert set(keys) == {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    client = place.s3_with({**keys, "Token": keys["SessionToken"]})
    with pytest.raises(ClientError, match="AccessDenied"):
        client.put_object(Bucket=BUCKET, Key=f"{petra.home}data/x", Body=b"")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--group", "class-notmine2"], "You are in no class or team “class-notmine2”, or it has ended."),
        (["--prefix", "home/"], "“home/” is none of your places."),
        (["--lifetime", "1"], "“lifetime” is a number of seconds, 900 at least"),
        (["--group", "../laptop"], "There is nothing at this address."),
    ],
)
def test_a_program_that_asks_for_more_is_told_so_in_a_sentence(
    server: dict[str, str], arguments: list[str], said: str
) -> None:
    """AWS' tools show it to the person."""
    got = run(server, "key_process", *arguments)

    assert got.returncode == 1
    assert got.stdout == ""
    assert got.stderr.startswith(said)
    assert "Traceback" not in got.stderr
