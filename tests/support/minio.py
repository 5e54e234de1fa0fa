"""A real MinIO for the tests, one process on loopback, made ready as an operator would do it."""

import base64
import hashlib
import json
import os
import subprocess
from pathlib import Path

import httpx
from support.environments import clients_environment
from support.go_servers import MINIO
from support.places import client
from support.ports import free_ports
from support.waiting import soon

ADMINISTRATOR = ("administrator", "password-of-the-tests-only")
POLICY = "sardonyx"
ADD_POLICY = """
import os, sys
from minio.credentials import StaticProvider
from minio.minioadmin import MinioAdmin
administrator = StaticProvider(os.environ["USER_NAME"], os.environ["PASSWORD"])
MinioAdmin(endpoint=sys.argv[1], credentials=administrator, secure=False).policy_add(sys.argv[2], policy_file=sys.argv[3])
"""


class Minio:
    """A running store with a bucket.

    Args:
        folder: for its files.
        audience: of the tokens that it takes.
    """

    def __init__(self, folder: Path, bucket: str, audience: str) -> None:
        self._folder, self._bucket, self._audience = folder, bucket, audience
        self._port = free_ports()
        self._process: subprocess.Popen[bytes] | None = None
        self.endpoint = f"http://127.0.0.1:{self._port}"
        # As in its log when it starts.
        name = base64.urlsafe_b64encode(hashlib.sha1(audience.encode(), usedforsecurity=False).digest()).decode()
        self.role = f"arn:minio:iam:::role/{name.rstrip('=')}"

    def start(self, issuer: str) -> None:
        """Start it, with a bucket and a policy for all of it; the issuer of tokens has to answer already."""
        (self._folder / "data").mkdir(parents=True)
        user, password = ADMINISTRATOR
        with (self._folder / "minio.log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    # However the tests end, it does, too.
                    *("setpriv", "--pdeathsig", "KILL"),
                    *(str(MINIO.built()), "server", str(self._folder / "data")),
                    *("--address", f"127.0.0.1:{self._port}"),
                ],
                env={
                    "HOME": str(self._folder),
                    "PATH": os.environ["PATH"],
                    "MINIO_ROOT_USER": user,
                    "MINIO_ROOT_PASSWORD": password,
                    "MINIO_BROWSER": "off",
                    "MINIO_IDENTITY_OPENID_CONFIG_URL": f"{issuer}/.well-known/openid-configuration",
                    "MINIO_IDENTITY_OPENID_CLIENT_ID": self._audience,
                    "MINIO_IDENTITY_OPENID_ROLE_POLICY": POLICY,
                },
                stdout=log,
                stderr=log,
            )
        soon(lambda: httpx.get(f"{self.endpoint}/minio/health/ready").status_code == 200)
        keys = {"AccessKeyId": user, "SecretAccessKey": password}
        client(self.endpoint, "s3", keys).create_bucket(Bucket=self._bucket)
        self._add_policy()

    def close(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _add_policy(self) -> None:
        resources = [f"arn:aws:s3:::{self._bucket}", f"arn:aws:s3:::{self._bucket}/*"]
        statement = {"Effect": "Allow", "Action": ["s3:*"], "Resource": resources}
        file = self._folder / "policy.json"
        file.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        user, password = ADMINISTRATOR
        subprocess.run(
            [
                str(clients_environment() / "bin" / "python"),
                *("-c", ADD_POLICY, f"127.0.0.1:{self._port}", POLICY, str(file)),
            ],
            env={"USER_NAME": user, "PASSWORD": password},
            check=True,
            timeout=60,
        )
