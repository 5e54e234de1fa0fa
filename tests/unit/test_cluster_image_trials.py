"""Whether nodes can fetch the images: judged by Pods, which are removed, whatever happens."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from kubernetes_asyncio.client import ApiException
from support.installations import an_installation

from sardonyx_hub_config.cluster_check import images
from sardonyx_hub_config.cluster_check.cluster import Cluster, UnseenError
from sardonyx_hub_config.cluster_check.images import judge_pod, not_tried, trial_pods, try_images
from sardonyx_hub_config.looks.findings import BAD, GOOD, NOTE

WAITING = {"status": {"phase": "Pending"}}


def a_pod(**state: Any) -> dict[str, Any]:
    """Return one whose container is in a state."""
    return {"status": {"containerStatuses": [{"state": state}]}}


def waits(reason: str, message: str = "") -> dict[str, Any]:
    """Return a Pod that waits for a reason."""
    return a_pod(waiting={"reason": reason, "message": message})


@pytest.mark.parametrize(
    "pod",
    [
        pytest.param(a_pod(running={}), id="runs"),
        pytest.param(a_pod(terminated={"exitCode": 0}), id="ran"),
        pytest.param(a_pod(terminated={"reason": "StartError", "exitCode": 128}), id="without such a program"),
        pytest.param(waits("CreateContainerConfigError", "image has non-numeric user"), id="of another user"),
    ],
)
def test_an_image_that_was_fetched_is_fine_whatever_is_in_it(pod: dict[str, Any]) -> None:
    """What is tried is whether nodes have it."""
    found = judge_pod("r/a:1", pod)

    assert found is not None
    assert (found.state, found.text) == (GOOD, "r/a:1 was fetched")


@pytest.mark.parametrize(
    "pod",
    [
        pytest.param(WAITING, id="no node yet"),
        pytest.param(waits("ContainerCreating"), id="being fetched"),
        pytest.param(waits("ErrImagePull"), id="tried again"),
    ],
)
def test_an_image_that_may_still_come_is_waited_for(pod: dict[str, Any]) -> None:
    """A node tries again by itself."""
    assert judge_pod("r/a:1", pod) is None


@pytest.mark.parametrize(
    ("reason", "message", "said"),
    [
        pytest.param("ImagePullBackOff", "401 Unauthorized", "The registry wants a password", id="password"),
        pytest.param("ImagePullBackOff", "r/a:1: not found", "Correct its name or tag, or push it there.", id="name"),
        pytest.param("ImagePullBackOff", "i/o timeout", "Look whether nodes reach that registry.", id="network"),
        pytest.param("ErrImageNeverPull", "", "No node has it, and the pull policy is Never", id="never"),
        pytest.param("InvalidImageName", "", "Correct its name.", id="no name"),
    ],
)
def test_an_image_that_cannot_be_fetched_is_said_with_what_to_do(reason: str, message: str, said: str) -> None:
    """In the node's words and in ours."""
    found = judge_pod("r/a:1", waits(reason, message))

    assert found is not None
    assert found.state == BAD
    assert found.text.startswith(f"r/a:1 cannot be fetched: {message or reason}. {said}")


