"""What a kubelet says of a Pod, and reads from it. Pure.

Source: Kubernetes API reference, Pod v1 and Event v1; what kubelet 1.36 writes for a Pod of one container.
"""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Object = Mapping[str, Any]


@dataclass(frozen=True)
class Variables:
    """The environment of a server, and what of it is in Secrets.

    Args:
        secret: name of a Secret -> {variable: key in it}.
    """

    plain: Mapping[str, str]
    secret: Mapping[str, Mapping[str, str]]


def path(pod: Object) -> str:
    """Return where a Pod is in the API."""
    return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"


def port(pod: Object) -> int:
    """Return the port on which the server in it listens."""
    return int(pod["spec"]["containers"][0]["ports"][0]["containerPort"])


def variables(pod: Object) -> Variables:
    """Return the environment that its container asks for."""
    plain: dict[str, str] = {}
    secret: dict[str, dict[str, str]] = {}
    for each in pod["spec"]["containers"][0].get("env") or ():
        source = each.get("valueFrom", {}).get("secretKeyRef")
        if source is None:
            plain[each["name"]] = str(each.get("value", ""))
        else:
            secret.setdefault(source["name"], {})[each["name"]] = source["key"]
    return Variables(plain, secret)


def decoded(secret: Object, key: str) -> str:
    """Return what a Secret says under a key; "" = nothing."""
    return b64decode(secret.get("data", {}).get(key, "")).decode()


def preparing(pod: Object) -> dict[str, Any]:
    """Return the status of a Pod whose container is being made."""
    waiting = {"waiting": {"reason": "ContainerCreating"}}
    return {
        "phase": "Pending",
        "startTime": _now(),
        "conditions": [_condition("PodReadyToStartContainers", met=False), *_conditions(ready=False)],
        "containerStatuses": [_container(pod, waiting, ready=False)],
    }


def running(pod: Object, address: str, host: str) -> dict[str, Any]:
    """Return the status of a Pod whose container runs.

    Args:
        address: of the Pod.
        host: that of its node.
    """
    state = {"running": {"startedAt": _now()}}
    return {
        "phase": "Running",
        "hostIP": host,
        "hostIPs": [{"ip": host}],
        "podIP": address,
        "podIPs": [{"ip": address}],
        "conditions": [_condition("PodReadyToStartContainers", met=True), *_conditions(ready=True)],
        "containerStatuses": [_container(pod, state, ready=True)],
    }


def event(pod: Object, reason: str, message: str) -> dict[str, Any]:
    """Return an event about a Pod."""
    about, now = pod["metadata"], _now()
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"generateName": f"{about['name']}.", "namespace": about["namespace"]},
        "involvedObject": {
            "apiVersion": "v1",
            "kind": "Pod",
            "name": about["name"],
            "namespace": about["namespace"],
            "uid": about["uid"],
            "fieldPath": f"spec.containers{{{pod['spec']['containers'][0]['name']}}}",
        },
        "reason": reason,
        "message": message,
        "type": "Normal",
        "count": 1,
        "firstTimestamp": now,
        "lastTimestamp": now,
        "source": {"component": "kubelet", "host": pod["spec"]["nodeName"]},
    }


def _conditions(*, ready: bool) -> list[dict[str, Any]]:
    found = [_condition("Initialized", met=True)]
    return found + [_condition(kind, met=ready) for kind in ("ContainersReady", "Ready")]


def _condition(kind: str, *, met: bool) -> dict[str, Any]:
    return {"type": kind, "status": str(met), "lastTransitionTime": _now()}


def _container(pod: Object, state: Mapping[str, Any], *, ready: bool) -> dict[str, Any]:
    spec = pod["spec"]["containers"][0]
    return {
        "name": spec["name"],
        "image": spec["image"],
        "imageID": spec["image"] if ready else "",
        "ready": ready,
        "started": ready,
        "restartCount": 0,
        "state": state,
    }


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
