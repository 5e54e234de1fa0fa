"""Why a cluster would not take what we make: its words become what is wrong and what to do."""

from typing import Any

import pytest
from support.installations import an_installation

from sardonyx_hub_config.cluster_check import room
from sardonyx_hub_config.cluster_check.refused import explain, judge
from sardonyx_hub_config.cluster_check.servers import servers
from sardonyx_hub_config.cluster_check.trials import Trial, of_chart, of_placeholders, of_servers, trials
from sardonyx_hub_config.looks.findings import BAD, GOOD, NOTE, Finding

SERVER = Trial("servers of the profile 'data'", "size large", "profiles.data in the settings", {})
IS_FORBIDDEN = 'pods "sardonyx-check" is forbidden: '


@pytest.mark.parametrize(
    ("message", "state", "said"),
    [
        pytest.param(
            f"{IS_FORBIDDEN}exceeded quota: small, requested: limits.memory=8Gi,pods=1, used: limits.memory=0,pods=0, limited:"
            " limits.memory=4Gi,pods=9",
            BAD,
            "the ResourceQuota small is too small for one (limits.memory: 8 GB asked for, 0 MB of 4 GB in use; pods: 1 asked for, 0 of"
            " 9 in use). Have it made larger, or change profiles.data in the settings.",
            id="quota for ever",
        ),
        pytest.param(
            f"{IS_FORBIDDEN}exceeded quota: small, requested: pods=1, used: pods=3, limited: pods=3",
            NOTE,
            "the ResourceQuota small has no room for one now (pods: 1 asked for, 3 of 3 in use).",
            id="quota now",
        ),
        pytest.param(
            f"{IS_FORBIDDEN}failed quota: small: must specify limits.cpu for: notebook; limits.memory for: notebook",
            BAD,
            "the ResourceQuota small wants that each Pod says limits.cpu. Change profiles.data in the settings, or let a LimitRange",
            id="unsaid",
        ),
        pytest.param(
            f'{IS_FORBIDDEN}violates PodSecurity "restricted:latest": host namespaces (hostUsers=true)',
            BAD,
            "the namespace lets in only Pods of the level restricted:latest: host namespaces (hostUsers=true). Take out of",
            id="security",
        ),
        pytest.param(
            f"{IS_FORBIDDEN}[maximum memory usage per Container is 4Gi, but limit is 8Gi, maximum cpu usage per Container is 2, but"
            " limit is 4]",
            BAD,
            "a LimitRange of the namespace says: maximum memory usage per Container is 4Gi, but limit is 8Gi, maximum cpu usage per"
            " Container is 2, but limit is 4. Change profiles.data in the settings, or the LimitRange",
            id="limits",
        ),
        pytest.param(
            f"{IS_FORBIDDEN}no PriorityClass with name nope was found",
            BAD,
            "there is no PriorityClass 'nope'.",
            id="priority",
        ),
        pytest.param(
            f'{IS_FORBIDDEN}pod rejected: RuntimeClass "gvisor" not found',
            BAD,
            "there is no RuntimeClass 'gvisor', which kubernetes.pod in the settings names.",
            id="runtime",
        ),
        pytest.param(
            'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.hostUser"',
            BAD,
            'kubernetes.pod in the settings has what a Pod does not have: unknown field "spec.hostUser". Correct it.',
            id="field",
        ),
        pytest.param(
            'admission webhook "policy.example.org" does not support dry run',
            NOTE,
            "that could not be looked at, because something of the cluster's own cannot be asked without making it",
            id="no dry run",
        ),
        pytest.param(
            'admission webhook "policy.example.org" denied the request: images are from our registry\nonly',
            BAD,
            "a rule of the cluster's own (policy.example.org) says: images are from our registry only. Ask who looks after the cluster.",
            id="webhook",
        ),
        pytest.param("something else", BAD, "something else. Ask who looks after the cluster.", id="anything"),
    ],
)
def test_a_refusal_is_said_with_what_to_do(message: str, state: str, said: str) -> None:
    """In the words of who writes settings and values."""
    found = explain(SERVER, message)

    assert (found[0], found[1].startswith(said)) == (state, True), found[1]


def test_the_same_reason_is_said_once_for_all_that_have_it() -> None:
    """And names sizes only where others of the profile are taken."""
    no = f"{IS_FORBIDDEN}no PriorityClass with name nope was found"
    other = Trial("servers of the profile 'r'", "", "profiles.r in the settings", {})
    small = Trial(SERVER.of, "size small", SERVER.setting, {})
    (found,) = judge([(SERVER, no), (small, None), (other, no)])
    (all_of_it,) = judge([(SERVER, no), (small, no)])

    assert found.text.startswith(
        "it does not take servers of the profile 'data' (size large) and servers of the profile 'r': there"
    )
    assert all_of_it.text.startswith("it does not take servers of the profile 'data': there is no PriorityClass")


