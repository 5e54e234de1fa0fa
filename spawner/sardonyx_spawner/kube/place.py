"""What the operator has set for servers on this cluster."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal


@dataclass(frozen=True)
class Homes:
    """The volumes that hold people's homes.

    Args:
        storage_class: "" = the cluster's default one.
        size: bytes that a new one has; an older one that is smaller grows at the next start.
        access: ReadWriteOnce = all servers of a person share a node while one runs.
    """

    storage_class: str = ""
    size: int = 10 << 30
    access: Literal["ReadWriteOnce", "ReadWriteMany", "ReadWriteOncePod"] = "ReadWriteOnce"


@dataclass(frozen=True)
class SharedVolumes:
    """The volumes that hold what classes and teams share; servers on any node have them at the same time.

    Args:
        storage_class: "" = the cluster's default one.
        size: bytes that a new one has; an older one that is smaller grows at the next start.
    """

    storage_class: str = ""
    size: int = 10 << 30


@dataclass(frozen=True)
class PlaceVolume:
    """A volume that somebody else has made, such as for a set of data that is there once.

    Args:
        name: that the settings give it.
        path: where servers have it.
        source: what it is, as a Pod names it.
        is_data: people work with what is in it, so their home has a way there.
    """

    name: str
    path: str
    source: Mapping[str, Any]
    is_read_only: bool = True
    is_data: bool = True


@dataclass(frozen=True)
class Authority:
    """Certificates that servers trust beside those of their image.

    Args:
        config_map: name of the ConfigMap that has them.
        key: in it.
    """

    config_map: str
    key: str


@dataclass(frozen=True)
class ClusterPlace:
    """Where on the cluster servers run, and as what.

    Args:
        instance: name of this installation, on everything that belongs to it.
        shared_volumes: None = classes and teams have none.
        image_pull_policy: "" = Kubernetes' own rule, by the image's tag.
        image_pull_secrets: names of Secrets.
        requests: share of a server's cores and memory that is kept for it, of 1; limits are what the plan says.
        gpu_resource: what a GPU is called here.
        user: number of the user that servers run under; None = the platform gives one.
        group: number of its group, which volumes are given to; None = the same.
        read_only_root: servers write only to their home, and to folders that go with them.
        labels: of servers' Pods, such as for accounting.
        pod: more of the Pod's spec, over what is made here, such as a runtimeClassName.
        volumes: that servers have beside their home, in a row.
        authority: None = servers trust what their image does.
        of_profiles: slug of an operator's profile -> the same for its servers, where that has something of its own.
    """

    instance: str = "sardonyx"
    homes: Homes = Homes()
    shared_volumes: SharedVolumes | None = None
    image_pull_policy: str = ""
    image_pull_secrets: tuple[str, ...] = ()
    cpu_requests: float = 0.25
    memory_requests: float = 0.5
    gpu_resource: str = "nvidia.com/gpu"
    node_selector: Mapping[str, str] = field(default_factory=dict)
    tolerations: tuple[Mapping[str, Any], ...] = ()
    priority_class: str = ""
    user: int | None = 1000
    group: int | None = 100
    read_only_root: bool = True
    temporary_size: int = 5 << 30
    labels: Mapping[str, str] = field(default_factory=dict)
    pod: Mapping[str, Any] = field(default_factory=dict)
    volumes: tuple[PlaceVolume, ...] = ()
    authority: Authority | None = None
    of_profiles: Mapping[str, "ClusterPlace"] = field(default_factory=dict)

    def of(self, profile: str) -> "ClusterPlace":
        """Return the same for servers of an operator's profile, and of classes that are made from it."""
        return self.of_profiles.get(profile, self)

    def with_homes_of(self, size: int | None) -> "ClusterPlace":
        """Return the same for a server whose home is to have so many bytes; None = as many as others."""
        return self if size is None else replace(self, homes=replace(self.homes, size=size))
