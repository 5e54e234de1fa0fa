"""The servers that people may start on a cluster, and the Pods that they would be. Pure."""

from typing import Any

from sardonyx_hub_config.cluster_check.installation import Installation
from sardonyx_hub_config.engines.kinds import PERSON, Server, kinds_of
from sardonyx_spawner.kube.manifest import PodServer, labels, pod

DECIDED = ("image", "cpu", "memory", "gpus", "home")
"""What counts for the cluster."""
PORT = 8888


def servers(installation: Installation) -> list[Server]:
    """Return all kinds of servers, each size of a profile once."""
    return [server for profile in installation.profiles for server in kinds_of(profile, DECIDED)]


def server_pod(server: Server, installation: Installation, name: str) -> dict[str, Any]:
    """Return the Pod that the hub would ask for, with a fresh home: none of the person's is there."""
    place = installation.place
    asked = PodServer(
        name=name, home="", port=PORT, labels=labels(place, PERSON), arguments=(), start="", shares_node=False
    )
    return pod(asked, server.plan, place, {})