def test_a_namespace_that_takes_all_is_said_so() -> None:
    """By what was asked."""
    installation = an_installation()
    (found,) = judge([(trial, None) for trial in trials(installation, servers(installation))])

    assert (found.state, found.text) == (
        GOOD,
        "it takes the hub, the proxy, the hub's volume, the job that checks the settings, homes and servers of the profile 'python'",
    )


def test_the_volume_of_a_class_is_asked_about_where_classes_have_one() -> None:
    """Such as of a quota that it would not fit into."""
    made = {"shared_volumes": {"size": "20G", "storage_class": "nfs"}}
    installation = an_installation({"kubernetes": made})
    (asked,) = [each for each in trials(installation, []) if each.of == "volumes of classes"]

    assert asked.setting == "kubernetes.shared_volumes.size in the settings"
    assert asked.manifest["kind"] == "PersistentVolumeClaim"
    assert asked.manifest["spec"] == {
        "accessModes": ["ReadWriteMany"],
        "resources": {"requests": {"storage": str(20 << 30)}},
        "storageClassName": "nfs",
    }


def test_what_is_asked_is_what_would_be_made() -> None:
    """With the values of the operator."""
    values = {
        "hub": {
            "priorityClassName": "high",
            "checkSettings": False,
            "resources": {"limits": {"cpu": 1}},
            "storage": {"size": "3Gi", "storageClass": "fast"},
        }
    }
    installation = an_installation({"profiles": {"x": {"title": "X", "image": "x:1", "home": "fresh"}}}, values)
    hub, proxy, volume, server = (trial.manifest for trial in trials(installation, servers(installation)))

    assert hub["spec"]["priorityClassName"] == "high"
    assert hub["spec"]["containers"][0]["resources"]["limits"] == {"memory": "2Gi", "cpu": 1}
    assert "priorityClassName" not in proxy["spec"]
    assert volume["spec"]["storageClassName"] == "fast"
    assert volume["spec"]["resources"] == {"requests": {"storage": "3Gi"}}
    assert server["spec"]["containers"][0]["image"] == "x:1"


def test_placeholders_are_asked_about_with_the_priority_that_they_name() -> None:
    """One that the chart makes cannot be there yet."""
    named = {"scheduling": {"placeholders": {"replicas": 2, "priorityClass": {"name": "low"}}}}
    made = {"scheduling": {"placeholders": {"replicas": 2, "priorityClass": {"create": True}}}}
    (found,) = of_placeholders(an_installation(values=named))

    assert found.manifest["spec"]["priorityClassName"] == "low"
    assert found.resources["limits"] == {"memory": "2Gi"}
    assert of_placeholders(an_installation(values=made)) == []
    assert of_placeholders(an_installation()) == []


def has_room(hard: dict[str, Any], **more: Any) -> list[Finding]:
    """Judge a quota, for the usual hub and proxy and servers of 2 GB."""
    installation = an_installation()
    quota = {"metadata": {"name": "q"}, "spec": {"hard": hard, **more}}
    return [*room.judge([quota], of_chart(installation), of_servers(installation, servers(installation)))]


def test_a_quota_that_hub_and_proxy_use_up_is_a_fault() -> None:
    """Each by itself would fit."""
    (found,) = has_room({"requests.memory": "1536Mi"})

    assert found.state == BAD
    assert found.text == (
        "the ResourceQuota q allows 1.5 GB (requests.memory): the chart takes 896 MB of it, and the smallest server 1 GB. Have it"
        " made larger."
    )


def test_it_is_said_for_how_many_servers_there_is_room() -> None:
    """By what is scarcest."""
    (found,) = has_room({"pods": "10", "memory": "4Gi"})

    assert (found.state, found.text) == (
        GOOD,
        "the ResourceQuota q has room for 3 servers of the smallest kind (requests.memory)",
    )


def test_a_server_that_is_too_large_by_itself_is_left_to_the_cluster() -> None:
    """It says so; twice would be once too often."""
    assert has_room({"limits.memory": "1Gi"}) == []


def test_a_quota_for_some_pods_only_is_left_to_the_cluster() -> None:
    """It knows which."""
    assert has_room({"pods": "1"}, scopes=["BestEffort"]) == []
