"""The values of the Helm chart: what an operator of a cluster may write beside the settings."""

from typing import Annotated

from pydantic import Field, StringConstraints

from sardonyx_hub_config.chart.network import Gateway, Ingress, NetworkPolicy, ProxyService
from sardonyx_hub_config.chart.parts import (
    Component,
    Image,
    LoneComponent,
    Object,
    OptionalSecretKey,
    PodSecurity,
    Resources,
    SecretKey,
    ServiceAccount,
    Size,
    Storage,
    Values,
)
from sardonyx_hub_config.chart.postgresql import PostgresqlInside
from sardonyx_hub_config.settings.whole import Settings

SecretFileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"
VariableName = Annotated[str, StringConstraints(pattern=VARIABLE)]


class Hub(LoneComponent):
    """The hub and the services beside it: one pod."""

    storage: Storage = Field(default=Storage(), description="Its volume: keys, database, the embedded store.")
    check_settings: bool = Field(
        default=True,
        description="Look at the settings before each installation and upgrade; with faults, nothing is changed.",
    )
    move_database: bool = Field(
        default=False,
        description="Where a PostgreSQL has nobody yet, whoever is on this volume moves there when the hub starts the next time.",
    )
    resources: Resources = Field(
        default=Resources(requests={"cpu": "200m", "memory": "768Mi"}, limits={"memory": "2Gi"}),
        description="What it is given, and what it may take.",
    )
    service_account: ServiceAccount = Field(default=ServiceAccount(), description="Its service account.")
    extra_env: list[Object] = Field(default_factory=list, description="More environment variables.")
    extra_volumes: list[Object] = Field(
        default_factory=list, description="More volumes, such as a ConfigMap with *.py files for /etc/sardonyx/conf.d."
    )
    extra_volume_mounts: list[Object] = Field(default_factory=list, description="Where they are in the container.")


class Proxy(LoneComponent):
    """What people's browsers reach, and what passes them on."""

    service: ProxyService = Field(default=ProxyService(), description="Its Service.")
    token: OptionalSecretKey = Field(
        default=OptionalSecretKey(),
        description="What hub and proxy know each other by; without a Secret of yours it is made once and kept.",
    )
    resources: Resources = Field(
        default=Resources(requests={"cpu": "100m", "memory": "128Mi"}, limits={"memory": "512Mi"}),
        description="What it is given, and what it may take.",
    )


class Copies(Component):
    """The service that copies repositories for all servers, where the settings name any."""

    enabled: bool = Field(default=True, description="Whether there is one.")
    token: OptionalSecretKey = Field(
        default=OptionalSecretKey(),
        description="By what the hub signs what a server may ask it for; without a Secret of yours it is made once and kept.",
    )
    size: Size = Field(
        default="10Gi",
        description="How much of its node's disk copies take; those that nobody wanted for longest go first.",
    )
    resources: Resources = Field(
        default=Resources(requests={"cpu": "50m", "memory": "128Mi"}, limits={"memory": "1Gi"}),
        description="What it is given, and what it may take.",
    )
    extra_env: list[Object] = Field(
        default_factory=list, description="More environment variables, such as HTTPS_PROXY where forges are behind one."
    )
    extra_volumes: list[Object] = Field(default_factory=list, description="More volumes.")
    extra_volume_mounts: list[Object] = Field(default_factory=list, description="Where they are in the container.")


class PrePuller(Values):
    """Images of servers, fetched by each node before somebody waits for them."""

    enabled: bool = Field(default=False, description="Whether they are.")
    images: list[str] = Field(default_factory=list, description="More images than those that the settings name.")
    resources: Resources = Field(
        default=Resources(requests={"cpu": "1m", "memory": "8Mi"}, limits={"memory": "64Mi"}),
        description="What it is given, and what it may take.",
    )


class Pause(Values):
    """What does nothing, in a pod that only has to be there."""

    image: str = Field(default="registry.k8s.io/pause:3.10", min_length=1, description="Its image.")


class PriorityClass(Values):
    """A PriorityClass below that of servers."""

    create: bool = Field(default=False, description="Make one; that takes rights in the whole cluster.")
    name: str = Field(default="", description="Its name; empty, where one is made: that of the installation.")


class Placeholders(Values):
    """Room that is kept free for servers."""

    replicas: int = Field(default=0, ge=0, le=1000, description="For how many servers.")
    priority_class: PriorityClass = Field(
        default=PriorityClass(), description="Below 0, so that servers push them aside."
    )
    resources: Resources = Field(
        default=Resources(requests={"cpu": "1", "memory": "2Gi"}, limits={"memory": "2Gi"}),
        description="The size of a server.",
    )


class Scheduling(Values):
    """Room for servers."""

    placeholders: Placeholders = Field(default=Placeholders(), description="Room that is kept free.")


