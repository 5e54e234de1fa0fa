"""The environment of a server on one machine, built from nothing: what is not listed here does not reach it."""

import os
from collections.abc import Mapping
from pathlib import Path

from sardonyx_spawner import contract
from sardonyx_spawner.local.launcher import Places
from sardonyx_spawner.plan import ServerPlan
from sardonyx_spawner.surroundings import THREADS, StorageAccess, Surroundings, VaultPlace

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
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"


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
    home_size: int | None = None,
) -> dict[str, str]:
    """Return a server's whole environment.

    Args:
        places: where the server sees its other files.
        prefix: folder of the Python environment.
        hub: what JupyterHub itself wants to tell its server (`JUPYTERHUB_*` and the like).
        gpus: which GPUs to use.
        home_size: bytes that a kept home may have; None = as many as there are.
    """
    found = {name: os.environ[name] for name in KEPT if name in os.environ}
    found.update(dict(plan.variables))
    found.update(hub)
    found.update(gpus)
    if plan.cpu:
        found.update(dict.fromkeys(THREADS, str(max(1, int(plan.cpu)))))
    if storage is not None:
        found.update(storage.variables(plan.person, plan.storage_scopes))
    if vault is not None:
        found.update(vault.variables())
    if surroundings is not None:
        found.update(surroundings.variables(plan.idle_stop_s))
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
    if home_size is not None:
        found[contract.HOME_SIZE] = str(home_size)
    if places.progress:
        found[contract.PROGRESS] = places.progress
    if places.runtime:
        found["JUPYTER_RUNTIME_DIR"] = places.runtime
    return found
