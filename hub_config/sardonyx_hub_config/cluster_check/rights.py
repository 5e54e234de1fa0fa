"""What somebody has to be allowed who installs the chart: by what it renders, and by what the hub is given. Pure.

Source: Kubernetes documentation, "Using RBAC Authorization", restrictions on role creation or update.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sardonyx_hub_config.chart.parts import LoneComponent
from sardonyx_hub_config.chart.values import ChartValues
from sardonyx_hub_config.looks.findings import BAD, GOOD, Finding
from sardonyx_spawner.kube.rights import RIGHTS

ABOUT = "rights"
RBAC = "rbac.authorization.k8s.io"
KINDS = {
    "ServiceAccount": ("", "serviceaccounts"),
    "Role": (RBAC, "roles"),
    "RoleBinding": (RBAC, "rolebindings"),
    "Deployment": ("apps", "deployments"),
    "StatefulSet": ("apps", "statefulsets"),
    "DaemonSet": ("apps", "daemonsets"),
    "Job": ("batch", "jobs"),
    "Service": ("", "services"),
    "ConfigMap": ("", "configmaps"),
    "Secret": ("", "secrets"),
    "PersistentVolumeClaim": ("", "persistentvolumeclaims"),
    "NetworkPolicy": ("networking.k8s.io", "networkpolicies"),
    "PodDisruptionBudget": ("policy", "poddisruptionbudgets"),
    "Ingress": ("networking.k8s.io", "ingresses"),
    "HTTPRoute": ("gateway.networking.k8s.io", "httproutes"),
    "ServiceMonitor": ("monitoring.coreos.com", "servicemonitors"),
    "CiliumNetworkPolicy": ("cilium.io", "ciliumnetworkpolicies"),
    "PriorityClass": ("scheduling.k8s.io", "priorityclasses"),
}
"""What the chart may render -> its group, and what rules of a Role call it."""
OF_THE_CLUSTER = {"PriorityClass"}
"""Kinds that are in no namespace."""
CHANGES = ("get", "create", "patch", "delete")
OF_HOOKS = {"Job": ("get", "list", "watch", "create", "delete")}
"""Kinds that Helm makes anew each time, and waits for -> what it does with them."""
OF_OTHERS = {
    "gateway.networking.k8s.io": "The Gateway API is not installed there, and gateway.enabled is true.",
    "monitoring.coreos.com": "The Prometheus operator is not installed there, and monitoring.serviceMonitor.enabled is true.",
    "cilium.io": "Cilium is not its network plugin, and networkPolicy.cilium is true.",
}
"""Groups of kinds that Kubernetes does not have by itself -> what is said where one is missing."""


@dataclass(frozen=True, order=True)
class Right:
    """Something that may be done, in the words of Kubernetes.

    Args:
        resource: "pods", or "pods/log" for a part of them.
        of_the_cluster: it is asked for in no namespace.
    """

    group: str
    resource: str
    verb: str
    of_the_cluster: bool = False

    @property
    def named(self) -> str:
        """The resource, with its group: "deployments.apps"."""
        return f"{self.resource}.{self.group}" if self.group else self.resource


def kinds(values: ChartValues) -> list[str]:
    """Return what the chart renders with these values."""
    hub, network, room = values.hub, values.network_policy, values.scheduling.placeholders
    is_there = {
        "StatefulSet": values.postgresql.enabled,
        "DaemonSet": values.pre_puller.enabled,
        "Job": hub.check_settings,
        "PersistentVolumeClaim": any(not storage.existing_claim for storage in values.volumes.values()),
        "NetworkPolicy": network.enabled,
        "PodDisruptionBudget": any(
            part.pod_disruption_budget.enabled for part in values.parts.values() if isinstance(part, LoneComponent)
        ),
        "Ingress": values.ingress.enabled,
        "HTTPRoute": values.gateway.enabled,
        "ServiceMonitor": values.monitoring.service_monitor.enabled,
        "CiliumNetworkPolicy": network.enabled and network.cilium,
        "PriorityClass": bool(room.replicas) and room.priority_class.create,
    }
    return [kind for kind in KINDS if is_there.get(kind, True)]


def to_install(values: ChartValues) -> list[Right]:
    """Return what Helm does with the chart: installs, upgrades and removes it, and waits for it."""
    found = [
        Right(*KINDS[kind], verb, of_the_cluster=kind in OF_THE_CLUSTER)
        for kind in kinds(values)
        for verb in OF_HOOKS.get(kind, CHANGES)
    ]
    # Where Helm keeps what it knows of a release.
    found += [Right("", "secrets", verb) for verb in ("list", "update")]
    # By them Helm sees whether a Deployment is through.
    found.append(Right("apps", "replicasets", "list"))
    if values.hub.check_settings:
        # What the job has found is printed.
        found += [Right("", "pods", "list"), Right("", "pods/log", "get")]
    return found


def to_give() -> list[Right]:
    """Return what the hub gets: one gives only rights that one has."""
    return [Right("", resource, verb) for resource, verbs in RIGHTS.items() for verb in verbs]


def to_give_any() -> list[Right]:
    """Return by what somebody gives rights who has them not."""
    return [Right(RBAC, "roles", verb) for verb in ("escalate", "bind")]


def judge(namespace: str, values: ChartValues, missing: Collection[Right]) -> Iterator[Finding]:
    """Say what somebody lacks who is to install the chart.

    Args:
        missing: what of all that is above they may not do.
    """
    install = [right for right in dict.fromkeys(to_install(values)) if right in missing]
    if of_namespace := [right for right in install if not right.of_the_cluster]:
        yield Finding(
            BAD,
            ABOUT,
            f"you may not {_said(of_namespace)} in the namespace {namespace}, which helm install does. Whoever may gives you"
            f" the role admin there: kubectl create rolebinding NAME --clusterrole=admin --user=YOU --namespace={namespace}",
        )
    if of_cluster := [right for right in install if right.of_the_cluster]:
        yield Finding(
            BAD,
            ABOUT,
            f"you may not {_said(of_cluster)} in the cluster. Name a PriorityClass that is there in"
            " scheduling.placeholders.priorityClass.name, or keep no room: scheduling.placeholders.replicas: 0.",
        )
    give = [right for right in to_give() if right in missing]
    if give and any(right in missing for right in to_give_any()):
        yield Finding(
            BAD,
            ABOUT,
            f"you may not give the hub its Role, because you yourself may not {_said(give)} in the namespace {namespace},"
            " and one gives only rights that one has. The role admin of a namespace has them.",
        )
    elif not install:
        yield Finding(GOOD, ABOUT, f"you may do in the namespace {namespace} what helm install does")


def judge_groups(values: ChartValues, groups: Collection[str]) -> Iterator[Finding]:
    """Say what the chart is told to make that this cluster does not know.

    Args:
        groups: of its API.
    """
    for group in dict.fromkeys(KINDS[kind][0] for kind in kinds(values)):
        if group in OF_OTHERS and group not in groups:
            yield Finding(BAD, "cluster", f"it has no {group}. {OF_OTHERS[group]} Install it, or write false.")


def _said(rights: Collection[Right]) -> str:
    by_resource: dict[str, list[str]] = {}
    for right in rights:
        by_resource.setdefault(right.named, []).append(right.verb)
    return ", ".join(f"{'/'.join(verbs)} {resource}" for resource, verbs in by_resource.items())
