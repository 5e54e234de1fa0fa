"""Pods of servers that are nobody's as far as is known: what an earlier hub has left is taken away when a hub starts.

Such a one was handed over while its hub ended, or could not be ended while the cluster was away.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from kubespawner.clients import load_config, shared_client

from sardonyx_spawner.kube.cluster import Cluster
from sardonyx_spawner.kube.manifest import COMPONENT
from sardonyx_spawner.kube.refusals import AGAIN_S, AWAY

GRACE_S = 10
PATIENCE_S = 10.0
log = logging.getLogger(__name__)


async def clear_leftovers(namespace: str, instance: str, servers: Callable[[], Iterable[Any]]) -> None:
    """Take away what there is, as soon as the cluster answers.

    Args:
        instance: name of this installation.
        servers: returns the spawners of people's servers, of those that run or start.
    """
    load_config()
    api = shared_client("CoreV1Api")
    await once_it_answers(lambda: remove_lost(api, Cluster(api, namespace, PATIENCE_S), instance, servers))


async def remove_lost(api: Any, cluster: Cluster, instance: str, servers: Callable[[], Iterable[Any]]) -> None:
    """Do it now; see `clear_leftovers`.

    Raises:
        ApiException, ClientError, TimeoutError, OSError: the cluster refuses, or does not answer.
    """
    selected = f"app.kubernetes.io/instance={instance},app.kubernetes.io/component={COMPONENT}"
    there = await api.list_namespaced_pod(cluster.namespace, label_selector=selected)
    # After the look: one that was asked for meanwhile is known.
    known = {each.pod_name for each in servers()}
    for pod in (each.metadata for each in there.items):
        if pod.name not in known and not pod.deletion_timestamp:
            log.warning("Removing %s: it is nobody's server, an earlier hub has left it", pod.name)
            await cluster.remove_pod(pod.name, GRACE_S)


async def once_it_answers(ask: Callable[[], Awaitable[object]]) -> None:
    """Ask the cluster something until it answers, however long that takes."""
    while True:
        try:
            await ask()
        except AWAY as error:
            log.warning("The cluster does not answer yet: %r", error)
            await asyncio.sleep(AGAIN_S)
        else:
            return
