"""Which servers people may start, and whether some node could hold each: said with what to change."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from support.installations import an_installation

from sardonyx_hub_config.cluster_check.nodes import judge
from sardonyx_hub_config.cluster_check.quantities import said
from sardonyx_hub_config.cluster_check.servers import servers
from sardonyx_hub_config.looks.findings import BAD, GOOD, NOTE, Finding
from sardonyx_spawner.kube.quantities import amount

SIZES = {
    "small": {"title": "Small", "cpu": 1, "memory": "2G"},
    "large": {"title": "Large", "cpu": 8, "memory": "64G"},
}
SIZED = {"title": "Data", "image": "data:1", "options": {"size": {"choices": SIZES, "default": "small"}}}


def a_profile(**more: Any) -> dict[str, Any]:
    """Return settings with one profile."""
    return {"profiles": {"data": {"title": "Data", "image": "data:1", **more}}}


def a_node(
    *taints: Mapping[str, str],
    labels: Mapping[str, str] | None = None,
    gpus: Mapping[str, str] | None = None,
    **more: str,
) -> dict[str, Any]:
    """Return one with 4 cores and 16 GB, unless said otherwise."""
    return {
        "metadata": {"labels": dict(labels or {})},
        "spec": {"taints": [*taints]},
        "status": {"allocatable": {"cpu": "4", "memory": "16Gi", **more, **(gpus or {})}},
    }


def judged(settings: Mapping[str, Any], *nodes: Mapping[str, Any]) -> list[Finding]:
    """Judge nodes for the servers of settings."""
    installation = an_installation(settings)
    return [*judge(nodes, servers(installation), installation)]


def test_each_size_of_a_profile_is_a_kind_of_server() -> None:
    """With the answers that give it."""
    found = servers(an_installation({"profiles": {"data": SIZED}}))

    assert [(server.named, server.plan.cpu) for server in found] == [("size small", 1), ("size large", 8)]


def test_of_a_number_the_smallest_and_the_largest_count() -> None:
    """Those between are between."""
    options = {"gpus": {"maximum": 2}, "memory": {"minimum": 2, "maximum": 8}}
    found = servers(an_installation(a_profile(options=options)))

    assert {server.named for server in found} == {
        "memory 2, gpus 0",
        "memory 2, gpus 2",
        "memory 8, gpus 0",
        "memory 8, gpus 2",
    }


def test_what_only_a_group_may_choose_is_a_kind_of_server_too() -> None:
    """Somebody will."""
    choices = {**SIZES, "large": {**SIZES["large"], "groups": ["staff"]}}
    found = servers(
        an_installation({"profiles": {"data": {**SIZED, "groups": ["lab"], "options": {"size": {"choices": choices}}}}})
    )

    assert [server.named for server in found] == ["size small", "size large"]


def test_answers_that_change_nothing_are_no_kinds_of_their_own() -> None:
    """A repository is of no matter to a node."""
    found = servers(
        an_installation(a_profile(options={"repository": {}, "lifetime": {"choices": {"4h": {"title": "4 hours"}}}}))
    )

    assert [server.named for server in found] == [""]


def test_a_question_that_is_not_asked_is_not_in_the_name() -> None:
    """Here the number of GPUs, of who wants none."""
    kinds = {"cpu": {"title": "Cores", "cpu": 2, "memory": "4G"}, "gpu": {"title": "GPU", "cpu": 4, "memory": "8G"}}
    options = {"size": {"choices": kinds}, "gpus": {"minimum": 1, "maximum": 1, "shown_when": {"size": ["gpu"]}}}
    found = servers(an_installation(a_profile(options=options)))

    assert [(server.named, server.plan.gpus) for server in found] == [("size cpu", 0), ("size gpu, gpus 1", 1)]


def test_servers_that_fit_are_said_in_one_line() -> None:
    """Each on an empty node."""
    assert judged(a_profile(cpu=4, memory="8G"), a_node()) == [
        Finding(GOOD, "nodes", "one node; each kind of server that is offered fits on an empty one")
    ]


def test_a_profile_that_no_node_could_ever_hold_is_a_fault() -> None:
    """By what is kept for it alone: half of its memory."""
    (found,) = judged(a_profile(cpu=1, memory="64G"), a_node(), a_node(memory="24Gi"))

    assert found.state == BAD
    assert found.text.startswith(
        "no node can ever hold a server of the profile 'data': 32 GB are kept for it alone, and the largest node has 24 GB."
        " Give it less, lower kubernetes.memory_requests in the settings, or add a larger node."
    )


def test_a_size_that_no_node_could_ever_hold_is_a_note() -> None:
    """The others of its profile work."""
    (found,) = judged({"profiles": {"data": SIZED}}, a_node(cpu="16"))

    assert found.state == NOTE
    assert found.text.startswith("no node can ever hold a server of the profile 'data' with size large: 32 GB are kept")


def test_more_than_a_node_has_is_promised_to_nobody() -> None:
    """It would start, and be smaller than its name says."""
    (found,) = judged(a_profile(cpu=8, memory="8G"), a_node())

    assert found.state == NOTE
    assert found.text.startswith(
        "no node has all of a server of the profile 'data': it is to have 8 cores, and the largest node has 4 cores, for all on it."
    )


@pytest.mark.parametrize(
    ("node", "said_of_it"),
    [
        pytest.param(a_node(), "it asks for nvidia.com/gpu, and no node has any. Correct kubernetes.gpu_resource", id="none"),
        pytest.param(
            a_node(gpus={"amd.com/gpu": "2"}),
            "it asks for nvidia.com/gpu, and no node has any. What they have is amd.com/gpu. Correct kubernetes.gpu_resource",
            id="another kind",
        ),
        pytest.param(
            a_node(gpus={"nvidia.com/gpu": "1"}), "it has 2 nvidia.com/gpu, and no node has more than 1. Give it fewer.", id="too few"
        ),
    ],
)  # fmt: skip
def test_gpus_that_no_node_has_are_named(node: dict[str, Any], said_of_it: str) -> None:
    """With what nodes do have."""
    (found,) = judged(a_profile(cpu=1, memory="1G", gpus=2), node)

    assert found.state == BAD
    assert f"'data': {said_of_it}" in found.text


def test_labels_that_no_node_has_are_named() -> None:
    """Those of the settings."""
    (found,) = judged(
        {**a_profile(cpu=1), "kubernetes": {"node_selector": {"pool": "users"}}}, a_node(labels={"pool": "core"})
    )

    assert (
        "none has the labels pool=users. Label some, or correct node_selector in the settings: of kubernetes, or of the profile."
        in found.text
    )


def test_nodes_that_are_kept_for_others_hold_nothing() -> None:
    """Unless servers tolerate what keeps them."""
    taint = {"key": "team", "value": "a", "effect": "NoSchedule"}
    (found,) = judged(a_profile(cpu=1), a_node(taint))
    tolerated = {"tolerations": [{"key": "team", "operator": "Equal", "value": "a", "effect": "NoSchedule"}]}

    assert found.state == BAD
    assert (
        "they are kept for others (team=a:NoSchedule). Add what servers tolerate to tolerations in the settings:"
        in found.text
    )
    assert judged({**a_profile(cpu=1), "kubernetes": tolerated}, a_node(taint))[0].state == GOOD


@pytest.mark.parametrize(
    "taint",
    [
        pytest.param({"key": "node.kubernetes.io/not-ready", "effect": "NoExecute"}, id="for the moment"),
        pytest.param({"key": "a", "effect": "PreferNoSchedule"}, id="a wish"),
    ],
)
def test_what_does_not_keep_servers_out_for_ever_is_no_fault(taint: dict[str, str]) -> None:
    """Nodes come back."""
    assert judged(a_profile(cpu=1), a_node(taint))[0].state == GOOD


def test_the_usual_taint_of_gpus_keeps_no_gpu_server_out() -> None:
    """Sardonyx tolerates it by itself."""
    taint = {"key": "nvidia.com/gpu", "effect": "NoSchedule"}

    assert judged(a_profile(cpu=1, gpus=1), a_node(taint, gpus={"nvidia.com/gpu": "1"}))[0].state == GOOD


def test_a_cluster_without_nodes_is_no_fault() -> None:
    """An autoscaler makes some when they are needed."""
    (found,) = judged(a_profile(cpu=1))

    assert (found.state, found.text.startswith("there are none.")) == (NOTE, True)


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [("250m", "0.25"), ("4", "4"), ("10Gi", str(10 << 30)), ("1.5G", "1500000000"), (2, "2"), ("1e3", "1000")],
)
def test_a_quantity_is_a_number(quantity: object, expected: str) -> None:
    """In all ways in which Kubernetes writes one."""
    assert amount(quantity) == Decimal(expected)


def test_what_is_no_quantity_is_refused() -> None:
    """With how to write one."""
    with pytest.raises(ValueError, match="'much' is not an amount as Kubernetes writes it, such as 500m or 2Gi"):
        amount("much")


@pytest.mark.parametrize(
    ("resource", "number", "expected"),
    [
        ("limits.cpu", "0.5", "half a core"),
        ("requests.memory", str(2 << 30), "2 GB"),
        ("fast.storageclass.storage.k8s.io/requests.storage", str(10 << 30), "10 GB"),
        ("pods", "3", "3"),
    ],
)
def test_an_amount_is_said_as_people_say_it(resource: str, number: str, expected: str) -> None:
    """By what it is of."""
    assert said(resource, Decimal(number)) == expected
