"""Volumes that somebody else has made, and certificates to trust: what the settings take, and what becomes of it."""

from typing import Any

import pytest
from pydantic import ValidationError

from sardonyx_hub_config.settings.kubernetes import KubernetesSettings
from sardonyx_hub_config.settings.pods import ProfilePodSettings
from sardonyx_spawner.kube.place import Authority, ClusterPlace, PlaceVolume


def place(everywhere: dict[str, Any], own: dict[str, Any] | None = None) -> ClusterPlace:
    """Return where servers run, of which those of the profile `deep` have volumes of their own."""
    settings = KubernetesSettings.model_validate({"volumes": everywhere})
    return settings.place("lab", {"deep": ProfilePodSettings.model_validate({"volumes": own or {}})})


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (
            {"path": "/data", "claim": "sets"},
            PlaceVolume("v", "/data", {"persistentVolumeClaim": {"claimName": "sets", "readOnly": True}}),
        ),
        (
            {"path": "/data", "claim": "sets", "read_only": False},
            PlaceVolume("v", "/data", {"persistentVolumeClaim": {"claimName": "sets"}}, is_read_only=False),
        ),
        (
            {"path": "/archive", "nfs": {"server": "nas.example.org", "path": "/exports/a"}},
            PlaceVolume(
                "v", "/archive", {"nfs": {"server": "nas.example.org", "path": "/exports/a", "readOnly": True}}
            ),
        ),
        (
            {"path": "/etc/odbc", "config_map": "odbc"},
            PlaceVolume("v", "/etc/odbc", {"configMap": {"name": "odbc"}}, is_data=False),
        ),
        (
            {"path": "/opt/licence", "secret": "licence"},
            PlaceVolume("v", "/opt/licence", {"secret": {"secretName": "licence", "defaultMode": 0o440}}, is_data=False),
        ),
    ],
)  # fmt: skip
def test_a_volume_is_what_kubernetes_calls_it(said: dict[str, Any], found: PlaceVolume) -> None:
    """Each kind, and read-only unless somebody says otherwise."""
    assert place({"v": said}).volumes == (found,)


def test_a_profile_has_its_own_beside_those_of_all_servers() -> None:
    """In the place of one of that name, or in that folder."""
    everywhere = {
        "sets": {"path": "/data", "claim": "sets"},
        "old": {"path": "/old", "claim": "old"},
        "kept": {"path": "/kept", "claim": "kept"},
    }
    own = {"sets": {"path": "/data", "claim": "large"}, "new": {"path": "/old", "claim": "new"}}
    found = place(everywhere, own)

    assert [each.name for each in found.volumes] == ["sets", "old", "kept"]
    claims = {each.path: each.source["persistentVolumeClaim"]["claimName"] for each in found.of("deep").volumes}
    assert claims == {"/data": "large", "/old": "new", "/kept": "kept"}
    assert found.of("python").volumes == found.volumes


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"path": "/data"}, "names nothing as what it is. Write one of claim, config_map, secret and nfs"),
        ({"path": "/data", "claim": "a", "secret": "b"}, "names claim and secret as what it is."),
        ({"path": "/data", "secret": "b", "read_only": False}, "nobody writes into a secret"),
        ({"path": "/data", "hostPath": {"path": "/"}}, "Extra inputs are not permitted"),
        ({"path": "data", "claim": "a"}, "'data' cannot be a folder of servers"),
        ({"path": "/data/../etc", "claim": "a"}, "'/data/../etc' cannot be a folder of servers"),
        ({"path": "/", "claim": "a"}, "'/' is what an image itself needs."),
        ({"path": "/usr", "claim": "a"}, "'/usr' is what an image itself needs."),
        ({"path": "/home", "claim": "a"}, "'/home' would cover /home/jovyan, which servers have already."),
        ({"path": "/home/jovyan/data", "claim": "a"}, "'/home/jovyan/data' would cover /home/jovyan"),
        ({"path": "/etc", "claim": "a"}, "'/etc' would cover /etc/sardonyx"),
        ({"path": "/run/sardonyx", "claim": "a"}, "'/run/sardonyx' would cover /run/sardonyx"),
        ({"path": "/opt", "claim": "a"}, "'/opt' would cover /opt/tools"),
        ({"path": "/dev/pts", "claim": "a"}, "'/dev/pts' would cover /dev"),
        ({"path": "/etc/sardonyx-authority", "claim": "a"}, "would cover /etc/sardonyx-authority"),
    ],
)
@pytest.mark.parametrize("section", [KubernetesSettings, ProfilePodSettings])
def test_a_volume_that_cannot_be_is_said(
    section: type[KubernetesSettings | ProfilePodSettings], said: dict[str, Any], why: str
) -> None:
    """One of the node, one in the place of what servers have already, one that is nothing."""
    with pytest.raises(ValidationError) as caught:
        section.model_validate({"volumes": {"v": said}})
    (fault,) = caught.value.errors()
    assert why in fault["msg"]


def test_two_in_one_folder_are_a_fault() -> None:
    """Kubernetes would refuse each server."""
    two = {"a": {"path": "/data", "claim": "a"}, "b": {"path": "/data", "claim": "b"}}
    with pytest.raises(ValidationError, match="two volumes are to be in /data"):
        KubernetesSettings.model_validate({"volumes": two})


def test_who_writes_volumes_where_more_of_a_pod_is_reads_where_they_belong() -> None:
    """It was refused without a word of that."""
    with pytest.raises(ValidationError, match="Volumes have a place of their own: volumes, beside pod."):
        ProfilePodSettings.model_validate({"pod": {"volumes": []}})


def test_certificates_are_those_of_a_key_of_a_config_map() -> None:
    """Of the usual one, unless it is said."""
    settings = KubernetesSettings.model_validate({"certificate_authority": {"config_map": "company"}})

    assert settings.place("lab", {}).authority == Authority("company", "ca.crt")
    assert KubernetesSettings().place("lab", {}).authority is None
