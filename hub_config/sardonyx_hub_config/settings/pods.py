"""What servers' Pods have of an operator: for all of them, and for those of one profile."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from sardonyx_hub_config.settings.pod_volumes import PodVolumes
from sardonyx_hub_config.settings.section import Memory, Section
from sardonyx_spawner.kube.manifest import OURS

LABEL_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?")
LABEL_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
OUR_LABELS = ("sardonyx.org/", "app.kubernetes.io/", "hub.jupyter.org/", "app", "component", "heritage", "release")
"""Names, and beginnings of names, of labels by which hub and policies find servers."""


def more_of_pods(spec: dict[str, Any]) -> dict[str, Any]:
    """Return more of a Pod's spec.

    Raises:
        ValueError: it names something that is decided elsewhere.
    """
    ours = sorted(OURS & spec.keys())
    if ours:
        hint = " Volumes have a place of their own: volumes, beside pod." if "volumes" in ours else ""
        raise ValueError(f"names {', '.join(ours)}, which Sardonyx itself sets. Take it out.{hint}")
    return spec


def labels(found: Mapping[str, str]) -> Mapping[str, str]:
    """Return labels.

    Raises:
        ValueError: Kubernetes would refuse one, or it is one of ours.
    """
    for name, value in found.items():
        if any(name.startswith(each) if each.endswith("/") else name == each for each in OUR_LABELS):
            raise ValueError(f"the label '{name}' is set by Sardonyx itself: take it out")
        if not LABEL_NAME.fullmatch(name):
            raise ValueError(f"'{name}' cannot be the name of a label: write letters, digits, '-', '_' and '.'")
        if not LABEL_VALUE.fullmatch(value):
            raise ValueError(
                f"the label '{name}' cannot be '{value}': write at most 63 letters, digits, '-', '_' and '.',"
                " with a letter or a digit at both ends"
            )
    return found


Labels = Annotated[dict[str, str], AfterValidator(labels)]
MoreOfPods = Annotated[dict[str, Any], AfterValidator(more_of_pods)]


class ProfilePodSettings(Section):
    """What the Pods of a profile's servers have beside, or in place of, what the section `kubernetes` says.

    Servers of classes and events that are made from the profile have it, too.
    """

    node_selector: dict[str, str] = Field(
        default_factory=dict, description="Only nodes with these labels, and those of the section kubernetes."
    )
    tolerations: tuple[dict[str, Any], ...] = Field(
        default=(), description="Taints of nodes that its servers tolerate as well."
    )
    priority_class: str | None = Field(default=None, description="Priority class; none: that of the section.")
    gpu_resource: str | None = Field(
        default=None, min_length=1, description="What its GPUs are called on their node, such as amd.com/gpu."
    )
    cpu_requests: float | None = Field(
        default=None, gt=0, le=1, description="Share of a server's cores that is kept for it alone."
    )
    memory_requests: float | None = Field(
        default=None, gt=0, le=1, description="Share of a server's memory that is kept for it alone."
    )
    read_only_root: bool | None = Field(
        default=None, description="false: its servers write anywhere in their image, until they end."
    )
    temporary_size: Memory | None = Field(default=None, description="How much its servers may have in /tmp.")
    labels: Labels = Field(default_factory=dict, description="More labels of its Pods, such as for accounting.")
    pod: MoreOfPods = Field(
        default_factory=dict, description="More of the spec of its Pods, such as {runtimeClassName: gvisor}."
    )
    volumes: PodVolumes = Field(
        default_factory=dict,
        description="More volumes that somebody else has made, by a name; one of the same name, or in the same folder,"
        " takes the place of one that all servers have.",
    )
    outside: bool | None = Field(
        default=None,
        description="Whether its servers reach the outside, such as false for an exam; none: as"
        " networkPolicy.singleuser.outside says.",
    )
    egress: tuple[dict[str, Any], ...] = Field(
        default=(),
        description="More ways of its servers: rules of a NetworkPolicy, such as one to a database, or to the API of the"
        " cluster.",
    )
