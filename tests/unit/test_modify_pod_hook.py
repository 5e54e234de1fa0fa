"""KubeSpawner's `modify_pod_hook`, for what no setting says: the cluster is asked for what it returns."""

from typing import Any

import pytest
from kubernetes_asyncio.client import V1ObjectMeta, V1Pod

from sardonyx_spawner.kube.manifest import PodServer, labels, pod
from sardonyx_spawner.kube.place import ClusterPlace
from sardonyx_spawner.kube.ready_made.stock import NONE_WAITS
from sardonyx_spawner.kube.spawner import SardonyxKubeSpawner
from sardonyx_spawner.plan import ServerPlan

PLACE = ClusterPlace(instance="lab")
PLAN = ServerPlan("kite2345", "python", "Python", "Python", image="lab/python:1", home="fresh")


class Asking(SardonyxKubeSpawner):
    """Asks nobody."""

    def _manifests(self, plan: ServerPlan, avoids: str = "") -> tuple[V1Pod, dict[str, Any]]:  # noqa: ARG002 - its shape
        made = pod(PodServer("lab-server-amina", "", 8888, labels(PLACE), ()), plan, PLACE, {})
        return V1Pod(metadata=V1ObjectMeta(**made["metadata"]), spec=made["spec"]), {}

    @property
    def _cluster(self) -> Any:
        return self

    async def make_secret(self, secret: dict[str, Any]) -> None:
        """Take the Secret."""

    async def _make_create_pod_request(self, pod: V1Pod, _patience_s: float) -> bool:
        self.asked = pod
        return True


def specification(made: V1Pod) -> dict[str, Any]:
    """Return the spec of a Pod, which hooks get as a dictionary."""
    assert isinstance(made.spec, dict)
    return made.spec


def beside(spawner: SardonyxKubeSpawner, made: V1Pod) -> V1Pod:
    """Add a container, as an operator would; what they read of the spawner is its person's."""
    assert isinstance(spawner, Asking)
    specification(made)["containers"].append({"name": "beside", "image": "lab/beside:1"})
    return made


async def later(spawner: SardonyxKubeSpawner, made: V1Pod) -> V1Pod:
    """Do the same where something has to be asked for first."""
    return beside(spawner, made)


@pytest.mark.parametrize("hook", [beside, later])
async def test_the_cluster_is_asked_for_what_the_hook_returns(monkeypatch: pytest.MonkeyPatch, hook: Any) -> None:
    """Beside all that Sardonyx has made."""
    monkeypatch.setattr("kubespawner.spawner.load_config", lambda *_, **__: None)
    monkeypatch.setattr("kubespawner.spawner.shared_client", lambda *_, **__: None)
    spawner = Asking(_mock=True, place=PLACE, modify_pod_hook=hook)
    await spawner._ask_for_pod(PLAN, NONE_WAITS, "")

    asked = specification(spawner.asked)
    assert [each["name"] for each in asked["containers"]] == ["notebook", "beside"]
    assert asked["automountServiceAccountToken"] is False
