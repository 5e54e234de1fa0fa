"""The environment of a server on Kubernetes, built from nothing but what the hub knows; the image has its own beside it."""

from collections.abc import Mapping, Sequence

from sardonyx_spawner import contract
from sardonyx_spawner.kube.manifest import HOME, PLAN_FILE, TOKEN_FILE
from sardonyx_spawner.kube.place import ClusterPlace
from sardonyx_spawner.kube.place_volumes import AUTHORITY_FILE, place_folders
from sardonyx_spawner.plan import ServerPlan
from sardonyx_spawner.surroundings import THREADS, StorageAccess, Surroundings, VaultPlace

OF_THE_HUB = ("JUPYTERHUB_", "JPY_")
"""Beginnings of what JupyterHub tells its servers; the rest of its own environment is none of theirs."""


def server_variables(
    plan: ServerPlan,
    hub: Mapping[str, str],
    *,
    storage: StorageAccess | None = None,
    vault: VaultPlace | None = None,
    surroundings: Surroundings | None = None,
    home_size: int | None = None,
    shared: Sequence[str] = (),
    place: ClusterPlace | None = None,
    is_handed_over: bool = False,
) -> dict[str, str]:
    """Return what a server is told, secrets of JupyterHub's among it.

    Args:
        hub: what JupyterHub itself wants to tell its server.
        home_size: bytes that its home has or is to have; None = it is not known.
        shared: folders that it shares with a class or a team.
        place: what its Pod has of the place; None = nothing.
        is_handed_over: it was there before, and is told its plan and asked for its steps by the hub itself.
    """
    found = dict(plan.variables)
    found.update({name: value for name, value in hub.items() if name.startswith(OF_THE_HUB)})
    if plan.cpu:
        found.update(dict.fromkeys(THREADS, str(max(1, int(plan.cpu)))))
    for told in (
        storage.variables(plan.person, plan.storage_scopes) if storage else {},
        vault.variables() if vault else {},
    ):
        found.update(told)
    if surroundings is not None:
        found.update(surroundings.variables(plan.idle_stop_s))
    found.update(
        {
            "HOME": HOME,
            "USER": hub.get("JUPYTERHUB_USER", ""),
            "SHELL": "/bin/bash",
            "TMPDIR": "/tmp",  # noqa: S108 - of the server alone
            # The environment in the image cannot be written: settings are in the home.
            "JUPYTER_PREFER_ENV_PATH": "no",
            "JUPYTER_RUNTIME_DIR": contract.SANDBOX_JUPYTER,
            contract.LANGUAGE: plan.language,
            contract.IMAGE: plan.image,
            contract.PLAN: contract.SANDBOX_PLAN if is_handed_over else PLAN_FILE,
            contract.TOKEN_FILE: TOKEN_FILE,
        }
    )
    if home_size is not None:
        found[contract.HOME_SIZE] = str(home_size)
    if shared:
        found[contract.SHARED_FOLDERS] = ":".join(shared)
    if place is not None and (data := place_folders(place)):
        found[contract.PLACE_FOLDERS] = ":".join(data)
    if place is not None and place.authority is not None:
        found[contract.AUTHORITY] = AUTHORITY_FILE
    if not is_handed_over:
        found[contract.PROGRESS] = contract.PROGRESS_IN_LOG
    return found
