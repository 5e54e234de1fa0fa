"""Starts of people's servers that do not get far, and what is left of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from support.cluster.place import Place
from support.waiting import soon

from sardonyx_spawner.kube.manifest import COMPONENT
from sardonyx_spawner.kube.place import ClusterPlace
from sardonyx_spawner.kube.ready_made.pod import COMPONENT_LABELS, ready_pod
from sardonyx_spawner.plan import ServerPlan

LOST = "This place was started again while your server started. Start it once more."


@contextmanager
def no_pods_for_servers(place: Place) -> Iterator[None]:
    """Let the cluster fail to take any Pod of a person's server: the hub asks again."""
    named = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration"}
    hook: dict[str, Any] = {
        "name": "nobody.sardonyx.test",
        "clientConfig": {"url": "https://127.0.0.1:1/"},
        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "operations": ["CREATE"]}],
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": place.namespace}},
        "objectSelector": {"matchLabels": {"app.kubernetes.io/component": "singleuser-server"}},
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "timeoutSeconds": 1,
    }
    place.cluster.apply({**named, "metadata": {"name": "nobody"}, "webhooks": [hook]})
    try:
        # The API server hears of it a moment later.
        tried = partial(
            place.kubectl, "create", "--dry-run=server", "-f", "-", given=handed_over(place, "tried"), fails=True
        )
        soon(lambda: hook["name"] in tried())
        yield
    finally:
        place.kubectl("delete", "validatingwebhookconfiguration", "nobody")


def is_left(place: Place, name: str, *kinds: str) -> bool:
    """Tell whether there is this of somebody's server, and nothing else."""
    selected = ("pod,secret", "--selector", f"hub.jupyter.org/username={name}")
    return sorted(each["kind"] for each in place.get(*selected)["items"]) == sorted(kinds)


def is_over(place: Place, name: str) -> bool:
    """Tell whether somebody has no server, as the hub says."""
    return not place.api("GET", f"users/{name}").json()["servers"]


def handed_over(place: Place, name: str) -> dict[str, Any]:
    """Return a Pod that waited and is marked as somebody's, whom no hub knows."""
    image = place.settings["profiles"]["fresh"]["image"]
    plan = ServerPlan("kite2345", "fresh", "Fresh", "Fresh", image=image, home="fresh")
    cluster = ClusterPlace(instance=place.name, image_pull_policy="Never")
    made = ready_pod(name, plan, cluster, 8888, shape="5f")
    made["metadata"]["labels"].update(dict.fromkeys(COMPONENT_LABELS, COMPONENT))
    return {**made, "apiVersion": "v1", "kind": "Pod"}
