"""The volumes of classes and teams on a cluster: whose they are, what a server has of them, and when it ends for that."""

from dataclasses import replace
from typing import Any

import pytest

from sardonyx_spawner.ends import why_less
from sardonyx_spawner.group_volume import GroupVolume
from sardonyx_spawner.kube.claims import claims_of
from sardonyx_spawner.kube.group_volumes import folders, group_claim_name, pod_mounts, pod_volumes
from sardonyx_spawner.kube.place import ClusterPlace, SharedVolumes
from sardonyx_spawner.kube.variables import server_variables
from sardonyx_spawner.language import SaidError
from sardonyx_spawner.plan import ServerPlan
from sardonyx_spawner.running import Running
from sardonyx_spawner.team_spawner import TeamSpawner

READS, WRITES = (GroupVolume("class", "ab2c3d4e", is_writable=each) for each in (False, True))
TEAM = GroupVolume("team", "ab2c3d4e", is_writable=True)
OTHER = GroupVolume("class", "zz2c3d4e", is_writable=True)
PLAN = ServerPlan("kite2345", "class-ab2c3d4e", "Statistics", "Statistics", image="lab/python:1", volumes=(READS,))
WITHOUT = ClusterPlace(instance="lab")
KINDS = (("class", "ab2c3d4e"), ("class", "zz2c3d4e"), ("team", "ab2c3d4e"))
PLACE = replace(WITHOUT, shared_volumes=SharedVolumes())


def test_a_claim_is_one_classs_or_teams_by_its_id_alone() -> None:
    """A class and a team, two classes, and two installations in a namespace never meet."""
    named = {group_claim_name(kind, group, name) for name in ("lab", "lab2") for kind, group in KINDS}

    assert len(named) == 6
    assert "lab-class-ab2c3d4e" in named


def test_who_reads_has_it_read_only_and_who_writes_has_the_same_volume() -> None:
    """What a Pod may do is decided by its mounts, which nothing in it can change."""
    (reads,), (writes,) = pod_mounts(PLAN, PLACE), pod_mounts(replace(PLAN, volumes=(WRITES,)), PLACE)

    assert reads == {"name": "class", "mountPath": "/shared/class", "readOnly": True}
    assert writes == {"name": "class", "mountPath": "/shared/class"}
    assert pod_volumes(PLAN, PLACE) == pod_volumes(replace(PLAN, volumes=(WRITES,)), PLACE)


def test_where_the_settings_have_none_a_server_has_none() -> None:
    """Neither Pod nor claim nor variable knows of them."""
    assert (pod_mounts(PLAN, WITHOUT), pod_volumes(PLAN, WITHOUT), folders(PLAN, WITHOUT)) == ([], [], [])
    assert [each["metadata"]["name"] for each in claims_of(PLAN, WITHOUT)] == ["lab-home-kite2345"]
    assert "SARDONYX_SHARED_FOLDERS" not in server_variables(PLAN, {})


def test_a_server_is_told_where_it_shares_files() -> None:
    """So that its home has a way there."""
    found = server_variables(PLAN, {}, shared=folders(PLAN, PLACE))
    assert found["SARDONYX_SHARED_FOLDERS"] == "/shared/class"


def test_a_class_needs_its_volume_also_where_homes_are_fresh() -> None:
    """Nobody's home is made for that, and the claim is many nodes' at once."""
    (claim,) = claims_of(replace(PLAN, home="fresh"), PLACE)

    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    assert "storageClassName" not in claim["spec"]
    assert "sardonyx.org/person" not in claim["metadata"]["labels"]


def test_a_home_that_its_profile_makes_larger_is_claimed_so_and_what_a_class_shares_is_not() -> None:
    """Each has a size of its own."""
    claims = claims_of(replace(PLAN, home_size=20 << 30), PLACE)
    sizes = [each["spec"]["resources"]["requests"]["storage"] for each in claims]
    assert sizes == [str(20 << 30), str(10 << 30)]


@pytest.mark.parametrize(
    ("had", "now", "ends"),
    [
        pytest.param((READS,), (READS,), False, id="the same"),
        pytest.param((READS,), (WRITES,), False, id="may more"),
        pytest.param((), (), False, id="had none"),
        pytest.param((WRITES,), (READS,), True, id="only reads by now"),
        pytest.param((READS,), (), True, id="is out"),
        pytest.param((WRITES,), (OTHER,), True, id="is in another one only"),
        pytest.param((TEAM,), (WRITES,), True, id="a class of the same id is no team"),
    ],
)
def test_a_server_ends_that_could_do_more_than_its_person_may(
    had: tuple[GroupVolume, ...], now: tuple[GroupVolume, ...], *, ends: bool
) -> None:
    """A mount of a Pod that runs cannot be taken back or made read-only; more is given at the next start."""
    assert (why_less(had, now) is not None) is ends


class Server(TeamSpawner):
    """A server, of which is known what it has, where the people are asked as a test says."""

    server = None

    def __init__(self, volume_source: Any) -> None:
        super().__init__(volume_source=volume_source)
        self.running, self._log_name = Running(owner_id="kite2345", profile="class-ab2c3d4e", volumes=(READS,)), "amina"


def test_a_server_asks_for_what_its_owner_may_have_now() -> None:
    """By id and profile; while the people are away it goes on, and where classes have no volumes it asks nobody."""
    asked: list[tuple[str, str]] = []

    def nothing(person: str, profile: str) -> tuple[GroupVolume, ...]:
        asked.append((person, profile))
        return ()

    def away(_person: str, _profile: str) -> tuple[GroupVolume, ...]:
        raise SaidError("The people are away.")

    assert Server(nothing)._why_moved() is not None
    assert asked == [("kite2345", "class-ab2c3d4e")]
    assert [Server(source)._why_moved() for source in (lambda _person, _profile: (READS,), away, None)] == [None] * 3
