"""The volume claims that a server needs: of its home, and of its class or team. Pure.

Source: Kubernetes API reference, PersistentVolumeClaim v1.
"""

from collections.abc import Mapping
from typing import Any

from sardonyx_spawner.group_volume import GroupVolume
from sardonyx_spawner.kube.group_volumes import group_claim_name, mounted
from sardonyx_spawner.kube.homes import claim_name
from sardonyx_spawner.kube.manifest import labels
from sardonyx_spawner.kube.place import ClusterPlace, Homes, SharedVolumes
from sardonyx_spawner.kube.quantities import amount
from sardonyx_spawner.plan import ServerPlan

HOME = "home"
"""Component that the claim of a home is."""
GROUP = "sardonyx.org/group"
"""Label with whose the volume of a class or a team is, such as class-ab2c3d4e."""


def claims_of(plan: ServerPlan, place: ClusterPlace) -> list[dict[str, Any]]:
    """Return the claims that have to be there before a server of this plan."""
    homes = place.with_homes_of(plan.home_size)
    home = [home_claim(claim_name(plan.person, homes), plan.person, homes)] if plan.home == "kept" else []
    shared = place.shared_volumes
    if shared is None:
        return home
    return [*home, *(group_claim(volume, place, shared) for volume in mounted(plan, place))]


def home_claim(name: str, person: str, place: ClusterPlace) -> dict[str, Any]:
    """Return the claim for a home; it belongs to the person, not to a server, and no server's end takes it away."""
    homes, found = place.homes, {**labels(place, person), "app.kubernetes.io/component": HOME}
    return _claim(name, found, homes.access, homes)


def group_claim(volume: GroupVolume, place: ClusterPlace, shared: SharedVolumes) -> dict[str, Any]:
    """Return the claim of a class or a team; it belongs to none of their people, and no server's end takes it away."""
    name, whose = group_claim_name(volume.kind, volume.group, place.instance), f"{volume.kind}-{volume.group}"
    found = {**labels(place), GROUP: whose, "app.kubernetes.io/component": "shared-volume"}
    return _claim(name, found, "ReadWriteMany", shared)


def grown(there: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return how to change a claim that is smaller than it is wanted now; None = it stays. None is ever made smaller.

    Args:
        there: the claim as the cluster has it.
        wanted: as it would be made now.
    """
    size = wanted["spec"]["resources"]["requests"]["storage"]
    if amount(there["spec"]["resources"]["requests"]["storage"]) >= amount(size):
        return None
    return {"spec": {"resources": {"requests": {"storage": size}}}}


def _claim(name: str, about: Mapping[str, str], access: str, volumes: Homes | SharedVolumes) -> dict[str, Any]:
    spec: dict[str, Any] = {"accessModes": [access], "resources": {"requests": {"storage": str(volumes.size)}}}
    if volumes.storage_class:
        spec["storageClassName"] = volumes.storage_class
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "labels": dict(about)},
        "spec": spec,
    }
