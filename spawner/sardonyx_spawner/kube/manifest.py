"""From a plan to what the cluster is asked for: a Pod and a Secret. Pure: nothing is asked here.

Source: Kubernetes API reference, Pod v1; Pod Security Standards, "restricted".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sardonyx_spawner import contract
from sardonyx_spawner.kube.group_volumes import pod_mounts, pod_volumes
from sardonyx_spawner.kube.place import ClusterPlace
from sardonyx_spawner.kube.place_volumes import place_mounts, place_volumes
from sardonyx_spawner.plan import ServerPlan

CONTAINER = "notebook"
"""KubeSpawner looks for a container of this name, and for a port of that one."""
PORT_NAME = "notebook-port"
COMMAND = ("python", "-m", "sardonyx_singleuser")
HOME = "/home/jovyan"
RUN = "/run/sardonyx"
TOKEN_FILE = f"{RUN}/{contract.TOKEN_FILE_NAME}"
PLAN_FOLDER = "/etc/sardonyx"
PLAN_FILE = f"{PLAN_FOLDER}/{contract.PLAN_FILE}"
TOOLS = "/opt/tools"
SECRET_VARIABLES = ("JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN")
"""What of a server's environment is read from its Secret: whoever may look at Pods does not see it."""
PERSON = "sardonyx.org/person"
START = "sardonyx.org/start"
"""Annotation that tells one start from another: a Pod of an earlier one may still be known under the same name."""
PROFILE, BASE = "sardonyx.org/profile", "sardonyx.org/base-profile"
"""Labels with what a server is: the slug of a class or of an operator's profile, and that of the operator's profile."""
COMPONENT = "singleuser-server"
RUN_SIZE = 16 << 20
OURS = frozenset(
    {
        "containers",
        "volumes",
        "restartPolicy",
        "automountServiceAccountToken",
        "enableServiceLinks",
        "securityContext",
        "imagePullSecrets",
        "nodeSelector",
        "tolerations",
        "priorityClassName",
        "affinity",
        "serviceAccountName",
        "hostNetwork",
        "hostPID",
        "hostIPC",
    }
)
"""What of a Pod's spec is decided here, or would open the node."""


@dataclass(frozen=True)
class PodServer:
    """One server, as the cluster knows it.

    Args:
        name: of its Pod.
        home: name of the volume claim; "" = a fresh home.
        labels: of the person and the server.
        arguments: for the single-user server.
        start: what this start is known by.
        shares_node: it runs where other servers of its person do: they have the same volume.
        avoids: name of a node that another one is better than; "" = none is known.
        secret: name of its Secret; "" = the Pod's.
    """

    name: str
    home: str
    port: int
    labels: Mapping[str, str]
    arguments: tuple[str, ...]
    start: str = ""
    shares_node: bool = False
    avoids: str = ""
    secret: str = ""

    @property
    def secret_name(self) -> str:
        """The name of its Secret."""
        return self.secret or self.name


def labels(place: ClusterPlace, person: str = "") -> dict[str, str]:
    """Return what is on everything that belongs to a person's servers, or to nobody's in particular."""
    found = {
        "app.kubernetes.io/name": "sardonyx",
        "app.kubernetes.io/instance": place.instance,
        "app.kubernetes.io/managed-by": "kubespawner",
    }
    return {**found, PERSON: person} if person else found


def kind_labels(plan: ServerPlan, place: ClusterPlace) -> dict[str, str]:
    """Return the labels by which a server is of its kind: for the network's policies, and for whoever counts."""
    return {**place.of(plan.base).labels, PROFILE: plan.profile, BASE: plan.base}


def split_secrets(variables: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the variables that anybody may see who looks at Pods, and those that nobody may."""
    secret = {name: value for name, value in variables.items() if name in SECRET_VARIABLES}
    return {name: value for name, value in variables.items() if name not in secret}, secret


def secret(server: PodServer, plan_text: str, secrets: Mapping[str, str]) -> dict[str, Any]:
    """Return the Secret of a server: its plan, and the variables that nobody else may see."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": server.secret_name, "labels": dict(server.labels)},
        "immutable": True,
        "stringData": {contract.PLAN_FILE: plan_text, **secrets},
    }


def pod(server: PodServer, plan: ServerPlan, place: ClusterPlace, variables: Mapping[str, str]) -> dict[str, Any]:
    """Return the Pod of a server.

    Args:
        variables: its environment without secrets.
    """
    place = place.of(plan.base)
    spec: dict[str, Any] = {
        "containers": [_container(server, plan, place, variables)],
        "volumes": _volumes(server, place, plan),
        # A server that ended is over: its person starts a new one, which gets a token of its own.
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 10,
        "securityContext": _pod_security(place),
    }
    optional = {
        "imagePullSecrets": [{"name": name} for name in place.image_pull_secrets],
        "nodeSelector": dict(place.node_selector),
        "tolerations": [*map(dict, place.tolerations), *_gpu_tolerations(plan, place)],
        "priorityClassName": place.priority_class,
        "affinity": {
            **(_beside_others(server) if server.shares_node else {}),
            **(_elsewhere(server.avoids) if server.avoids else {}),
        },
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": server.name,
            "labels": {**kind_labels(plan, place), **server.labels},
            "annotations": {"sardonyx.org/summary": plan.summary, START: server.start},
        },
        "spec": {**spec, **{name: value for name, value in optional.items() if value}, **place.pod},
    }


