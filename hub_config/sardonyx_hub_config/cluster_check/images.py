"""Whether nodes can fetch the images: a Pod for each, which does nothing and is removed again."""

import asyncio
import secrets
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from kubernetes_asyncio.client import ApiException

from sardonyx_hub_config.chart.parts import Component, Resources
from sardonyx_hub_config.chart.values import ChartValues
from sardonyx_hub_config.cluster_check.cluster import Cluster, ClusterAwayError, UnseenError
from sardonyx_hub_config.cluster_check.installation import Installation
from sardonyx_hub_config.cluster_check.rights import Right
from sardonyx_hub_config.cluster_check.servers import servers
from sardonyx_hub_config.cluster_check.trials import NAME, plain_pod
from sardonyx_hub_config.looks.findings import BAD, GOOD, NOTE, Finding
from sardonyx_spawner.kube.failures import NO_IMAGE
from sardonyx_spawner.kube.refusals import message_of
from sardonyx_spawner.kube.waiting import container_state, unplaced

Object = Mapping[str, Any]

ABOUT = "images"
FEW = Resources(requests={"cpu": "1m", "memory": "8Mi"}, limits={"cpu": "100m", "memory": "64Mi"})
PATIENCE_S, PLACE_S, TICK_S = 600.0, 30.0, 0.5
AT_ONCE = 4
RIGHTS = [Right("", "pods", verb) for verb in ("create", "get", "delete")]
"""What trying them takes."""


def not_tried(images: Sequence[str]) -> Finding:
    """Say which images nobody has tried."""
    return Finding(
        NOTE,
        ABOUT,
        f"not tried: {', '.join(images)}. With --images a Pod for each of them is started, and removed again.",
    )


def trial_pods(installation: Installation) -> dict[str, Object]:
    """Return a Pod for each image that nodes fetch."""
    place, own, values = installation.place, installation.hub_pull_secrets, installation.values
    suffix = secrets.token_hex(3)
    parts = {image: values.parts[name] for name, image in reversed(installation.part_images.items())}
    # A node that its servers may run on.
    bases = {server.plan.image: server.plan.base for server in reversed(servers(installation))}
    found: dict[str, Object] = {}
    for number, image in enumerate(installation.images):
        part = parts.get(image)
        used = tuple(dict.fromkeys((*own, *place.image_pull_secrets))) if part is None else own
        security = installation.values.pod_security
        pod = plain_pod(
            f"{NAME}-{suffix}-{number}", image, security, command=["true"], resources=FEW, pull_secrets=used
        )
        pod["spec"]["activeDeadlineSeconds"] = int(PATIENCE_S)
        where = place.of(bases.get(image, "")) if part is None else part
        pod["spec"]["nodeSelector"] = dict(where.node_selector)
        pod["spec"]["tolerations"] = [*map(dict, where.tolerations)]
        policy = place.image_pull_policy if part is None else _policy(values, part)
        if policy:
            pod["spec"]["containers"][0]["imagePullPolicy"] = policy
        found[image] = pod
    return found


def _policy(values: ChartValues, part: Component) -> str:
    return (values.postgresql if part is values.postgresql else values).image.pull_policy


def judge_pod(image: str, pod: Object) -> Finding | None:
    """Say whether the image was fetched, by the state of its Pod; None = nobody knows yet."""
    state = container_state(pod)
    waiting = state.get("waiting") or {}
    reason, message = str(waiting.get("reason", "")), str(waiting.get("message", ""))
    # The first time that it fails it may be the network for a moment; the node tries again, and says so.
    if reason in NO_IMAGE and reason != "ErrImagePull":
        return Finding(BAD, ABOUT, f"{image} cannot be fetched: {message or reason}. {_what_to_do(message, reason)}")
    # Whether there is a program of that name in it is another matter.
    if "running" in state or "terminated" in state or (reason and reason not in {"ContainerCreating", "ErrImagePull"}):
        return Finding(GOOD, ABOUT, f"{image} was fetched")
    return None


def _what_to_do(message: str, reason: str) -> str:
    said = message.lower()
    if reason == "ErrImageNeverPull":
        return "No node has it, and the pull policy is Never: bring it there, or write IfNotPresent."
    if reason == "InvalidImageName":
        return "Correct its name."
    if any(sign in said for sign in ("unauthorized", "authentication required", "denied", "401", "403")):
        return (
            "The registry wants a password: make a Secret for it (kubectl create secret docker-registry), and name it."
        )
    if any(sign in said for sign in ("not found", "manifest unknown", "404")):
        return "Correct its name or tag, or push it there."
    return "Look whether nodes reach that registry."


async def try_images(cluster: Cluster, installation: Installation) -> list[Finding]:
    """Let a node fetch each image."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(image: str, pod: Object) -> Finding:
        async with turns:
            return await _try(cluster, image, pod)

    with _ended_by_a_signal():
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(one(image, pod)) for image, pod in trial_pods(installation).items()]
    return [task.result() for task in running]


async def _try(cluster: Cluster, image: str, pod: Object) -> Finding:
    began = time.monotonic()
    try:
        async with cluster.made(pod) as look:
            while (passed := time.monotonic() - began) < PATIENCE_S:
                there = await look()
                found = judge_pod(image, there)
                if found is not None:
                    return found
                nowhere = unplaced(there)
                if nowhere is not None and passed > PLACE_S:
                    return Finding(NOTE, ABOUT, f"{image} could not be tried, because no node has room now: {nowhere}")
                await asyncio.sleep(TICK_S)
    except ApiException as error:
        return Finding(NOTE, ABOUT, f"{image} could not be tried: {message_of(error)}")
    except (UnseenError, ClusterAwayError) as error:
        return Finding(NOTE, ABOUT, f"{image} could not be tried: {error}")
    return Finding(
        NOTE, ABOUT, f"{image} was not there after {PATIENCE_S / 60:.0f} minutes. A large one takes its time."
    )


@contextmanager
def _ended_by_a_signal() -> Iterator[None]:
    """Let the end of this program be one that removes its Pods first, as Ctrl-C does."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    if task is not None:
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
