"""What a ready-made server is on the cluster: the Pod of an ordinary one, without anything of a person. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sardonyx_spawner import contract
from sardonyx_spawner.kube.group_volumes import mounted
from sardonyx_spawner.kube.manifest import START, PodServer, kind_labels, labels, pod
from sardonyx_spawner.kube.place import ClusterPlace
from sardonyx_spawner.plan import ServerPlan

READY_COMPONENT = "ready-made-server"
"""Value of the component's labels while a server waits: its ways in the network are those of no person's server."""
SHAPE = "sardonyx.org/shape"
"""Label with what tells servers apart that can stand for one another from those that cannot; it stays with a Pod."""
COMMAND = ("python", "-m", "sardonyx_singleuser.ready_made")
ANYWHERE = "0.0.0.0"  # noqa: S104 - in a Pod of its own, which only the hub reaches
COMPONENT_LABELS = ("component", "app.kubernetes.io/component")
"""KubeSpawner looks for the first, the chart's policies for the second."""
KEY = "key"
SAFE_TO_EVICT = "cluster-autoscaler.kubernetes.io/safe-to-evict"


def is_for(plan: ServerPlan, place: ClusterPlace) -> bool:
    """Tell whether a server can be made before it is wanted.

    Its home is fresh, it holds no GPU while it waits, and it has no volume of a class or team, which a Pod gets at its
    beginning or never.
    """
    return plan.home == "fresh" and not plan.gpus and bool(plan.image) and not mounted(plan, place)


def shape_of(plan: ServerPlan, place: ClusterPlace, port: int) -> str:
    """Return what is the same for all plans whose servers can stand for one another."""
    spec = ready_pod("", plan, place, port, shape="")["spec"]
    return hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:16]


def owner_of(pod: str, uid: str) -> list[dict[str, Any]]:
    """Return what belongs to a Pod is marked with, and goes with it; [] = there is none.

    Args:
        uid: of the Pod.
    """
    return [{"apiVersion": "v1", "kind": "Pod", "name": pod, "uid": uid}] if pod and uid else []


def ready_pod(
    name: str, plan: ServerPlan, place: ClusterPlace, port: int, *, shape: str, owner: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Return the Pod of a server that waits.

    Args:
        name: of Pod and Secret.
        plan: whoever's; nothing of it is taken but what kind of server it is.
        port: where it waits, and later answers.
        owner: the Pod of its hub, see `owner_of`.
    """
    told = {**labels(place), **dict.fromkeys(COMPONENT_LABELS, READY_COMPONENT), SHAPE: shape}
    made = pod(PodServer(name, home="", port=port, labels=told, arguments=()), plan, place, {})
    made["metadata"]["annotations"] = {SAFE_TO_EVICT: "true"}
    # Of which kind it is counts from when it is somebody's.
    made["metadata"]["labels"] = told
    if owner:
        made["metadata"]["ownerReferences"] = [*owner]
    spec = made["spec"]
    (container,) = spec["containers"]
    container["args"] = [*COMMAND, ANYWHERE, str(port)]
    container["env"] = [{"name": contract.READY_KEY, "valueFrom": {"secretKeyRef": {"name": name, "key": KEY}}}]
    container["volumeMounts"] = [each for each in container["volumeMounts"] if each["name"] != "plan"]
    spec["volumes"] = [each for each in spec["volumes"] if each["name"] != "plan"]
    return made


def key_secret(name: str, key: str, place: ClusterPlace, owner: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Return the Secret by which a server that waits knows its hub.

    Args:
        owner: the Pod of its hub, see `owner_of`: until there is a Pod that it can belong to.
    """
    told = {**labels(place), "app.kubernetes.io/component": READY_COMPONENT}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "labels": told, **({"ownerReferences": [*owner]} if owner else {})},
        "immutable": True,
        "stringData": {KEY: key},
    }


def claimed(told: Mapping[str, str], plan: ServerPlan, place: ClusterPlace, start: str) -> dict[str, Any]:
    """Return the change by which the Pod of a server that waits becomes that of a person's.

    Args:
        told: labels of the person and the server, among them what it is: `COMPONENT_LABELS`.
        start: what this start is known by.
    """
    return {
        "metadata": {
            # It goes on without this hub from now on.
            "ownerReferences": None,
            "labels": {**kind_labels(plan, place), **told},
            "annotations": {"sardonyx.org/summary": plan.summary, START: start, SAFE_TO_EVICT: None},
        }
    }
