"""The volumes of classes and teams on a cluster: what they are called, and where a server has them. Pure.

Source: Kubernetes API reference, PersistentVolumeClaim v1, VolumeMount v1.
"""

from typing import Any

from sardonyx_spawner.group_volume import GroupVolume
from sardonyx_spawner.kube.place import ClusterPlace
from sardonyx_spawner.plan import ServerPlan

SHARED = "/shared"
"""Beside the home, where nothing of a person's can be covered; the user side makes a way to it in the home."""


def mounted(plan: ServerPlan, place: ClusterPlace) -> tuple[GroupVolume, ...]:
    """Return which of these volumes a server has here."""
    return plan.volumes if place.shared_volumes is not None else ()


def folder_of(volume: GroupVolume) -> str:
    """Return where a server has a volume."""
    return f"{SHARED}/{volume.kind}"


def folders(plan: ServerPlan, place: ClusterPlace) -> list[str]:
    """Return where a server has all of them."""
    return [folder_of(volume) for volume in mounted(plan, place)]


def group_claim_name(kind: str, group: str, instance: str) -> str:
    """Return the name of a claim: by the id of the class or team, which nobody chooses and none after it has."""
    return f"{instance}-{kind}-{group}"


def pod_volumes(plan: ServerPlan, place: ClusterPlace) -> list[dict[str, Any]]:
    """Return the volumes of a Pod."""
    return [
        {
            "name": volume.kind,
            "persistentVolumeClaim": {"claimName": group_claim_name(volume.kind, volume.group, place.instance)},
        }
        for volume in mounted(plan, place)
    ]


def pod_mounts(plan: ServerPlan, place: ClusterPlace) -> list[dict[str, Any]]:
    """Return where its container has them; who only reads has them read-only, which its runtime sees to."""
    return [
        {"name": volume.kind, "mountPath": folder_of(volume), **({} if volume.is_writable else {"readOnly": True})}
        for volume in mounted(plan, place)
    ]
