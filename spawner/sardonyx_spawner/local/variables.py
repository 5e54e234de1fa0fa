"""The environment of a server on one machine, built from nothing: what is not listed here does not reach it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sardonyx_spawner.local import contract
from sardonyx_spawner.local.launcher import Places
from sardonyx_spawner.plan import ServerPlan

KEPT = (
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)
"""What a server takes over from the machine: language, time zone, certificates, the way out."""
NEWS_S, LEAST_NEWS_S = 300, 5
"""So often does a server tell the hub whether it is used."""
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")


@dataclass(frozen=True)
class StorageAccess:
    """Where servers find object storage and its keys."""

    credentials_url: str
    endpoint: str
    region: str
    bucket: str

    def variables(self, person: str) -> dict[str, str]:
        """Return what a server of this person is told."""
        return {
            contract.CREDENTIALS_URL: self.credentials_url,
            contract.S3_ENDPOINT: self.endpoint,
            contract.S3_REGION: self.region,
            contract.S3_BUCKET: self.bucket,
            contract.S3_HOME: f"s3://{self.bucket}/home/{person}/",
        }


@dataclass(frozen=True)
class VaultPlace:
    """Where servers find Vault and their token for it.

    Args:
        credentials_url: the broker's address that gives the token.
        secrets: mount of the secrets.
        certificates: that servers trust for it, as text; "" = those that the machine trusts.
    """

    credentials_url: str
    address: str
    namespace: str = ""
    secrets: str = "secret"
    certificates: str = ""

    def variables(self) -> dict[str, str]:
        """Return what a server is told."""
        return {
            contract.VAULT_URL: self.credentials_url,
            contract.VAULT_ADDRESS: self.address,
            contract.VAULT_NAMESPACE: self.namespace,
            contract.VAULT_SECRETS: self.secrets,
            contract.VAULT_CERTIFICATES: self.certificates,
        }


@dataclass(frozen=True)
class Surroundings:
    """What servers know of the place that they are in.

    Args:
        tools: folder with what the operator installed.
        address: of the whole place, as servers reach it.
        mirrors: folder of the copies of repositories; None = there are none.
        idle_stop_s: a server that nobody uses for so long is stopped; None = never.
    """

    tools: Path
    address: str
    mirrors: Path | None = None
    idle_stop_s: int | None = None

    def variables(self) -> dict[str, str]:
        """Return what a server is told."""
        found = {contract.TOOLS: str(self.tools), contract.ADDRESS: self.address}
        if self.mirrors is not None:
            found[contract.MIRRORS] = str(self.mirrors)
        if self.idle_stop_s is not None:
            found[contract.IDLE_STOP] = str(self.idle_stop_s)
            # JupyterHub's 300 s: a server would be stopped before the hub hears that it is used.
            found["JUPYTERHUB_ACTIVITY_INTERVAL"] = str(max(LEAST_NEWS_S, min(NEWS_S, self.idle_stop_s // 4)))
        return found


def server_variables(
    plan: ServerPlan,
    home: Path,
    places: Places,
    *,
    prefix: Path,
    storage: StorageAccess | None,
    hub: Mapping[str, str],
    gpus: Mapping[str, str],
    vault: VaultPlace | None = None,
    surroundings: Surroundings | None = None,
) -> dict[str, str]:
    """Return a server's whole environment.

    Args:
        places: where the server sees its other files.
        prefix: folder of the Python environment.
        hub: what JupyterHub itself wants to tell its server (`JUPYTERHUB_*` and the like).
        gpus: which GPUs to use.
    """
    found = {name: os.environ[name] for name in KEPT if name in os.environ}
    found.update(dict(plan.variables))
    found.update(hub)
    found.update(gpus)
    if plan.cpu:
        found.update(dict.fromkeys(THREADS, str(max(1, int(plan.cpu)))))
    if storage is not None:
        found.update(storage.variables(plan.person))
    if vault is not None:
        found.update(vault.variables())
    if surroundings is not None:
        found.update(surroundings.variables())
    found.update(
        {
            "HOME": str(home),
            "USER": hub.get("JUPYTERHUB_USER", ""),
            "SHELL": "/bin/bash" if Path("/bin/bash").exists() else "/bin/sh",
            "PATH": f"{prefix}/bin:{SYSTEM_PATH}",
            "VIRTUAL_ENV": str(prefix),
            "TMPDIR": places.temporary,
            # Whoever owns the environment, as an unprivileged hub does, would keep everybody's settings in it.
            "JUPYTER_PREFER_ENV_PATH": "no",
            contract.LANGUAGE: plan.language,
            contract.PLAN: places.plan,
            contract.TOKEN_FILE: places.token,
        }
    )
    if places.progress:
        found[contract.PROGRESS] = places.progress
    if places.runtime:
        found["JUPYTER_RUNTIME_DIR"] = places.runtime
    return found
