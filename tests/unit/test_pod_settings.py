"""What servers' Pods have of an operator: for all of them, and for those of one profile."""

from typing import Any

import pytest
from pydantic import ValidationError

from sardonyx_hub_config.settings.kubernetes import KubernetesSettings
from sardonyx_hub_config.settings.pods import ProfilePodSettings
from sardonyx_spawner.kube.place import ClusterPlace


def place(own: dict[str, Any], everywhere: dict[str, Any] | None = None) -> ClusterPlace:
    """Return where servers run, of which those of the profile `deep` have something of their own."""
    settings = KubernetesSettings.model_validate(everywhere or {})
    return settings.place("lab", {"deep": ProfilePodSettings.model_validate(own), "python": ProfilePodSettings()})


def test_what_a_profile_says_takes_the_place_of_what_all_servers_have() -> None:
    """Each by itself; the rest is as for all."""
    own = {
        "priority_class": "exam",
        "gpu_resource": "amd.com/gpu",
        "cpu_requests": 1,
        "memory_requests": 1,
        "read_only_root": False,
        "temporary_size": "1G",
    }
    found = place(own, {"user": 2000, "priority_class": "people"}).of("deep")

    assert (found.instance, found.user) == ("lab", 2000)
    assert (found.priority_class, found.gpu_resource) == ("exam", "amd.com/gpu")
    assert (found.cpu_requests, found.memory_requests) == (1, 1)
    assert (found.read_only_root, found.temporary_size) == (False, 1 << 30)


def test_nodes_labels_and_more_of_a_pod_come_on_top_of_those_of_all() -> None:
    """With the same name the profile's counts."""
    everywhere = {
        "node_selector": {"pool": "people", "zone": "a"},
        "tolerations": [{"key": "people"}],
        "labels": {"cost-centre": "1"},
        "pod": {"runtimeClassName": "runc", "schedulerName": "packed"},
    }
    own = {
        "node_selector": {"pool": "deep"},
        "tolerations": [{"key": "deep"}],
        "labels": {"cost-centre": "2"},
        "pod": {"runtimeClassName": "gvisor"},
    }
    found = place(own, everywhere).of("deep")

    assert found.node_selector == {"pool": "deep", "zone": "a"}
    assert found.tolerations == ({"key": "people"}, {"key": "deep"})
    assert found.labels == {"cost-centre": "2"}
    assert found.pod == {"runtimeClassName": "gvisor", "schedulerName": "packed"}


def test_a_profile_that_says_nothing_is_as_all_are() -> None:
    """Neither is one that nobody knows another."""
    found = place({"read_only_root": False})

    assert found.read_only_root is True
    assert (found.of("python"), found.of("gone")) == (found, found)


def test_null_is_nothing_said() -> None:
    """As where a section is written to be filled in later."""
    found = place({"priority_class": None, "read_only_root": None}, {"priority_class": "people"}).of("deep")

    assert (found.priority_class, found.read_only_root) == ("people", True)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (
            {"app.kubernetes.io/name": "mine"},
            "the label 'app.kubernetes.io/name' is set by Sardonyx itself: take it out",
        ),
        ({"sardonyx.org/profile": "r"}, "the label 'sardonyx.org/profile' is set by Sardonyx itself: take it out"),
        ({"component": "hub"}, "the label 'component' is set by Sardonyx itself: take it out"),
        (
            {"cost centre": "1"},
            "'cost centre' cannot be the name of a label: write letters, digits, '-', '_' and '.'",
        ),
        (
            {"cost-centre": "Centre de calcul"},
            (
                "the label 'cost-centre' cannot be 'Centre de calcul': write at most 63 letters, digits, '-', '_' and '.',"
                " with a letter or a digit at both ends"
            ),
        ),
    ],
)
@pytest.mark.parametrize("section", [KubernetesSettings, ProfilePodSettings])
def test_a_label_that_cannot_be_is_said(
    section: type[KubernetesSettings | ProfilePodSettings], labels: dict[str, str], said: str
) -> None:
    """Before Kubernetes refuses each server; and none takes the place of one by which servers are found."""
    with pytest.raises(ValidationError) as caught:
        section.model_validate({"labels": labels})

    (fault,) = caught.value.errors()
    assert fault["msg"] == f"Value error, {said}"


def test_what_opens_a_node_is_no_profiles_to_say() -> None:
    """Nor what is decided elsewhere."""
    with pytest.raises(ValidationError, match="names hostPID, which Sardonyx itself sets. Take it out."):
        ProfilePodSettings.model_validate({"pod": {"hostPID": True}})
