"""What is of somebody, or of a class or a team, on the cluster is deleted when all of them is, and only then."""

import asyncio
from pathlib import Path

from kubernetes_asyncio import config
from kubernetes_asyncio.client import ApiClient, ApiException, CoreV1Api

from sardonyx_spawner.kube.group_volumes import group_claim_name
from sardonyx_spawner.kube.homes import claim_name
from sardonyx_spawner.kube.place import ClusterPlace

NAMESPACE_FILE = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"
PATIENCE_S = 30.0
GONE = 404


def remove_home(person: str, place: ClusterPlace) -> None:
    """Delete the volume of somebody's home; called beside the hub's loop, for somebody of whom no server is left.

    Args:
        person: their id.

    Raises:
        ApiException: the cluster refuses.
        OSError: it does not answer.
    """
    asyncio.run(_remove(claim_name(person, place), own_namespace()))


def remove_group_volume(kind: str, group: str, instance: str) -> None:
    """Delete the volume of a class or a team, if there is one; called beside a loop, at the end of all that is theirs.

    A server that has it still, such as one on a machine that is out of reach, is what the cluster waits for then.

    Args:
        group: id of the class or team.
        instance: name of this installation.

    Raises:
        ApiException: the cluster refuses.
        OSError: it does not answer.
    """
    asyncio.run(_remove(group_claim_name(kind, group, instance), own_namespace()))


def own_namespace() -> str:
    """Return the namespace that this process runs in.

    Raises:
        OSError: it does not run on a cluster.
    """
    return Path(NAMESPACE_FILE).read_text().strip()


async def _remove(claim: str, namespace: str) -> None:
    config.load_incluster_config()  # type: ignore[no-untyped-call]  # kubernetes_asyncio is typed in part
    async with asyncio.timeout(PATIENCE_S), ApiClient() as client:
        try:
            await CoreV1Api(client).delete_namespaced_persistent_volume_claim(claim, namespace)
        except ApiException as error:
            if error.status != GONE:
                raise
