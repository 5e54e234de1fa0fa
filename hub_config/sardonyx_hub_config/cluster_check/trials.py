"""What the cluster is asked whether it would take it, without making it: Pods of servers and of the chart, and volumes. Pure.

Its own answer counts, because much decides there: quotas, limits, the level of Pod Security, and what others have added.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sardonyx_hub_config.chart.parts import Component, PodSecurity, Resources, Storage
from sardonyx_hub_config.cluster_check.installation import Installation
from sardonyx_hub_config.cluster_check.servers import server_pod
from sardonyx_hub_config.engines.kinds import PERSON, Server
from sardonyx_spawner.group_volume import GroupVolume
from sardonyx_spawner.kube.claims import group_claim, home_claim

NAME = "sardonyx-check"
CHECK_RESOURCES = Resources(requests={"cpu": "50m", "memory": "128Mi"}, limits={"memory": "512Mi"})
"""Those of the job that checks the settings; a test compares them with the chart."""
LABELS = {"app.kubernetes.io/name": NAME}
IN_A_POD = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}


@dataclass(frozen=True)
class Trial:
    """Something that the cluster is asked about.

    Args:
        of: what it is, for the middle of a sentence: "servers of the profile 'python'".
        named: which of them: "size large".
        setting: where its size is written.
    """

    of: str
    named: str
    setting: str
    manifest: Mapping[str, Any]

    @property
    def resources(self) -> Mapping[str, Any]:
        """What its container asks for, as it was written."""
        found: Mapping[str, Any] = self.manifest["spec"]["containers"][0].get("resources", {})
        return found


def trials(installation: Installation, servers: Sequence[Server]) -> list[Trial]:
    """Return all that the cluster is asked about."""
    return [
        *of_chart(installation),
        *of_check(installation),
        *of_placeholders(installation),
        *of_homes(installation, servers),
        *of_shared_volumes(installation),
        *of_servers(installation, servers),
    ]


def of_chart(installation: Installation) -> list[Trial]:
    """Return what is there before anybody has a server."""
    values, images = installation.values, installation.part_images
    found = [
        Trial(
            _named(name),
            "",
            f"{name}.resources in the values",
            _pod_of(part, images[name], values.pod_security, part.resources),
        )
        for name, part in values.parts.items()
    ]
    for name, storage in values.volumes.items():
        if not storage.existing_claim:
            setting = f"{name}.storage.size in the values"
            found.append(Trial(f"{_named(name)}'s volume", "", setting, _claim(_volume(storage))))
    return found


def of_check(installation: Installation) -> list[Trial]:
    """Return the Pod that checks the settings, and is gone when the hub comes."""
    hub = installation.values.hub
    if not hub.check_settings:
        return []
    job = _pod_of(hub, installation.hub_image, installation.values.pod_security, CHECK_RESOURCES)
    return [Trial("the job that checks the settings", "", "hub.checkSettings in the values to false", job)]


def of_placeholders(installation: Installation) -> list[Trial]:
    """Return the Pod that keeps room for a server, where there are some."""
    room = installation.values.scheduling.placeholders
    # A PriorityClass that the chart makes is not there yet.
    if not room.replicas or room.priority_class.create:
        return []
    values = installation.values
    pod = plain_pod(NAME, values.pause.image, values.pod_security, resources=room.resources)
    pod["spec"]["priorityClassName"] = room.priority_class.name
    return [Trial("placeholders", "", "scheduling.placeholders in the values", pod)]


def of_homes(installation: Installation, servers: Sequence[Server]) -> list[Trial]:
    """Return the volume of a home, where somebody keeps one."""
    if all(server.plan.home == "fresh" for server in servers):
        return []
    spec = home_claim(NAME, PERSON, installation.place)["spec"]
    return [Trial("homes", "", "kubernetes.homes.size in the settings", _claim(spec))]


def of_shared_volumes(installation: Installation) -> list[Trial]:
    """Return the volume of a class, where classes have one."""
    shared = installation.place.shared_volumes
    if shared is None:
        return []
    spec = group_claim(GroupVolume("class", NAME, is_writable=True), installation.place, shared)["spec"]
    return [Trial("volumes of classes", "", "kubernetes.shared_volumes.size in the settings", _claim(spec))]


def of_servers(installation: Installation, servers: Sequence[Server]) -> list[Trial]:
    """Return the Pod of each kind of server."""
    return [
        Trial(
            f"servers of the profile '{server.profile}'",
            server.named,
            f"profiles.{server.profile} in the settings",
            server_pod(server, installation, NAME),
        )
        for server in servers
    ]


def plain_pod(
    name: str,
    image: str,
    security: PodSecurity,
    *,
    command: Sequence[str] = (),
    resources: Resources,
    pull_secrets: Sequence[str] = (),
) -> dict[str, Any]:
    """Return a Pod that may do as little as Kubernetes can ask, like those of the chart."""
    container: dict[str, Any] = {
        "name": "check",
        "image": image,
        "securityContext": IN_A_POD,
        "resources": {"requests": dict(resources.requests), "limits": dict(resources.limits)},
    }
    if command:
        container["command"] = [*command]
    spec: dict[str, Any] = {
        "containers": [container],
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 0,
        "securityContext": security.context(),
    }
    if pull_secrets:
        spec["imagePullSecrets"] = [{"name": secret} for secret in pull_secrets]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": LABELS}, "spec": spec}


def _named(part: str) -> str:
    return "PostgreSQL" if part == "postgresql" else f"the {part}"


def _pod_of(part: Component, image: str, security: PodSecurity, resources: Resources) -> dict[str, Any]:
    found = plain_pod(NAME, image, security, resources=resources)
    if part.priority_class_name:
        found["spec"]["priorityClassName"] = part.priority_class_name
    return found


def _volume(storage: Storage) -> dict[str, Any]:
    spec: dict[str, Any] = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": storage.size}}}
    return spec if storage.storage_class is None else {**spec, "storageClassName": storage.storage_class}


def _claim(spec: Mapping[str, Any]) -> dict[str, Any]:
    about = {"name": NAME, "labels": LABELS}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": about, "spec": spec}
