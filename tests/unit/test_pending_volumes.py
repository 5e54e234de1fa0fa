"""A start that waits for a volume: with a cluster that says what a test says."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from kubernetes_asyncio.client import ApiException

from sardonyx_spawner.group_volume import GroupVolume
from sardonyx_spawner.kube import pending_volumes
from sardonyx_spawner.kube.claims import group_claim, home_claim
from sardonyx_spawner.kube.failures import Failure
from sardonyx_spawner.kube.pending_volumes import why_unmade, with_volumes
from sardonyx_spawner.kube.place import ClusterPlace, SharedVolumes
from sardonyx_spawner.kube.refusals import StartFailedError
from sardonyx_spawner.language import _

FILES = GroupVolume("class", "ab2c3d4e", is_writable=False)
SHARED = SharedVolumes("nfs")
PLACE = ClusterPlace(instance="lab", shared_volumes=SHARED)
WANTED = [group_claim(FILES, PLACE, SHARED)]
HOME_NAME = "lab-home-kite2345"
HOME_CLAIM = home_claim(HOME_NAME, "kite2345", PLACE)
NO_CLASS = 'storageclass.storage.k8s.io "nfs" not found'
SAID = "The folder that your class or team shares cannot be had. Ask the people who run this place to look at it."


def a_claim(phase: str) -> dict[str, Any]:
    """Return a claim."""
    spec = {"storageClassName": "nfs", "accessModes": ["ReadWriteMany"]}
    return {"metadata": {"name": "lab-class-ab2c3d4e"}, "spec": spec, "status": {"phase": phase}}


def an_event(message: str, at: str = "2026-10-01T08:00:00Z", version: str = "1", **more: str) -> dict[str, Any]:
    """Return an event by which a volume cannot be made."""
    found = {"reason": "ProvisioningFailed", "message": message, "lastTimestamp": at, **more}
    return {"metadata": {"resourceVersion": version}, **found}


class Cluster:
    """A cluster with a claim.

    Args:
        looks: its events, a look at a time; the last goes on.
    """

    def __init__(self, claim: Mapping[str, Any], *looks: list[dict[str, Any]], is_away: bool = False) -> None:
        self._claim, self._looks, self._is_away = claim, [*looks], is_away
        self.asked = 0

    async def claim(self, name: str) -> Mapping[str, Any]:
        """Return it."""
        assert name == "lab-class-ab2c3d4e"
        if self._is_away:
            raise ApiException(status=503)
        return self._claim

    async def events_of_claim(self, _name: str) -> list[dict[str, Any]]:
        """Return what is said."""
        self.asked += 1
        return self._looks.pop(0) if len(self._looks) > 1 else self._looks[0]


async def started(
    cluster: Cluster, start: Any, wanted: Sequence[Mapping[str, Any]] = WANTED, *, waits: bool = True
) -> Any:
    """Return what becomes of a start."""
    return await with_volumes(start, cluster, wanted, lambda: waits)  # type: ignore[arg-type]  # as much as is asked of it


async def slow() -> str:
    """Find no place."""
    raise StartFailedError(Failure(_("There was no free place for your server."), "unbound immediate", "capacity"))


async def for_ever() -> str:
    """Wait."""
    await asyncio.sleep(60)
    return "there"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending_volumes, "LOOK_S", 0.01)


def test_the_operator_reads_what_the_cluster_said_last_and_the_person_what_to_do() -> None:
    """Nothing of a storage class is a person's to know."""
    events = [
        an_event("failed", "2026-10-01T09:00:00Z"),
        an_event("earlier"),
        an_event("waiting", "2026-10-01T10:00:00Z", reason="ExternalProvisioning"),
    ]
    found = why_unmade(a_claim("Pending"), events)

    assert found is not None
    assert (found.said, found.reason) == (SAID, "volume")
    assert found.logged == "the volume lab-class-ab2c3d4e (nfs, ReadWriteMany) is Pending: failed"
    assert why_unmade(a_claim("Bound"), events) is None


