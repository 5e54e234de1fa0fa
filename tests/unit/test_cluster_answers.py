"""What is asked of a cluster, and how its answers are taken: with an API that answers what a test says."""

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import ClientConnectionError
from kubernetes_asyncio.client import ApiException

from sardonyx_spawner.kube import refusals
from sardonyx_spawner.kube.cluster import Cluster
from sardonyx_spawner.kube.refusals import asked
from sardonyx_spawner.kube.refusals import refusals as refusing
from sardonyx_spawner.kube.tale import Tale
from sardonyx_spawner.spawner import StartRefusedError

CLAIM = {
    "metadata": {"name": "lab-home-kite2345"},
    "spec": {"resources": {"requests": {"storage": str(10 << 30)}}},
}


class Api:
    """An API that fails as it is told to, and remembers what it was asked.

    Args:
        fails: name of a call -> the statuses that its first calls fail with.
        there: the claim that is there.
    """

    def __init__(self, fails: Mapping[str, list[int]], there: Mapping[str, Any] | None = None) -> None:
        self._fails = {name: [*statuses] for name, statuses in fails.items()}
        self.asked: list[str] = []
        self.there = there
        self.api_client = SimpleNamespace(sanitize_for_serialization=lambda found: found)

    def __getattr__(self, name: str) -> Any:
        async def call(*_what: Any) -> Any:
            self.asked.append(name)
            if self._fails.get(name):
                raise ApiException(status=self._fails[name].pop(0), reason="no")
            return self.there

        return call


def a_claim(size: str) -> dict[str, Any]:
    """Return a claim that is there."""
    return {"spec": {"resources": {"requests": {"storage": size}}}}


async def test_a_home_is_made_once() -> None:
    """The first time."""
    api = Api({})
    await Cluster(api, "lab", 1).get_claim(CLAIM)
    assert api.asked == ["create_namespaced_persistent_volume_claim"]


@pytest.mark.parametrize("status", [409, 403])
async def test_a_home_that_is_there_is_taken_even_over_a_quota(status: int) -> None:
    """A quota is looked at before whether it is there."""
    api = Api({"create_namespaced_persistent_volume_claim": [status]}, a_claim("10Gi"))
    await Cluster(api, "lab", 1).get_claim(CLAIM)
    assert api.asked[-1] == "read_namespaced_persistent_volume_claim"


async def test_a_quota_that_keeps_a_home_from_being_made_is_what_is_said() -> None:
    """Not that there is no home."""
    fails = {"create_namespaced_persistent_volume_claim": [403], "read_namespaced_persistent_volume_claim": [404]}
    with pytest.raises(ApiException) as caught:
        await Cluster(Api(fails), "lab", 1).get_claim(CLAIM)
    assert caught.value.status == 403


async def test_a_home_that_cannot_grow_is_still_a_home() -> None:
    """Its storage class may not let it."""
    fails = {"create_namespaced_persistent_volume_claim": [409], "patch_namespaced_persistent_volume_claim": [403]}
    api = Api(fails, a_claim("5Gi"))
    await Cluster(api, "lab", 1).get_claim(CLAIM)
    assert api.asked[-1] == "patch_namespaced_persistent_volume_claim"


async def test_a_secret_that_is_left_is_put_out_of_the_way() -> None:
    """Of a start that no hub saw the end of; what is in it opens nothing any more."""
    api = Api({"create_namespaced_secret": [409]})
    await Cluster(api, "lab", 1).make_secret({"metadata": {"name": "lab-server-amina"}})
    assert api.asked == ["create_namespaced_secret", "delete_namespaced_secret", "create_namespaced_secret"]


async def test_a_cluster_that_is_away_is_asked_again_and_its_person_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It starts anew, or has too much to do."""
    monkeypatch.setattr(refusals, "AGAIN_S", 0)
    api, tale = Api({"list_namespaced_pod": [503, 429]}), Tale()

    await asked(lambda: api.list_namespaced_pod("lab"), tale)

    assert len(api.asked) == 3
    assert [event["message"] for event in tale.events] == ["The cluster does not answer at the moment. Trying again"]


async def test_a_cluster_that_stays_away_is_not_asked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its person gets an answer."""
    monkeypatch.setattr(refusals, "AGAIN_S", 0)

    async def away() -> None:
        raise ClientConnectionError("connection refused")

    with pytest.raises(StartRefusedError) as caught, refusing("amina:"):
        await asked(away, Tale(), patience_s=0)

    assert caught.value.jupyterhub_message == "The cluster does not answer at the moment. Try again in a minute."


async def test_an_api_server_that_does_not_know_yet_who_may_what_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It answers so for a moment when it has just started."""
    monkeypatch.setattr(refusals, "AGAIN_S", 0)
    said = 'pods is forbidden: User "system:serviceaccount:lab:lab-hub" cannot create resource "pods" in API group ""'
    refused = ApiException(status=403, reason="Forbidden")
    refused.body = json.dumps({"message": said}).encode()
    answers = [refused]

    async def ask() -> str:
        if answers:
            raise answers.pop()
        return "made"

    assert await asked(ask, Tale()) == "made"


async def test_a_role_that_was_taken_away_is_not_asked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is for the people who run the place."""
    monkeypatch.setattr(refusals, "RIGHTS_S", 0)
    refused = ApiException(status=403, reason="Forbidden")
    refused.body = json.dumps({"message": 'User "x" cannot create resource "pods"'}).encode()

    async def ask() -> None:
        raise refused

    with pytest.raises(StartRefusedError) as caught, refusing("amina:"):
        await asked(ask, Tale())
    assert "Ask the people who run this place" in caught.value.jupyterhub_message


async def test_a_refusal_is_not_asked_again() -> None:
    """It would be the same; and what the cluster said is in the log alone."""
    api = Api({"create_namespaced_pod": [422]})
    with pytest.raises(StartRefusedError) as caught, refusing("amina:"):
        await asked(lambda: api.create_namespaced_pod("lab"), Tale())

    assert len(api.asked) == 1
    assert "Ask the people who run this place" in caught.value.jupyterhub_message
    assert "amina:" in str(caught.value.log_message)
