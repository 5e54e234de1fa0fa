"""What the values of the Helm chart are made of."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from sardonyx_hub_config.settings.section import Section

Port = Annotated[int, Field(ge=1, le=65535)]
Network = Annotated[str, StringConstraints(pattern=r"^[0-9A-Fa-f.:]+/[0-9]{1,3}$")]
Quantity = str | int | float
Size = Annotated[str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+)?(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$")]
Object = dict[str, Any]
"""A part of a manifest, which Kubernetes checks itself."""


class Values(Section):
    """A part of the values; its names are written as Kubernetes writes them."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)


class SecretKey(Values):
    """A key of a Secret that is there already."""

    existing_secret: str = Field(min_length=1, description="Name of the Secret.")
    key: str = Field(min_length=1, description="Key in it.")


class OptionalSecretKey(Values):
    """A key of a Secret that may be there already."""

    existing_secret: str = Field(default="", description="Name of the Secret; empty: there is none.")
    key: str = Field(default="token", min_length=1, description="Key in it.")


class Image(Values):
    """An image of ours."""

    repository: str = Field(default="sardonyx/hub", min_length=1, description="Its name, with the registry.")
    tag: str = Field(default="", description="Its tag; empty: the version of the chart.")
    digest: Annotated[str, StringConstraints(pattern=r"^(sha256:[0-9a-f]{64})?$")] = Field(
        default="", description="Its digest; wins over the tag."
    )
    pull_policy: Literal["Always", "IfNotPresent", "Never"] = Field(
        default="IfNotPresent", description="When nodes fetch it."
    )


class Storage(Values):
    """The volume of a component."""

    size: Size = Field(default="10Gi", description="How large it is.")
    storage_class: str | None = Field(default=None, description="Its storage class; null: the cluster's usual one.")
    existing_claim: str = Field(default="", description="A volume claim that is there already.")
    annotations: dict[str, str] = Field(default_factory=dict, description="Annotations of the claim.")


class Resources(Values):
    """What a container is given, and what it may take."""

    requests: dict[str, Quantity] = Field(default_factory=dict, description="What it is given.")
    limits: dict[str, Quantity] = Field(default_factory=dict, description="What it may take.")


class PodSecurity(Values):
    """Whom Pods of the chart run under."""

    user: int | None = Field(
        default=1000, ge=1, description="Number of the user, never root's; null: as the platform says."
    )
    group: int | None = Field(
        default=1000, ge=1, description="Number of its group, which volumes are given to; null: as the platform says."
    )

    def context(self) -> dict[str, Any]:
        """Return the same as a Pod has it."""
        user = {} if self.user is None else {"runAsUser": self.user}
        group = {} if self.group is None else {"runAsGroup": self.group, "fsGroup": self.group}
        return {"runAsNonRoot": True, **user, **group, "seccompProfile": {"type": "RuntimeDefault"}}


class Switch(Values):
    """Something that is there or not."""

    enabled: bool = Field(default=True, description="Whether it is there.")


class ServiceAccount(Values):
    """A service account."""

    annotations: dict[str, str] = Field(default_factory=dict, description="Its annotations.")


class Placing(Values):
    """Where pods run."""

    node_selector: dict[str, str] = Field(default_factory=dict, description="Labels of the nodes for it.")
    tolerations: list[Object] = Field(default_factory=list, description="Taints of nodes that do not matter to it.")


class Component(Placing):
    """A pod of ours."""

    resources: Resources = Field(description="What it is given, and what it may take.")
    priority_class_name: str = Field(default="", description="Its PriorityClass.")
    affinity: Object = Field(default_factory=dict, description="Nodes and pods that it wants to be near to, or not.")
    pod_annotations: dict[str, str] = Field(default_factory=dict, description="More annotations of the pod.")
    pod_labels: dict[str, str] = Field(default_factory=dict, description="More labels of the pod.")


class LoneComponent(Component):
    """A pod of ours that is there once, and is missed while it is moved."""

    pod_disruption_budget: Switch = Field(
        default=Switch(), description="Draining its node waits until somebody moves it."
    )