async def test_a_start_that_found_no_place_for_want_of_the_volume_says_so() -> None:
    """Of a Pod that waits for a volume its cluster says the same as of a full one."""
    with pytest.raises(StartFailedError) as caught:
        await started(Cluster(a_claim("Pending"), [an_event(NO_CLASS)]), slow())
    assert NO_CLASS in caught.value.failure.logged


class WithHome(Cluster):
    """One in which a new home waits, too, for the node that the server does not get."""

    async def claim(self, name: str) -> Mapping[str, Any]:
        """Return either."""
        return HOME_CLAIM | {"status": {"phase": "Pending"}} if name == HOME_NAME else await super().claim(name)

    async def events_of_claim(self, name: str) -> list[dict[str, Any]]:
        """Return what is said of the other."""
        return [] if name == HOME_NAME else await super().events_of_claim(name)


async def test_of_two_volumes_that_are_not_there_the_one_that_cannot_be_made_is_said() -> None:
    """To who has no home yet: a cluster makes that when the server has a node."""
    with pytest.raises(StartFailedError) as caught:
        await started(WithHome(a_claim("Pending"), [an_event(NO_CLASS)]), slow(), [HOME_CLAIM, *WANTED])
    assert caught.value.failure.said == SAID
    assert NO_CLASS in caught.value.failure.logged


@pytest.mark.parametrize("cluster", [Cluster(a_claim("Bound"), []), Cluster(a_claim("Pending"), [], is_away=True)])
async def test_a_start_that_failed_for_another_reason_says_that_one(cluster: Cluster) -> None:
    """Also where it cannot be looked."""
    with pytest.raises(StartFailedError) as caught:
        await started(cluster, slow())
    assert caught.value.failure.reason == "capacity"


async def test_a_volume_that_cannot_be_made_ends_the_start_as_soon_as_the_cluster_says_it_again() -> None:
    """Nobody waits for minutes; what was said before may be of an earlier start."""
    cluster = Cluster(a_claim("Pending"), [an_event("old")], [an_event("old")], [an_event(NO_CLASS, version="2")])
    with pytest.raises(StartFailedError) as caught:
        await started(cluster, for_ever())

    assert NO_CLASS in caught.value.failure.logged
    assert cluster.asked == 4


async def test_a_server_that_waits_for_no_volume_is_looked_at_by_nobody() -> None:
    """No question more for most starts: one without any, one that is quick, one whose image is fetched."""
    cluster = Cluster(a_claim("Bound"), [])

    async def after(seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "there"

    found = [
        await started(cluster, after(0), []),
        await started(cluster, after(0)),
        await started(cluster, after(0.05), waits=False),
    ]
    assert (found, cluster.asked) == (["there"] * 3, 0)


def test_of_a_home_it_is_said_that_it_is_the_home() -> None:
    """By what the claim itself says that it is."""
    spec = {"accessModes": ["ReadWriteOnce"]}
    about = {
        "name": "lab-home-kite2345",
        "labels": home_claim("lab-home-kite2345", "kite2345", PLACE)["metadata"]["labels"],
    }
    found = why_unmade({"metadata": about, "spec": spec, "status": {"phase": "Pending"}}, [])

    assert found is not None
    assert found.said == "The disk for your files cannot be had. Ask the people who run this place to look at it."
    assert found.logged == (
        "the volume lab-home-kite2345 (no storage class, ReadWriteOnce) is Pending: the cluster does not say why"
    )


async def test_a_server_that_lacks_something_else_is_not_said_to_lack_its_volume() -> None:
    """A volume of somebody new waits until it is known on which node: without a GPU anywhere, that is never."""
    with pytest.raises(StartFailedError) as caught:
        await started(Cluster(a_claim("Pending"), []), slow(), waits=False)

    assert caught.value.failure.reason == "capacity"
