"""A real MinIO for the tests, one process on loopback, made ready as an operator would do it."""

import base64
import hashlib
import json
import os
import secrets
import subprocess
from collections.abc import Mapping
from pathlib import Path

from support import web
from support.environments import clients_environment
from support.go_servers import MINIO
from support.places import client
from support.ports import free_ports
from support.waiting import soon

ADMINISTRATOR = ("administrator", "password-of-the-tests-only")
REVOKER = ("revoker", "another-password-of-the-tests")
"""Who may end sessions, and nothing else."""
POLICY = "sardonyx"
REVOKING = {"Effect": "Allow", "Action": ["admin:RemoveServiceAccount"]}
ADD_POLICIES = """
import os, sys
from minio.credentials import StaticProvider
from minio.minioadmin import MinioAdmin
administrator = StaticProvider(os.environ["USER_NAME"], os.environ["PASSWORD"])
endpoint, policy, policy_file, revoker, revoker_file = sys.argv[1:]
admin = MinioAdmin(endpoint=endpoint, credentials=administrator, secure=False)
admin.policy_add(policy, policy_file=policy_file)
admin.policy_add(revoker, policy_file=revoker_file)
admin.user_add(revoker, os.environ["REVOKER_PASSWORD"])
admin.attach_policy([revoker], user=revoker)
"""
ADD_USER = """
import os, sys
from minio.credentials import StaticProvider
from minio.minioadmin import MinioAdmin
administrator = StaticProvider(os.environ["USER_NAME"], os.environ["PASSWORD"])
admin = MinioAdmin(endpoint=sys.argv[1], credentials=administrator, secure=False)
admin.user_add(sys.argv[3], sys.argv[4])
admin.policy_set(sys.argv[2], user=sys.argv[3])
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
        soon(lambda: web.get(f"{self.endpoint}/minio/health/ready").status_code == 200)
        keys = {"AccessKeyId": user, "SecretAccessKey": password}
        client(self.endpoint, "s3", keys).create_bucket(Bucket=self._bucket)
        self._add_policies()

    def close(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _add_policies(self) -> None:
        resources = [f"arn:aws:s3:::{self._bucket}", f"arn:aws:s3:::{self._bucket}/*"]
        reaching = {"Effect": "Allow", "Action": ["s3:*"], "Resource": resources}
        files = self._policy_file(POLICY, reaching), self._policy_file(REVOKER[0], REVOKING)
        self._administer(ADD_POLICIES, POLICY, files[0], REVOKER[0], files[1])

    def key_for(self, user: str) -> tuple[str, str, str]:
        """Make a key of an ordinary user with all of the bucket, as for a place without OpenID Connect.

        Returns:
            No role, because it has none, and the key.
        """
        secret = secrets.token_hex(16)
        self._administer(ADD_USER, POLICY, user, secret)
        return "", user, secret

    def _administer(self, code: str, *arguments: str) -> None:
        user, password = ADMINISTRATOR
        subprocess.run(
            [
                str(clients_environment() / "bin" / "python"),
                *("-c", code, f"127.0.0.1:{self._port}", *arguments),
            ],
            env={"USER_NAME": user, "PASSWORD": password, "REVOKER_PASSWORD": REVOKER[1]},
            check=True,
            timeout=60,
        )

    def _policy_file(self, name: str, statement: Mapping[str, object]) -> str:
        file = self._folder / f"{name}.json"
        file.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        return str(file)
