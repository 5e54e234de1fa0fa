"""Whether the volumes of homes and of the chart can be had: by the storage classes that there are. Pure.

Source: Kubernetes documentation, "Storage Classes", "Persistent Volumes" (access modes).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sardonyx_hub_config.cluster_check.installation import Installation
from sardonyx_hub_config.looks.findings import BAD, GOOD, NOTE, Finding

Object = Mapping[str, Any]

DEFAULT = "storageclass.kubernetes.io/is-default-class"
BY_HAND = "kubernetes.io/no-provisioner"
ONE_NODE = frozenset(
    {
        "ebs.csi.aws.com",
        "disk.csi.azure.com",
        "pd.csi.storage.gke.io",
        "cinder.csi.openstack.org",
        "rbd.csi.ceph.com",
        "dobs.csi.digitalocean.com",
        "csi.hetzner.cloud",
        "csi.vsphere.vmware.com",
        "rancher.io/local-path",
        "k8s.io/minikube-hostpath",
        "topolvm.io",
    }
)
"""Makers of volumes that are disks: only one node at a time has one with files on it, as their documentation says."""


def judge_homes(classes: Sequence[Object], installation: Installation) -> Iterator[Finding]:
    """Say whether homes can be had, and whether they can grow."""
    homes, setting = installation.place.homes, "kubernetes.homes.storage_class in the settings"
    found, problem = _chosen(classes, homes.storage_class, setting)
    if found is None:
        yield Finding(BAD, "homes", problem)
        return
    name, maker = found["metadata"]["name"], str(found.get("provisioner", ""))
    notes = [problem] if problem else []
    if homes.access == "ReadWriteMany" and maker in ONE_NODE:
        notes.append(
            f"the storage class '{name}' ({maker}) makes disks, which one node has at a time, and kubernetes.homes.access is"
            " ReadWriteMany: servers with a kept home would wait for ever. Name a class of shared files, such as NFS or CephFS,"
            " or write ReadWriteOnce."
        )
    if not found.get("allowVolumeExpansion"):
        notes.append(
            f"the storage class '{name}' does not let volumes grow: homes that are there keep their size when you make"
            " kubernetes.homes.size larger. Begin with enough, or take a class with allowVolumeExpansion: true."
        )
    yield from (Finding(NOTE, "homes", note) for note in notes)
    if not notes:
        yield Finding(GOOD, "homes", f"the storage class '{name}' makes them, and lets them grow")


def judge_shared(classes: Sequence[Object], installation: Installation) -> Iterator[Finding]:
    """Say whether classes and teams get the volumes that the settings promise them."""
    about, shared = "class volumes", installation.place.shared_volumes
    if shared is None:
        return
    found, problem = _chosen(classes, shared.storage_class, "kubernetes.shared_volumes.storage_class in the settings")
    if found is None:
        yield Finding(BAD, about, problem)
        return
    name, maker = found["metadata"]["name"], str(found.get("provisioner", ""))
    if maker in ONE_NODE:
        yield Finding(
            BAD,
            about,
            f"the storage class '{name}' ({maker}) makes disks, which one node has at a time, and servers of a class may"
            " be anywhere: none would start. Name a class of shared files, such as NFS or CephFS, in"
            " kubernetes.shared_volumes.storage_class, or take kubernetes.shared_volumes out.",
        )
        return
    notes = [problem] if problem else []
    if not found.get("allowVolumeExpansion"):
        notes.append(
            f"the storage class '{name}' does not let volumes grow: those of classes and teams that are there keep their"
            " size when you make kubernetes.shared_volumes.size larger."
        )
    yield from (Finding(NOTE, about, note) for note in notes)
    if not notes:
        yield Finding(
            GOOD,
            about,
            f"the storage class '{name}' makes them, if it makes volumes for many nodes at once (ReadWriteMany): a cluster"
            " does not say that of a class",
        )


def judge_chart(classes: Sequence[Object], installation: Installation) -> Iterator[Finding]:
    """Say whether the hub gets its volume, and the PostgreSQL of the chart its own."""
    for part, storage in installation.values.volumes.items():
        if not storage.existing_claim:
            yield _judge(classes, storage.storage_class, f"{part} volume", f"{part}.storage.storageClass in the values")


def _judge(classes: Sequence[Object], chosen: str | None, about: str, setting: str) -> Finding:
    if chosen == "":
        note = f"is made by no storage class, because {setting} is empty: somebody has to make a volume for it."
        return Finding(NOTE, about, note)
    found, problem = _chosen(classes, chosen or "", setting)
    if found is None:
        return Finding(BAD, about, problem)
    name = found["metadata"]["name"]
    return Finding(NOTE if problem else GOOD, about, problem or f"the storage class '{name}' makes it")


def _chosen(classes: Sequence[Object], name: str, setting: str) -> tuple[Object | None, str]:
    """Return the class that makes volumes, and what is wrong with the choice."""
    there = ", ".join(sorted(str(each["metadata"]["name"]) for each in classes)) or "none"
    if name:
        found = next((each for each in classes if each["metadata"]["name"] == name), None)
        if found is None:
            return None, f"there is no storage class '{name}'. Correct {setting}; there are: {there}."
        return (None, _by_hand(name)) if found.get("provisioner") == BY_HAND else (found, "")
    defaults = [each for each in classes if (each["metadata"].get("annotations") or {}).get(DEFAULT) == "true"]
    if not defaults:
        return None, f"no storage class is the usual one. Name one in {setting}; there are: {there}."
    # Of several, Kubernetes takes the newest.
    found = max(defaults, key=lambda each: str(each["metadata"].get("creationTimestamp", "")))
    name = str(found["metadata"]["name"])
    if found.get("provisioner") == BY_HAND:
        return None, _by_hand(name)
    if len(defaults) == 1:
        return found, ""
    names = ", ".join(sorted(str(each["metadata"]["name"]) for each in defaults))
    return found, f"several storage classes are the usual one ({names}), and '{name}' is taken. Name one in {setting}."


def _by_hand(name: str) -> str:
    return f"the storage class '{name}' makes no volume by itself: each would wait for somebody who does. Name another one."
