"""A real MinIO for the tests, one process on loopback, made ready as an operator would do it."""

import base64
import hashlib
import json
import os
import secrets
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from support import web
from support.go_servers import MC, MINIO
from support.places import client
from support.ports import free_ports
from support.waiting import soon

ADMINISTRATOR = ("administrator", "password-of-the-tests-only")
REVOKER = ("revoker", "another-password-of-the-tests")
"""Who may end sessions, and nothing else."""
POLICY = "sardonyx"
SELF = "self"
"""What MinIO's own client calls it."""
REVOKING = {"Effect": "Allow", "Action": ["admin:RemoveServiceAccount"]}


class Minio:
    """A running store with a bucket.

    Args:
        folder: for its files.
        audience: of the tokens that it takes.
        within: command that it is run by, such as one that gives it names of its own.
        environment: more of its variables.
    """

    def __init__(
        self,
        folder: Path,
        bucket: str,
        audience: str,
        within: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._within, self._environment = within, dict(environment or {})
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
                    *self._within,
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
                    **self._environment,
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
        self._administer("policy", "create", SELF, POLICY, self._policy_file(POLICY, reaching))
        self._administer("policy", "create", SELF, REVOKER[0], self._policy_file(REVOKER[0], REVOKING))
        self._add_user(*REVOKER, REVOKER[0])

    def key_for(self, user: str) -> tuple[str, str, str]:
        """Make a key of an ordinary user with all of the bucket, as for a place without OpenID Connect.

        Returns:
            No role, because it has none, and the key.
        """
        secret = secrets.token_hex(16)
        self._add_user(user, secret, POLICY)
        return "", user, secret

    def _add_user(self, user: str, secret: str, policy: str) -> None:
        self._administer("user", "add", SELF, user, secret)
        self._administer("policy", "attach", SELF, policy, "--user", user)

    def _administer(self, *told: str) -> None:
        user, password = ADMINISTRATOR
        address = f"http://{user}:{password}@127.0.0.1:{self._port}"
        subprocess.run(
            [str(MC.built()), "admin", *told],
            env={"HOME": str(self._folder), f"MC_HOST_{SELF}": address},
            check=True,
            capture_output=True,
            timeout=60,
        )

    def _policy_file(self, name: str, statement: Mapping[str, object]) -> str:
        file = self._folder / f"{name}.json"
        file.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        return str(file)
