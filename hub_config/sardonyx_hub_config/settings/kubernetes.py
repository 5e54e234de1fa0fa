"""The `kubernetes` section of the settings: what counts where servers are Pods of a cluster."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from sardonyx_hub_config.settings.pod_volumes import AuthoritySettings, PodVolumes, over
from sardonyx_hub_config.settings.pods import Labels, MoreOfPods, ProfilePodSettings
from sardonyx_hub_config.settings.section import Memory, Section
from sardonyx_spawner.amounts import memory_bytes
from sardonyx_spawner.kube.place import ClusterPlace, Homes, SharedVolumes
from sardonyx_spawner.kube.ready_made.wishes import Rules

INSTEAD = frozenset(
    {"priority_class", "gpu_resource", "cpu_requests", "memory_requests", "read_only_root", "temporary_size"}
)
"""What of a profile's own takes the place of what all servers have."""


class HomeVolumeSettings(Section):
    """The volumes that hold people's homes."""

    storage_class: str = Field(default="", description="Storage class; empty: the cluster's default one.")
    size: Memory = Field(
        default="10G",
        description="Size of each; those that are smaller grow at the next start, where the storage class lets them.",
    )
    access: Literal["ReadWriteOnce", "ReadWriteMany", "ReadWriteOncePod"] = Field(
        default="ReadWriteOnce",
        description="ReadWriteOnce: all servers of a person run on the same node; ReadWriteMany: anywhere, where the"
        " storage class can do that.",
    )


class SharedVolumeSettings(Section):
    """The volumes that hold what classes and teams share; a section without a word is enough: `shared_volumes: {}`."""

    storage_class: str = Field(
        default="",
        description="Storage class, which has to make volumes that servers on any node have at once (ReadWriteMany), such"
        " as NFS or CephFS; empty: the cluster's default one.",
    )
    size: Memory = Field(
        default="10G",
        description="Size of each; those that are smaller grow at the next start, where the storage class lets them.",
    )


class ReadyMadeSettings(Section):
    """Servers that are started before anybody wants them, with fresh homes and without GPUs, and are one person's at once."""

    at_most: int = Field(
        default=10,
        ge=0,
        le=500,
        description="Servers that wait, all together; each takes what is kept for a server of its kind. 0: none do.",
    )
    at_least: int = Field(
        default=1,
        ge=0,
        le=100,
        description="Of each profile with a fresh home so many wait at any time; more do before lessons and events, and"
        " as many as were started in the busiest minute of the last half hour.",
    )

    def rules(self) -> Rules:
        """Return the same in the words of the spawner."""
        return Rules(at_most=self.at_most, at_least=self.at_least)


class KubernetesSettings(Section):
    """What counts where servers are Pods of a cluster."""

    homes: HomeVolumeSettings = Field(
        default=HomeVolumeSettings(), description="The volumes that hold people's homes; no server's end deletes one."
    )
    shared_volumes: SharedVolumeSettings | None = Field(
        default=None,
        description="Each class and each team has a volume, in its servers: staff of a class write, its students and"
        " guests read, and a team writes. None: they share what is in the data store only.",
    )
    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = Field(
        default=None, description="When a node fetches an image; none: as Kubernetes does by the tag."
    )
    image_pull_secrets: tuple[str, ...] = Field(
        default=(), description="Names of Secrets with which nodes fetch images, in the namespace of this place."
    )
    cpu_requests: float = Field(
        default=0.25,
        gt=0,
        le=1,
        description="Share of a server's cores that is kept for it alone. Less: more servers find room, and are slower"
        " when all work at once.",
    )
    memory_requests: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="Share of a server's memory that is kept for it alone. Less: more servers find room, and some are"
        " ended when all use theirs at once.",
    )
    gpu_resource: str = Field(default="nvidia.com/gpu", min_length=1, description="What a GPU is called on its node.")
    node_selector: dict[str, str] = Field(default_factory=dict, description="Only nodes with these labels.")
    tolerations: tuple[dict[str, Any], ...] = Field(default=(), description="Taints of nodes that servers tolerate.")
    priority_class: str = Field(default="", description="Priority class of servers; empty: the cluster's default one.")
    user: int | None = Field(
        default=1000,
        ge=1,
        description="Number of the user that servers run under, never root's; none: as the platform says, such as OpenShift.",
    )
    group: int | None = Field(
        default=100,
        ge=1,
        description="Number of its group, which volumes are given to; 100 is that of Jupyter's images. None: as the platform"
        " says.",
    )
    read_only_root: bool = Field(
        default=True,
        description="Servers write only to their home and to folders that go with them; false: anywhere in their image,"
        " too, until they end.",
    )
    temporary_size: Memory = Field(default="5G", description="How much a server may have in /tmp.")
    labels: Labels = Field(default_factory=dict, description="More labels of servers' Pods, such as for accounting.")
    pod: MoreOfPods = Field(
        default_factory=dict, description="More of the spec of servers' Pods, such as {runtimeClassName: gvisor}."
    )

    volumes: PodVolumes = Field(
        default_factory=dict,
        description="Volumes that somebody else has made, in all servers, by a name: such as one with a set of data.",
    )
    certificate_authority: AuthoritySettings | None = Field(
        default=None,
        description="Certificates that the whole place trusts beside those of its images, such as those of a company's own"
        " authority: the hub and its services, copies of repositories, and git, S3, pip, curl, R and Node.js in servers.",
    )
    ready_made: ReadyMadeSettings = Field(
        default=ReadyMadeSettings(), description="Servers that wait for whoever comes next."
    )

    def place(self, instance: str, profiles: Mapping[str, ProfilePodSettings]) -> ClusterPlace:
        """Return the same in the words of the spawner.

        Args:
            instance: name of this installation.
            profiles: slug -> what that profile has of its own.
        """
        of_profiles = {
            slug: self._over(each).usual_place(instance) for slug, each in profiles.items() if each.model_fields_set
        }
        return replace(self.usual_place(instance), of_profiles=of_profiles)

    def _over(self, own: ProfilePodSettings) -> "KubernetesSettings":
        said = {name for name in own.model_fields_set if getattr(own, name) is not None}
        instead = {name: getattr(own, name) for name in said & INSTEAD}
        return self.model_copy(
            update={
                **instead,
                "node_selector": {**self.node_selector, **own.node_selector},
                "tolerations": (*self.tolerations, *own.tolerations),
                "labels": {**self.labels, **own.labels},
                "pod": {**self.pod, **own.pod},
                "volumes": over(self.volumes, own.volumes),
            }
        )

    def usual_place(self, instance: str) -> ClusterPlace:
        """Return the same for servers of profiles that have nothing of their own."""
        homes = Homes(self.homes.storage_class, memory_bytes(self.homes.size), self.homes.access)
        shared = self.shared_volumes
        return ClusterPlace(
            instance=instance,
            homes=homes,
            shared_volumes=None if shared is None else SharedVolumes(shared.storage_class, memory_bytes(shared.size)),
            image_pull_policy=self.image_pull_policy or "",
            image_pull_secrets=self.image_pull_secrets,
            cpu_requests=self.cpu_requests,
            memory_requests=self.memory_requests,
            gpu_resource=self.gpu_resource,
            node_selector=self.node_selector,
            tolerations=self.tolerations,
            priority_class=self.priority_class,
            user=self.user,
            group=self.group,
            read_only_root=self.read_only_root,
            temporary_size=memory_bytes(self.temporary_size),
            labels=self.labels,
            pod=self.pod,
            volumes=tuple(each.volume(name) for name, each in self.volumes.items()),
            authority=None if self.certificate_authority is None else self.certificate_authority.authority(),
        )
