"""SeaweedFS' own configuration files: who may do what, and the keys between its parts."""

import base64
import json
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from sardonyx_services.object_store.certificates import make_certificates, tls_settings
from sardonyx_services.object_store.configuration import ObjectStoreConfiguration

ADMINISTRATOR = "administrator.json"
SIGNED = ("jwt.signing", "jwt.signing.read", "jwt.filer_signing", "jwt.filer_signing.read")


def administrator(folder: Path) -> tuple[str, str]:
    """Return the key and secret of the store's administrator; made on the first run, used by the store's own service."""
    path = folder / ADMINISTRATOR
    try:
        return read_administrator(path)
    except (OSError, ValueError):
        key, secret = secrets.token_hex(10).upper(), secrets.token_hex(20)
        _write(path, json.dumps({"key": key, "secret": secret}))
        return key, secret


def read_administrator(path: Path) -> tuple[str, str]:
    """Return the key and secret of the store's administrator.

    Raises:
        OSError, ValueError: they are not there, or not whole.
    """
    try:
        found = json.loads(path.read_text())
        return str(found["key"]), str(found["secret"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} does not hold a key and a secret") from error


def write_files(configuration: ObjectStoreConfiguration) -> None:
    """Write security.toml, s3.json and iam.json; the key that signs sessions and the administrator stay."""
    folder = configuration.folder
    for part in (folder, folder / "data", folder / "sock"):
        part.mkdir(mode=0o700, parents=True, exist_ok=True)
    keep = folder / "signing.key"
    if not keep.exists() or keep.stat().st_size == 0:
        _write(keep, base64.b64encode(os.urandom(32)).decode())
    # Between the parts of one run only, so made anew for each.
    security = "".join(f'[{name}]\nkey = "{secrets.token_hex(32)}"\n' for name in SIGNED)
    if configuration.without_namespaces:
        for name, content in make_certificates().items():
            _write(folder / name, content.decode())
        security += tls_settings(folder)
    _write(folder / "security.toml", security)
    key, secret = administrator(folder)
    identity = {
        "name": "administrator",
        "credentials": [{"accessKey": key, "secretKey": secret}],
        "actions": ["Admin", "Read", "Write", "List"],
    }
    _write(folder / "s3.json", json.dumps({"identities": [identity]}))
    _write(folder / "iam.json", json.dumps(_iam(configuration, keep.read_text()), indent=1))


def _iam(configuration: ObjectStoreConfiguration, signing_key: str) -> dict[str, object]:
    bucket = f"arn:aws:s3:::{configuration.bucket}"
    # A session has at most this, and each session's own policy narrows it to one person.
    most = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"],
                "Resource": [bucket],
            },
            {
                "Effect": "Allow",
                "Action": [
                    "s3:GetObject",
                    "s3:PutObject",
                    "s3:DeleteObject",
                    "s3:AbortMultipartUpload",
                    "s3:ListMultipartUploadParts",
                ],
                "Resource": [f"{bucket}/*"],
            },
        ],
    }
    # The issuer's host is not reachable from the store's namespace; an inner relay answers on its port.
    port = urlsplit(configuration.issuer).port
    path = urlsplit(configuration.issuer).path
    return {
        "sts": {
            "tokenDuration": "1h",
            "maxSessionLength": "12h",
            "issuer": "sardonyx-store",
            "signingKey": signing_key,
        },
        "providers": [
            {
                "name": "sardonyx",
                "type": "oidc",
                "enabled": True,
                "config": {
                    "issuer": configuration.issuer,
                    "clientId": configuration.AUDIENCE,
                    "jwksUri": f"http://127.0.0.1:{port}{path}/jwks",
                },
            }
        ],
        "policy": {"defaultEffect": "Deny", "storeType": "memory"},
        "roles": [
            {
                "roleName": configuration.ROLE.rpartition("/")[2],
                "roleArn": configuration.ROLE,
                # SeaweedFS wants the provider's name here; the issuer's address is refused (4.48).
                "trustPolicy": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Federated": "sardonyx"},
                            "Action": ["sts:AssumeRoleWithWebIdentity"],
                        }
                    ],
                },
                "attachedPolicies": ["most"],
            }
        ],
        "policies": [{"name": "most", "document": most}],
    }


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
