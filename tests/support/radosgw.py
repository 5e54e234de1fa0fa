"""A real Ceph with its S3 gateway, from Debian's packages, as three plain processes on loopback; data is in memory."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from support import web
from support.ports import free_ports
from support.waiting import soon

PROGRAMS = ("ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph", "monmaptool", "ceph-authtool")
REGION = "default"
ROLE = "sardonyx"
CONFIGURATION = """
[global]
fsid = {fsid}
mon host = v2:127.0.0.1:{mon}
public addr = 127.0.0.1
ms bind ipv6 = false
keyring = {folder}/keyring
run dir = {folder}
log file = {folder}/$name.log
admin socket =
pid file =
mon data = {folder}/mon
# The machine's disk is not this cluster's: how full it is matters to nobody.
mon data avail warn = 1
mon data avail crit = 1
mon allow pool size one = true
mon max pg per osd = 1000
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
# There is no manager that would answer.
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
rgw data = {folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:{port}
rgw s3 auth use sts = true
rgw sts key = {sts_key}
rgw thread pool size = 64
"""


def missing_programs() -> list[str]:
    """Return what of Ceph is not on this machine."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


class Radosgw:
    """A running gateway with a bucket and one administrator.

    Args:
        folder: for its files; a short path, because it has sockets.
    """

    def __init__(self, folder: Path, bucket: str) -> None:
        self._folder, self.bucket = folder, bucket
        self._processes: list[subprocess.Popen[bytes]] = []
        base = free_ports()
        self._mon, self.endpoint = base, f"http://127.0.0.1:{base + 1}"
        self.role = f"arn:aws:iam:::role/{ROLE}"
        self._port = base + 1

    def start(self) -> None:
        """Start monitor, object storage daemon and gateway; return when S3 answers."""
        fsid = str(uuid.uuid4())
        values = {"fsid": fsid, "folder": self._folder, "mon": self._mon, "port": self._port}
        (self._folder / "ceph.conf").write_text(CONFIGURATION.format(**values, sts_key=secrets.token_hex(8)))
        for name in ("mon", "osd", "rgw"):
            (self._folder / name).mkdir()
        keyring, monmap = str(self._folder / "keyring"), str(self._folder / "monmap")
        everything = ["--cap", "mon", "allow *", "--cap", "osd", "allow *"]
        self._run("ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.", *everything[:3])
        for name in ("client.admin", "osd.0"):
            self._run("ceph-authtool", keyring, "--gen-key", "-n", name, *everything)
        self._run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", f"[v2:127.0.0.1:{self._mon}]", monmap)
        self._run("ceph-mon", "--mkfs", "-i", "a", "--monmap", monmap)
        self._start("ceph-mon", "-i", "a")
        osd = str(uuid.uuid4())
        self._run("ceph", "osd", "new", osd)
        self._run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
        self._start("ceph-osd", "-i", "0")
        self._start("radosgw", "-n", "client.admin")
        soon(lambda: web.get(self.endpoint).status_code == 200)
        caps = "--caps=roles=*;oidc-provider=*"
        made = self._run("radosgw-admin", "user", "create", "--uid=admin", "--display-name=Admin", caps)
        self._admin = json.loads(made)["keys"][0]
        self._client("s3").create_bucket(Bucket=self.bucket)

    def trust(self, issuer: str, audience: str, thumbprint: str) -> None:
        """Let holders of an issuer's tokens have the role.

        Args:
            thumbprint: SHA-1 of the certificate that the issuer publishes with its key.
        """
        iam = self._client("iam")
        iam.create_open_id_connect_provider(Url=issuer, ClientIDList=[audience], ThumbprintList=[thumbprint])
        provider = f"arn:aws:iam:::oidc-provider/{issuer.partition('://')[2]}"
        trust = {
            "Effect": "Allow",
            "Principal": {"Federated": [provider]},
            "Action": ["sts:AssumeRoleWithWebIdentity"],
            "Condition": {"StringEquals": {f"{issuer.partition('://')[2]}:app_id": audience}},
        }
        iam.create_role(RoleName=ROLE, Path="/", AssumeRolePolicyDocument=_policy(trust))
        iam.put_role_policy(RoleName=ROLE, PolicyName="bucket", PolicyDocument=_policy(self._all_of_the_bucket()))

    def key_for(self, role: str) -> tuple[str, str, str]:
        """Make a key that may assume a role, and nothing else, as for a place without OpenID Connect.

        Returns:
            The role as AssumeRole wants it, and the key.
        """
        made = self._run("radosgw-admin", "user", "create", f"--uid={role}", f"--display-name={role}")
        key = json.loads(made)["keys"][0]
        iam = self._client("iam")
        user = {"AWS": [f"arn:aws:iam:::user/{role}"]}
        trust = {"Effect": "Allow", "Principal": user, "Action": ["sts:AssumeRole"]}
        iam.create_role(RoleName=role, Path="/", AssumeRolePolicyDocument=_policy(trust))
        iam.put_role_policy(RoleName=role, PolicyName="bucket", PolicyDocument=_policy(self._all_of_the_bucket()))
        return f"arn:aws:iam:::role/{role}", key["access_key"], key["secret_key"]

    def _all_of_the_bucket(self) -> dict[str, Any]:
        resources = [f"arn:aws:s3:::{self.bucket}", f"arn:aws:s3:::{self.bucket}/*"]
        return {"Effect": "Allow", "Action": ["s3:*"], "Resource": resources}

    @property
    def administrator(self) -> tuple[str, str]:
        """Id and secret of the key of the bucket's owner."""
        return self._admin["access_key"], self._admin["secret_key"]

    def close(self) -> None:
        """End its processes."""
        for process in reversed(self._processes):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _client(self, service: str) -> Any:
        return boto3.client(
            service,  # type: ignore[call-overload]  # a variable name of a service
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=self._admin["access_key"],
            aws_secret_access_key=self._admin["secret_key"],
            config=Config(
                retries={"total_max_attempts": 1}, s3={"addressing_style": "path"} if service == "s3" else None
            ),
        )

    def _run(self, program: str, *arguments: str) -> bytes:
        return subprocess.run(self._command(program, *arguments), check=True, capture_output=True, timeout=60).stdout

    def _start(self, program: str, *arguments: str) -> None:
        with (self._folder / f"{program}.out").open("wb") as log:
            command = [*self._command(program, *arguments), "-f"]
            self._processes.append(subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True))

    def _command(self, program: str, *arguments: str) -> list[str]:
        configuration = [] if program in {"monmaptool", "ceph-authtool"} else ["-c", str(self._folder / "ceph.conf")]
        return [program, *configuration, *arguments]


def _policy(statement: dict[str, Any]) -> str:
    # Compact: release 16 takes a space in a form's value for a part of it.
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))