def _container(
    server: PodServer, plan: ServerPlan, place: ClusterPlace, variables: Mapping[str, str]
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": CONTAINER,
        "image": plan.image,
        # Arguments, and no command: an image may have an entry point of its own, such as tini.
        "args": [*COMMAND, *server.arguments],
        "env": [
            *({"name": name, "value": value} for name, value in sorted(variables.items())),
            *(
                {"name": key, "valueFrom": {"secretKeyRef": {"name": server.secret_name, "key": key, "optional": True}}}
                for key in SECRET_VARIABLES
            ),
        ],
        "ports": [{"name": PORT_NAME, "containerPort": server.port}],
        "resources": _resources(plan, place),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": place.read_only_root,
        },
        "volumeMounts": [
            {"name": "home", "mountPath": HOME},
            {"name": "plan", "mountPath": PLAN_FOLDER, "readOnly": True},
            {"name": "run", "mountPath": RUN},
            {"name": "temporary", "mountPath": "/tmp"},  # noqa: S108 - of the server alone
            {"name": "shared-memory", "mountPath": "/dev/shm"},  # noqa: S108 - the same
            *pod_mounts(plan, place),
            *place_mounts(place),
        ],
        "workingDir": HOME,
    }
    if place.image_pull_policy:
        found["imagePullPolicy"] = place.image_pull_policy
    return found


def _volumes(server: PodServer, place: ClusterPlace, plan: ServerPlan) -> list[dict[str, Any]]:
    kept = {"persistentVolumeClaim": {"claimName": server.home}}
    fresh = {"emptyDir": {"sizeLimit": str(place.with_homes_of(plan.home_size).homes.size)}}
    items = [{"key": contract.PLAN_FILE, "path": contract.PLAN_FILE}]
    # Memory, so it counts as what the server uses: as much as it has, as on a machine of its own.
    shared = {"medium": "Memory", **({"sizeLimit": str(plan.memory)} if plan.memory else {})}
    return [
        {"name": "home", **(kept if server.home else fresh)},
        {"name": "plan", "secret": {"secretName": server.secret_name, "items": items, "defaultMode": 0o440}},
        {"name": "run", "emptyDir": {"medium": "Memory", "sizeLimit": str(RUN_SIZE)}},
        {"name": "temporary", "emptyDir": {"sizeLimit": str(place.temporary_size)}},
        {"name": "shared-memory", "emptyDir": shared},
        *pod_volumes(plan, place),
        *place_volumes(place),
    ]


def _resources(plan: ServerPlan, place: ClusterPlace) -> dict[str, Any]:
    limits: dict[str, str] = {}
    requests: dict[str, str] = {}
    if plan.cpu:
        limits["cpu"], requests["cpu"] = _cores(plan.cpu), _cores(plan.cpu * place.cpu_requests)
    if plan.memory:
        limits["memory"], requests["memory"] = str(plan.memory), str(int(plan.memory * place.memory_requests))
    if plan.gpus:
        limits[place.gpu_resource] = requests[place.gpu_resource] = str(plan.gpus)
    return {name: amounts for name, amounts in (("limits", limits), ("requests", requests)) if amounts}


def _cores(cpu: float) -> str:
    return f"{max(1, round(cpu * 1000))}m"


def _pod_security(place: ClusterPlace) -> dict[str, Any]:
    return {
        "runAsNonRoot": True,
        **({} if place.user is None else {"runAsUser": place.user}),
        **({} if place.group is None else {"runAsGroup": place.group, "fsGroup": place.group}),
        # Else a large home is walked through at each start, which takes a minute or two.
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def _gpu_tolerations(plan: ServerPlan, place: ClusterPlace) -> list[dict[str, Any]]:
    """Return what lets a server onto nodes that are kept for GPUs; the usual taint has the resource's name."""
    return [{"key": place.gpu_resource, "operator": "Exists", "effect": "NoSchedule"}] if plan.gpus else []


def _beside_others(server: PodServer) -> dict[str, Any]:
    names = ("app.kubernetes.io/instance", PERSON)
    term = {
        "labelSelector": {"matchLabels": {name: server.labels[name] for name in names}},
        "topologyKey": "kubernetes.io/hostname",
    }
    return {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


def _elsewhere(node: str) -> dict[str, Any]:
    # Rather than nowhere, on that one: it may be the only one, and only slow.
    other = {"matchFields": [{"key": "metadata.name", "operator": "NotIn", "values": [node]}]}
    return {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "preference": other}]}}