class ServiceMonitor(Values):
    """For the Prometheus operator."""

    enabled: bool = Field(default=False, description="Whether there is one.")
    interval: str = Field(default="60s", description="How often metrics are asked for.")
    labels: dict[str, str] = Field(default_factory=dict, description="Its labels, by which your Prometheus finds it.")


class Dashboard(Values):
    """For Grafana's sidecar."""

    enabled: bool = Field(default=False, description="Whether there is one.")
    labels: dict[str, str] = Field(
        default={"grafana_dashboard": "1"}, description="Its labels, by which your Grafana finds it."
    )


class Monitoring(Values):
    """Metrics."""

    from_: list[Object] = Field(
        default_factory=list, alias="from", description="Who asks for metrics, as peers of a NetworkPolicy."
    )
    token: OptionalSecretKey = Field(
        default=OptionalSecretKey(),
        description="By what hub and keys service know who asks; without a Secret of yours it is made once and kept.",
    )
    service_monitor: ServiceMonitor = Field(default=ServiceMonitor(), description="For the Prometheus operator.")
    dashboard: Dashboard = Field(default=Dashboard(), description="For Grafana's sidecar.")


class ChartValues(Values):
    """The values of the chart. Unknown ones are refused."""

    settings: Settings = Field(description="Settings of the place: a whole settings.yaml, as on one machine.")
    settings_file: str = Field(
        default="",
        description="The settings as text, in their own order: helm install --set-file settingsFile=settings.yaml."
        " It wins over settings.",
    )
    secret_files: dict[SecretFileName, SecretKey] = Field(
        default_factory=dict, description="Secrets that the settings name as {file: /etc/sardonyx/secrets/<name>}."
    )
    secret_env: dict[VariableName, SecretKey] = Field(
        default_factory=dict, description="Secrets that the settings name as {env: <name>}."
    )
    fullname_override: Annotated[str, StringConstraints(pattern=r"^([a-z]([a-z0-9-]*[a-z0-9])?)?$")] = Field(
        default="", description="The name of everything that is installed; empty: made from the name of the release."
    )
    image_pull_secrets: list[Object] = Field(
        default_factory=list,
        description="Secrets with passwords for registries, such as [{name: my-registry}]; those for servers are in the settings.",
    )
    pod_security: PodSecurity = Field(
        default=PodSecurity(), description="Whom Pods of the chart run under; that of servers is in the settings."
    )
    image: Image = Field(default=Image(), description="The image of hub, services and proxy.")
    hub: Hub = Field(default=Hub(), description="The hub and the services beside it.")
    proxy: Proxy = Field(default=Proxy(), description="What people's browsers reach.")
    copies: Copies = Field(
        default=Copies(),
        description="Copies of the repositories that profiles name, and of those of classes below settings.git.mirrored; it is"
        " there where the settings name any.",
    )
    postgresql: PostgresqlInside = Field(
        default=PostgresqlInside(),
        description="A PostgreSQL for people and the hub's tables, in the place of files on the hub's volume. One of yours is named in"
        " settings.database.url instead.",
    )
    ingress: Ingress = Field(default=Ingress(), description="A way from outside, by an Ingress.")
    gateway: Gateway = Field(default=Gateway(), description="A way from outside, by the Gateway API.")
    network_policy: NetworkPolicy = Field(default=NetworkPolicy(), description="What may reach what.")
    pre_puller: PrePuller = Field(default=PrePuller(), description="Images of servers, fetched ahead.")
    pause: Pause = Field(default=Pause(), description="What does nothing, in a pod that only has to be there.")
    scheduling: Scheduling = Field(default=Scheduling(), description="Room for servers.")
    monitoring: Monitoring = Field(default=Monitoring(), description="Metrics.")
    global_: Object = Field(default_factory=dict, alias="global", description="What a chart around this one shares.")

    @property
    def parts(self) -> dict[str, Component]:
        """The Pods of the chart that are always there: by the name of their section."""
        found: dict[str, tuple[Component, bool]] = {
            "hub": (self.hub, True),
            "proxy": (self.proxy, True),
            "copies": (self.copies, self.has_copies),
            "postgresql": (self.postgresql, self.postgresql.enabled),
        }
        return {name: part for name, (part, is_there) in found.items() if is_there}

    @property
    def has_copies(self) -> bool:
        """Whether repositories are copied."""
        named = any(profile.repositories for profile in self.settings.profiles.values())
        return self.copies.enabled and (named or bool(self.settings.git.mirrored))

    @property
    def volumes(self) -> dict[str, Storage]:
        """The volumes of those: by the name of their section."""
        found = {"hub": self.hub.storage}
        return {**found, "postgresql": self.postgresql.storage} if self.postgresql.enabled else found