def test_images_are_fetched_as_servers_and_hub_fetch_them() -> None:
    """On their nodes, with their passwords, and by a Pod that may do nothing."""
    settings = {
        "kubernetes": {
            "node_selector": {"pool": "users"},
            "image_pull_secrets": ["servers"],
            "image_pull_policy": "Always",
        }
    }
    hub, server = trial_pods(an_installation(settings, {"imagePullSecrets": [{"name": "hub"}]})).values()

    assert hub["spec"]["imagePullSecrets"] == [{"name": "hub"}]
    assert server["spec"]["imagePullSecrets"] == [{"name": "hub"}, {"name": "servers"}]
    assert server["spec"]["nodeSelector"] == {"pool": "users"}
    assert server["spec"]["containers"][0]["imagePullPolicy"] == "Always"
    assert server["spec"]["securityContext"]["runAsNonRoot"] is True
    assert server["spec"]["containers"][0]["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert hub["metadata"]["name"] != server["metadata"]["name"]


def test_an_image_is_fetched_on_nodes_of_the_profile_that_has_it() -> None:
    """Where those are others than the ones of all servers."""
    own = {"node_selector": {"pool": "deep"}, "tolerations": [{"key": "deep", "operator": "Exists"}]}
    profile = {"title": "Deep", "image": "registry.example/deep:1", "kubernetes": own}
    settings = {"kubernetes": {"node_selector": {"zone": "a"}}, "profiles": {"deep": profile}}
    server = trial_pods(an_installation(settings))["registry.example/deep:1"]

    assert server["spec"]["nodeSelector"] == {"zone": "a", "pool": "deep"}
    assert server["spec"]["tolerations"] == own["tolerations"]


def test_what_is_put_beside_servers_is_fetched_too() -> None:
    """Where there is something."""
    values = {"prePuller": {"enabled": True, "images": ["more:1"]}}

    assert [*trial_pods(an_installation(values=values))][1:] == [
        "registry.example/python:1",
        "more:1",
        "registry.k8s.io/pause:3.10",
    ]


def test_the_postgresql_of_the_chart_is_fetched_where_it_will_run() -> None:
    """As the values say it, and not as for servers."""
    image = {"repository": "registry.example/postgresql", "tag": "1", "pullPolicy": "Always"}
    values = {"postgresql": {"enabled": True, "image": image, "nodeSelector": {"pool": "core"}}}
    hub, postgresql, server = trial_pods(an_installation(values=values)).values()

    assert postgresql["spec"]["containers"][0]["image"] == "registry.example/postgresql:1"
    assert postgresql["spec"]["containers"][0]["imagePullPolicy"] == "Always"
    assert postgresql["spec"]["nodeSelector"] == {"pool": "core"}
    assert [each["spec"]["nodeSelector"] for each in (hub, server)] == [{}, {}]


def test_without_being_asked_no_image_is_tried() -> None:
    """They are listed."""
    found = not_tried(["hub:1", "python:1"])

    assert found.state == NOTE
    assert (
        found.text == "not tried: hub:1, python:1. With --images a Pod for each of them is started, and removed again."
    )


class Few:
    """A cluster in which Pods are as a test says, and which counts those that are left."""

    def __init__(self, look: Callable[[], Mapping[str, Any]]) -> None:
        self._look = look
        self.there: set[str] = set()

    @asynccontextmanager
    async def made(self, pod: Mapping[str, Any]) -> AsyncIterator[Callable[[], Awaitable[Mapping[str, Any]]]]:
        """Make one."""
        name = pod["metadata"]["name"]
        self.there.add(name)

        async def look() -> Mapping[str, Any]:
            return self._look()

        try:
            yield look
        finally:
            self.there.discard(name)


async def test_every_image_is_said_and_no_pod_is_left() -> None:
    """That of the hub first."""
    cluster = Few(lambda: a_pod(terminated={}))
    found = await try_images(cast("Cluster", cluster), an_installation())

    assert [each.text for each in found] == ["sardonyx/hub:0.1.0 was fetched", "registry.example/python:1 was fetched"]
    assert cluster.there == set()


async def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """An image that does not come is a note: it may be large."""
    monkeypatch.setattr(images, "PATIENCE_S", 0.0)
    cluster = Few(lambda: WAITING)
    found = await try_images(cast("Cluster", cluster), an_installation())

    assert {each.state for each in found} == {NOTE}
    assert "was not there after 0 minutes" in found[0].text
    assert cluster.there == set()


async def test_a_full_cluster_is_no_fault_of_an_image(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said in the words of the scheduler."""
    monkeypatch.setattr(images, "PLACE_S", -1.0)
    full = {
        "status": {"conditions": [{"type": "PodScheduled", "status": "False", "message": "0/1 nodes are available"}]}
    }
    (found, _other) = await try_images(cast("Cluster", Few(lambda: full)), an_installation())

    assert found.state == NOTE
    assert found.text.endswith("could not be tried, because no node has room now: 0/1 nodes are available")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(
            ApiException(status=403, reason="exceeded quota"), "could not be tried: exceeded quota", id="refused"
        ),
        pytest.param(
            UnseenError("you may not get pods"), "could not be tried: you may not get pods", id="without a right"
        ),
    ],
)
async def test_a_pod_that_cannot_be_had_is_a_note(error: Exception, said: str) -> None:
    """Nothing is known of the image then."""

    def fails() -> Mapping[str, Any]:
        raise error

    cluster = Few(fails)
    (found, _other) = await try_images(cast("Cluster", cluster), an_installation())

    assert (found.state, found.text.endswith(said)) == (NOTE, True)
    assert cluster.there == set()


async def test_who_gives_up_leaves_no_pod() -> None:
    """Ctrl-C is a cancelled task here."""
    cluster = Few(lambda: WAITING)
    trying = asyncio.create_task(try_images(cast("Cluster", cluster), an_installation()))
    await asyncio.sleep(0.05)
    left = len(cluster.there)
    trying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trying

    assert left == 2
    assert cluster.there == set()
