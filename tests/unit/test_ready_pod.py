"""What a server that waits is on a cluster, and how it becomes somebody's."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from sardonyx_spawner.group_volume import GroupVolume
from sardonyx_spawner.kube.manifest import labels
from sardonyx_spawner.kube.place import Authority, ClusterPlace, PlaceVolume, SharedVolumes
from sardonyx_spawner.kube.ready_made.pod import claimed, is_for, key_secret, owner_of, ready_pod, shape_of
from sardonyx_spawner.plan import ServerPlan

GOLDEN = Path(__file__).with_name("golden")
PLACE = ClusterPlace(instance="lab")
PLAN = ServerPlan(
    "kite2345",
    "python",
    "Python",
    "Python, with 1 core",
    base="python",
    image="lab/python:1",
    cpu=1,
    memory=2 << 30,
    home="fresh",
    author_name="Amina",
    author_mail="amina@example.org",
    variables={"COURSE": "statistics"},
)


def made(plan: ServerPlan = PLAN) -> dict[str, Any]:
    """Return the Pod of a server that waits."""
    owner = owner_of("lab-hub-7", "5f")
    return ready_pod("lab-ready-5f", plan, PLACE, 8888, shape="0123456789abcdef", owner=owner)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("pod-ready-made", made()),
        ("secret-ready-made", key_secret("lab-ready-5f", "a key", PLACE)),
        ("pod-claimed", claimed({**labels(PLACE, "kite2345"), "component": "singleuser-server"}, PLAN, PLACE, "5f")),
    ],
)
def test_what_the_cluster_is_asked_for_is_as_it_was_written_down(name: str, found: dict[str, Any]) -> None:
    """All of it: whoever changes it sees in the file what changes."""
    assert yaml.safe_dump(found, sort_keys=False) == (GOLDEN / f"{name}.yaml").read_text()


def test_nothing_of_a_person_is_in_one_that_waits() -> None:
    """Nor of their plan, but what kind of server it is."""
    text = yaml.safe_dump(made())
    for word in ("kite2345", "Amina", "amina@example.org", "statistics", "Python, with"):
        assert word not in text


@pytest.mark.parametrize(
    "other",
    [
        replace(PLAN, person="wolf6789", author_name="Ben", variables={}),
        replace(PLAN, profile="class-x", title="Course", summary="Course", lifetime_s=60, collaboration=True),
    ],
)
def test_one_can_stand_for_another_whoever_they_are_for(other: ServerPlan) -> None:
    """What it does not hold yet makes no difference."""
    assert shape_of(other, PLACE, 8888) == shape_of(PLAN, PLACE, 8888)


@pytest.mark.parametrize("other", [replace(PLAN, memory=1 << 30), replace(PLAN, cpu=2), replace(PLAN, image="lab/r:1")])
def test_one_of_another_kind_cannot(other: ServerPlan) -> None:
    """What cannot be changed any more makes a difference."""
    assert shape_of(other, PLACE, 8888) != shape_of(PLAN, PLACE, 8888)


def test_one_of_a_profile_with_nodes_of_its_own_cannot() -> None:
    """It may be on any other by now."""
    other = replace(PLACE, of_profiles={"python": replace(PLACE, node_selector={"pool": "deep"})})

    assert shape_of(PLAN, other, 8888) != shape_of(PLAN, PLACE, 8888)
    assert shape_of(replace(PLAN, base="r"), other, 8888) == shape_of(PLAN, PLACE, 8888)


def test_the_labels_of_its_kind_are_not_on_one_that_waits() -> None:
    """By them the network would open ways, and hours would be counted; both come with its person."""
    place = replace(PLACE, of_profiles={"python": replace(PLACE, labels={"cost-centre": "4711"})})
    waits = ready_pod("lab-ready-5f", PLAN, place, 8888, shape="0123456789abcdef")["metadata"]["labels"]
    claims = claimed({}, PLAN, place, "5f")["metadata"]["labels"]

    assert not {"cost-centre", "sardonyx.org/profile", "sardonyx.org/base-profile"} & waits.keys()
    assert claims == {
        "cost-centre": "4711", "sardonyx.org/profile": "python", "sardonyx.org/base-profile": "python",
    }  # fmt: skip


def test_neither_can_one_for_other_nodes() -> None:
    """The settings may have been changed since."""
    assert shape_of(PLAN, replace(PLACE, node_selector={"pool": "people"}), 8888) != shape_of(PLAN, PLACE, 8888)


@pytest.mark.parametrize(
    ("plan", "can_wait"),
    [
        (PLAN, True),
        (replace(PLAN, home="kept"), False),
        (replace(PLAN, gpus=1), False),
        (replace(PLAN, image=""), False),
    ],
)
def test_only_those_wait_that_have_nothing_of_their_own(plan: ServerPlan, can_wait: bool) -> None:  # noqa: FBT001 - a column
    """A home has to be there at the start; a GPU is not held for nobody."""
    assert is_for(plan, PLACE) is can_wait


def test_none_waits_for_a_class_or_a_team_that_has_a_volume() -> None:
    """A Pod gets a volume at its beginning or never; where there are none, the class takes what waits."""
    of_a_class = replace(PLAN, volumes=(GroupVolume("class", "ab2c3d4e", is_writable=False),))

    assert is_for(of_a_class, PLACE)
    assert not is_for(of_a_class, replace(PLACE, shared_volumes=SharedVolumes()))
    assert is_for(PLAN, replace(PLACE, shared_volumes=SharedVolumes()))


def test_one_waits_with_what_all_servers_have_of_their_place() -> None:
    """A Pod has a volume from its beginning: one of another place cannot stand for it."""
    giving = replace(PLACE, volumes=(PlaceVolume("sets", "/data", {"nfs": {"server": "nas", "path": "/s"}}),))
    trusting = replace(PLACE, authority=Authority("company", "ca.crt"))
    (container,) = ready_pod("lab-ready-5f", PLAN, giving, 8888, shape="5f")["spec"]["containers"]

    assert is_for(PLAN, giving)
    assert "/data" in [each["mountPath"] for each in container["volumeMounts"]]
    assert len({shape_of(PLAN, place, 8888) for place in (PLACE, giving, trusting)}) == 3


def test_without_the_name_of_its_hubs_pod_it_belongs_to_nothing() -> None:
    """A chart of an earlier version does not tell it."""
    assert owner_of("", "") == []
    assert "ownerReferences" not in ready_pod("lab-ready-5f", PLAN, PLACE, 8888, shape="5f")["metadata"]
