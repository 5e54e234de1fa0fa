"""What servers are told of the place that they are in, on every engine: its store, its Vault, and the place itself."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sardonyx_spawner import contract
from sardonyx_spawner.copy_places import CopyPlace

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")
"""What libraries read to know how many cores are theirs."""
NEWS_S, LEAST_NEWS_S = 300, 5
"""So often does a server tell the hub whether it is used."""


@dataclass(frozen=True)
class StorageAccess:
    """Where servers find object storage and its keys.

    Args:
        credentials_url: of the usual keys of a server that is of no class or event.
    """

    credentials_url: str
    endpoint: str
    region: str
    bucket: str

    def variables(self, person: str, scopes: Sequence[str] = ("home",)) -> dict[str, str]:
        """Return what a server of this person is told.

        Args:
            scopes: what its usual keys reach: "home", and the class or event that it is of, such as "class-7mw2kfqd".
        """
        of = next((scope for scope in scopes if scope != "home"), "")
        return {
            contract.CREDENTIALS_URL: f"{self.credentials_url}/server/{of}" if of else self.credentials_url,
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
        copies: where copies of repositories are; None = there are none.
        idle_stop_s: a server that nobody uses for so long is stopped; None = never.
        own_tools: what the operator has written of tools, by name.
    """

    tools: Path
    address: str
    copies: CopyPlace | None = None
    idle_stop_s: int | None = None
    own_tools: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def variables(self, idle_stop_s: int | None = None) -> dict[str, str]:
        """Return what a server is told.

        Args:
            idle_stop_s: its own, 0 = never; None = as the place has it.
        """
        found = {contract.TOOLS: str(self.tools), contract.ADDRESS: self.address}
        after_s = self.idle_stop_s if idle_stop_s is None else idle_stop_s
        if self.own_tools:
            found[contract.OWN_TOOLS] = json.dumps(self.own_tools)
        if after_s:
            found[contract.IDLE_STOP] = str(after_s)
            # JupyterHub's 300 s: a server would be stopped before the hub hears that it is used.
            found["JUPYTERHUB_ACTIVITY_INTERVAL"] = str(max(LEAST_NEWS_S, min(NEWS_S, after_s // 4)))
        return found
