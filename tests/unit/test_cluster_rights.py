"""What somebody lacks who is to install the chart, and what a cluster has to be: said with what to do."""

import pytest
from support.installations import an_installation

from sardonyx_hub_config.cluster_check.namespace import judge_namespace
from sardonyx_hub_config.cluster_check.rights import Right, judge, judge_groups, kinds, to_give, to_give_any, to_install
from sardonyx_hub_config.cluster_check.versions import judge_version
from sardonyx_hub_config.looks.findings import BAD, GOOD, NOTE

VALUES = an_installation().values


def test_who_may_all_is_told_so_once() -> None:
    """In one line."""
    (found,) = judge("lab", VALUES, set())

    assert (found.state, found.text) == (GOOD, "you may do in the namespace lab what helm install does")


def test_each_right_that_is_missing_is_named_with_who_can_give_it() -> None:
    """Verbs of one kind together."""
    (found,) = judge("lab", VALUES, {Right("apps", "deployments", "create"), Right("apps", "deployments", "patch")})

    assert found.state == BAD
    assert found.text.startswith(
        "you may not create/patch deployments.apps in the namespace lab, which helm install does."
    )
    assert "kubectl create rolebinding NAME --clusterrole=admin --user=YOU --namespace=lab" in found.text


def test_one_gives_the_hub_only_what_one_has() -> None:
    """Kubernetes refuses the Role otherwise."""
    missing = {Right("", "events", "watch"), *to_give_any()}
    (found,) = judge("lab", VALUES, missing)

    assert found.state == BAD
    assert found.text.startswith(
        "you may not give the hub its Role, because you yourself may not watch events in the namespace lab"
    )


def test_who_may_give_more_than_they_have_needs_not_have_it() -> None:
    """By the verbs escalate and bind."""
    (found,) = judge("lab", VALUES, {Right("", "events", "watch")})

    assert found.state == GOOD


def test_a_right_in_the_whole_cluster_is_another_matter() -> None:
    """The role admin of a namespace does not have it; there is a way without."""
    room = {"scheduling": {"placeholders": {"replicas": 1, "priorityClass": {"create": True}}}}
    values = an_installation(values=room).values
    missing = {right for right in to_install(values) if right.of_the_cluster}
    (found,) = judge("lab", values, missing)

    assert found.text.startswith(
        "you may not get/create/patch/delete priorityclasses.scheduling.k8s.io in the cluster."
    )
    assert "scheduling.placeholders.replicas: 0" in found.text


def test_what_is_switched_off_takes_no_right() -> None:
    """Nor is it rendered."""
    values = an_installation(values={"networkPolicy": {"enabled": False}, "hub": {"checkSettings": False}}).values

    assert {"NetworkPolicy", "Job"} & {*kinds(values)} == set()
    assert Right("batch", "jobs", "create") not in to_install(values)
    assert Right("", "pods/log", "get") not in to_install(values)


def test_the_hub_is_given_what_its_role_says() -> None:
    """And that is asked for by the same names."""
    assert Right("", "pods/log", "get") in to_give()


def test_a_kind_that_the_cluster_does_not_know_is_a_fault() -> None:
    """With the value that asks for it."""
    values = an_installation(values={"gateway": {"enabled": True, "parentRefs": [{"name": "public"}]}}).values
    (found,) = judge_groups(values, {"apps"})

    assert found.state == BAD
    assert found.text == (
        "it has no gateway.networking.k8s.io. The Gateway API is not installed there, and gateway.enabled is true. Install it,"
        " or write false."
    )
    assert [*judge_groups(values, {"gateway.networking.k8s.io"})] == []


@pytest.mark.parametrize(
    ("there", "state", "said"),
    [
        pytest.param("v1.28.9", BAD, "it is Kubernetes v1.28.9, and Sardonyx needs 1.29 or newer", id="older"),
        pytest.param("v1.29.0-gke.100", GOOD, "Kubernetes v1.29.0-gke.100 answers", id="oldest"),
        pytest.param("v1.36.3", GOOD, "Kubernetes v1.36.3 answers", id="newer"),
        pytest.param("v2.0.0", GOOD, "Kubernetes v2.0.0 answers", id="next"),
    ],
)
def test_the_version_is_compared_with_that_of_the_chart(there: str, state: str, said: str) -> None:
    """By its first two numbers."""
    found = judge_version(there, ">=1.29.0-0")

    assert (found.state, found.text.startswith(said)) == (state, True)


def test_a_namespace_that_is_not_there_is_a_fault_with_the_commands() -> None:
    """That make one in which Pods may do little."""
    found = judge_namespace("lab", None)

    assert found.state == BAD
    assert (
        "kubectl create namespace lab; kubectl label namespace lab pod-security.kubernetes.io/enforce=restricted"
        in found.text
    )


@pytest.mark.parametrize(
    ("labels", "state", "said"),
    [
        pytest.param({}, NOTE, "lab lets Pods be anything, and ours need nothing", id="none"),
        pytest.param(
            {"pod-security.kubernetes.io/enforce": "baseline"}, NOTE, "lab lets Pods be baseline", id="baseline"
        ),
        pytest.param({"pod-security.kubernetes.io/enforce": "restricted"}, GOOD, "lab is there", id="restricted"),
    ],
)
def test_the_level_of_a_namespace_is_said(labels: dict[str, str], state: str, said: str) -> None:
    """A higher one is better."""
    found = judge_namespace("lab", {"metadata": {"labels": labels}})

    assert (found.state, found.text.startswith(said)) == (state, True)


def test_a_namespace_that_is_being_deleted_takes_nothing() -> None:
    """It is no place to install into."""
    found = judge_namespace("lab", {"metadata": {}, "status": {"phase": "Terminating"}})

    assert (found.state, found.text) == (BAD, "lab is being deleted. Wait until it is gone, and make it anew.")
