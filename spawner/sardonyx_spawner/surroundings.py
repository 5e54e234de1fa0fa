"""What servers are told of the place that they are in, on every engine: its store, its Vault, and the place itself."""

from dataclasses import dataclass
from pathlib import Path

from sardonyx_spawner import contract

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")
"""What libraries read to know how many cores are theirs."""
NEWS_S, LEAST_NEWS_S = 300, 5
"""So often does a server tell the hub whether it is used."""


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
