"""The values of the Helm chart about the network: ways from outside, and what may reach what."""

from typing import Literal

from pydantic import Field

from sardonyx_hub_config.chart.parts import Network, Object, Port, Values

PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7", "fe80::/10"]


class ProxyService(Values):
    """The Service that people's browsers reach, directly or by an Ingress or a Gateway."""

    type: Literal["ClusterIP", "NodePort", "LoadBalancer"] = Field(default="ClusterIP", description="Its type.")
    port: Port = Field(default=80, description="Its port.")
    node_port: Port | None = Field(default=None, description="The port of nodes; null: Kubernetes chooses one.")
    annotations: dict[str, str] = Field(default_factory=dict, description="Its annotations.")
    load_balancer_class: str | None = Field(default=None, description="Which load balancer it is for.")
    load_balancer_source_ranges: list[Network] = Field(
        default_factory=list, description="Networks that may reach it; empty: all."
    )


class IngressTls(Values):
    """The certificate of an Ingress."""

    enabled: bool = Field(default=False, description="Whether there is one.")
    secret_name: str = Field(default="", description="The Secret that has it; empty: the name of everything with -tls.")
    issuer: str = Field(default="", description="The issuer of cert-manager that puts one there; empty: you do.")
    issuer_kind: Literal["ClusterIssuer", "Issuer"] = Field(default="ClusterIssuer", description="Its kind.")


class Ingress(Values):
    """A way from outside, by an Ingress."""

    enabled: bool = Field(default=False, description="Whether there is one.")
    class_name: str = Field(default="", description="Its class; empty: the cluster's usual one.")
    annotations: dict[str, str] = Field(default_factory=dict, description="Its annotations.")
    hosts: list[str] = Field(default_factory=list, description="Its hosts; empty: that of settings.web.public_url.")
    tls: IngressTls = Field(default=IngressTls(), description="Its certificate.")


class Gateway(Values):
    """A way from outside, by an HTTPRoute of the Gateway API."""

    enabled: bool = Field(default=False, description="Whether there is one.")
    annotations: dict[str, str] = Field(default_factory=dict, description="Its annotations.")
    hostnames: list[str] = Field(default_factory=list, description="Its hosts; empty: that of settings.web.public_url.")
    parent_refs: list[Object] = Field(default_factory=list, description="Its Gateways.")
    timeouts: dict[str, str] = Field(default_factory=dict, description="Its timeouts, such as {request: 0s}.")


class Dns(Values):
    """Where names are looked up."""

    to: list[Object] = Field(
        default=[
            {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}},
            {"ipBlock": {"cidr": "169.254.20.10/32"}},
        ],
        description="Peers of a NetworkPolicy.",
    )
    ports: list[Port] = Field(default=[53], description="Their ports.")


class ProxyNetwork(Values):
    """Who reaches the proxy."""

    from_: list[Object] = Field(
        default_factory=list, alias="from", description="Peers of a NetworkPolicy; empty: everybody."
    )


class HubNetwork(Values):
    """Who reaches the hub, and what it reaches."""

    from_: list[Object] = Field(default_factory=list, alias="from", description="More peers that reach the hub.")
    not_to: list[Network] = Field(
        default=["169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128"], description="Networks that it does not reach."
    )
    egress: list[Object] = Field(default_factory=list, description="More rules of a NetworkPolicy.")


class CopiesNetwork(Values):
    """What the service of copies reaches."""

    not_to: list[Network] = Field(
        default=PRIVATE,
        description="Networks that it does not reach: private ones, and the addresses of clouds for machines.",
    )
    egress: list[Object] = Field(
        default_factory=list,
        description="More rules of a NetworkPolicy, such as one for a forge in your own network.",
    )


class UserNetwork(Values):
    """What servers of people reach."""

    not_to: list[Network] = Field(
        default=PRIVATE,
        description="Networks that they do not reach: private ones, and the addresses of clouds for machines."
        " Add those of your nodes and of your Kubernetes API where they are public.",
    )
    outside: bool = Field(default=True, description="Whether they reach the outside.")
    egress: list[Object] = Field(
        default_factory=list,
        description="More rules of a NetworkPolicy, such as one for a data store or a Vault in your own network.",
    )


class NetworkPolicy(Values):
    """What may reach what: nothing, beyond what is said here."""

    enabled: bool = Field(default=True, description="Whether there are policies.")
    cilium: bool = Field(
        default=False,
        description="Whether the cluster's network plugin is Cilium, which needs a policy of its own to let the hub reach the"
        " Kubernetes API.",
    )
    dns: Dns = Field(default=Dns(), description="Where names are looked up.")
    proxy: ProxyNetwork = Field(default=ProxyNetwork(), description="Who reaches the proxy.")
    hub: HubNetwork = Field(default=HubNetwork(), description="Who reaches the hub, and what it reaches.")
    copies: CopiesNetwork = Field(default=CopiesNetwork(), description="What the service of copies reaches.")
    singleuser: UserNetwork = Field(default=UserNetwork(), description="What servers of people reach.")
