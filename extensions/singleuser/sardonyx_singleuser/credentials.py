"""How every program in this server finds object storage and keys, without a key in the environment."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sardonyx_singleuser import contract

LOOPBACK = ("127.0.0.1", "localhost")


def storage_variables(told: Mapping[str, str], token: str) -> dict[str, str]:
    """Return the variables that S3 clients read; {} where there is no storage.

    Keys come over the container-credentials protocol. Both forms of its token are set: some clients read only the
    variable (AWS SDK for Go 1), some only the file (object_store: polars, obstore, deltalake).

    Args:
        told: the environment as the hub made it.
        token: that is shown where keys are asked for: the server's own hub token, or the secret of the way to them.
    """
    url, endpoint = told.get(contract.CREDENTIALS_URL), told.get(contract.S3_ENDPOINT)
    if not url or not endpoint:
        return {}
    where = urlsplit(endpoint)
    region = told.get(contract.S3_REGION, "us-east-1")
    found = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": url,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": f"token {token}",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": told[contract.TOKEN_FILE],
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ENDPOINT_URL_S3": endpoint,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        # Nobody here is a cloud machine: do not ask its metadata address and wait.
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_S3_ADDRESSING_STYLE": "path",
        # Checksums behind the body are newer than many stores: Ceph 16 takes the body for a damaged one.
        "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
        "DUCKDB_S3_ENDPOINT": where.netloc,
        "DUCKDB_S3_USE_SSL": str(where.scheme == "https").lower(),
        # A remote with the name "s3", without a configuration file.
        "RCLONE_CONFIG_S3_TYPE": "s3",
        "RCLONE_S3_ENDPOINT": endpoint,
        "RCLONE_S3_REGION": region,
        "RCLONE_S3_PROVIDER": "Other",
        "RCLONE_S3_ENV_AUTH": "true",
        # It would make the bucket, which nobody may, before it writes to it.
        "RCLONE_S3_NO_CHECK_BUCKET": "true",
        # An alias with the same name, without keys: mc asks for them where it is told to (RELEASE.2023-12-02 and newer).
        "MC_HOST_s3": endpoint,
        "MC_STS_ENDPOINT_s3": url,
        "R_PROFILE": told.get("R_PROFILE", str(Path(__file__).with_name("site_profile.R"))),
    }
    if where.scheme == "http" and (where.hostname in LOOPBACK or _is_in_this_cluster(where.hostname or "")):
        found["AWS_ALLOW_HTTP"] = "true"
    # object_store would send the request for keys, with the token in it, to a proxy.
    direct = [*filter(None, told.get("NO_PROXY", told.get("no_proxy", "")).split(",")), *LOOPBACK, where.hostname or ""]
    found["NO_PROXY"] = found["no_proxy"] = ",".join(dict.fromkeys(filter(None, direct)))
    return found


def _is_in_this_cluster(host: str) -> bool:
    """Tell whether a name is that of a Service beside this server: it has no dot, and no other network knows it."""
    return bool(host) and "." not in host and ":" not in host


def write_token(path: Path, token: str) -> None:
    """Write the token file for its owner only."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"token {token}")
