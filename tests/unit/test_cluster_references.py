"""What settings and values name has to be there: said with the command that makes it."""

from typing import Any

import pytest
from support.installations import an_installation

from sardonyx_hub_config.cluster_check.references import (
    Reference,
    judge_all,
    judge_reference,
    judge_settings,
    references,
)
from sardonyx_hub_config.looks.findings import BAD, GOOD, NOTE

DATABASE = Reference("Secret", "database", "secretFiles.database", "url")
REGISTRY = Reference("Secret", "registry", "imagePullSecrets", is_for_registry=True)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({"secretFiles": {"database": {"existingSecret": "database", "key": "url"}}}, DATABASE, id="file"),
        pytest.param(
            {"secretEnv": {"A": {"existingSecret": "a", "key": "b"}}}, Reference("Secret", "a", "secretEnv.A", "b"), id="variable"
        ),
        pytest.param({"imagePullSecrets": [{"name": "registry"}]}, REGISTRY, id="registry"),
        pytest.param(
            {"proxy": {"token": {"existingSecret": "t"}}}, Reference("Secret", "t", "proxy.token", "token"), id="token"
        ),
        pytest.param(
            {"ingress": {"enabled": True, "tls": {"enabled": True}}},
            Reference("Secret", "sardonyx-tls", "ingress.tls", "tls.crt"),
            id="certificate",
        ),
        pytest.param(
            {"hub": {"storage": {"existingClaim": "c"}}},
            Reference("PersistentVolumeClaim", "c", "hub.storage.existingClaim"),
            id="claim",
        ),
        pytest.param(
            {"postgresql": {"enabled": True, "storage": {"existingClaim": "c"}}},
            Reference("PersistentVolumeClaim", "c", "postgresql.storage.existingClaim"),
            id="claim of PostgreSQL",
        ),
        pytest.param(
            {"postgresql": {"enabled": True, "password": {"existingSecret": "p"}}},
            Reference("Secret", "p", "postgresql.password", "password"),
            id="password",
        ),
        pytest.param(
            {"copies": {"token": {"existingSecret": "c"}}},
            Reference("Secret", "c", "copies.token", "token"),
            id="key for copies",
        ),
        pytest.param(
            {"hub": {"extraVolumes": [{"name": "v", "configMap": {"name": "conf-d"}}]}},
            Reference("ConfigMap", "conf-d", "hub.extraVolumes (v)"),
            id="volume",
        ),
        pytest.param(
            {"hub": {"extraEnv": [{"name": "E", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]}},
            Reference("Secret", "s", "hub.extraEnv (E)", "k"),
            id="more variables",
        ),
    ],
)  # fmt: skip
def test_what_the_values_name_has_to_be_there(values: dict[str, Any], expected: Reference) -> None:
    """Each by itself."""
    assert references(an_installation(values=values)) == [expected]


def test_a_certificate_of_an_issuer_need_not_be_there() -> None:
    """Nor what is said to be optional."""
    issued = {"ingress": {"enabled": True, "tls": {"enabled": True, "issuer": "letsencrypt"}}}
    optional = {"hub": {"extraVolumes": [{"name": "v", "secret": {"secretName": "s", "optional": True}}]}}

    assert references(an_installation(values=issued | optional)) == []


def test_secrets_for_the_images_of_servers_are_in_the_settings() -> None:
    """Nodes fetch with them."""
    (found,) = references(an_installation({"kubernetes": {"image_pull_secrets": ["registry"]}}))

    assert (found.name, found.where) == ("registry", "kubernetes.image_pull_secrets of the settings")


def test_what_servers_have_of_their_place_has_to_be_there() -> None:
    """Volumes of all servers and of profiles, once each, and the certificates."""
    sets = {"path": "/data", "claim": "sets"}
    profile = {
        "title": "P",
        "image": "lab/p:1",
        "kubernetes": {"volumes": {"odbc": {"path": "/odbc", "config_map": "o"}}},
    }
    found = references(
        an_installation(
            {
                "kubernetes": {"volumes": {"sets": sets}, "certificate_authority": {"config_map": "ca", "key": "k"}},
                "profiles": {"p": profile},
            }
        )
    )

    assert found == [
        Reference("PersistentVolumeClaim", "sets", "kubernetes.volumes (sets) of the settings", is_for_many=True),
        Reference("ConfigMap", "o", "kubernetes.volumes (odbc) of the settings"),
        Reference("ConfigMap", "ca", "kubernetes.certificate_authority of the settings", "k"),
    ]


def test_a_volume_that_is_one_nodes_at_a_time_is_noted() -> None:
    """On a cluster of one node it is fine."""
    sets = Reference("PersistentVolumeClaim", "sets", "kubernetes.volumes (sets) of the settings", is_for_many=True)
    found = judge_reference(sets, {"spec": {"accessModes": ["ReadWriteOnce"]}}, "lab")
    missing = judge_reference(sets, None, "lab")

    assert found is not None
    assert missing is not None
    assert found.state == NOTE
    assert "is one node's at a time (ReadWriteOnce)" in found.text
    assert missing.text.endswith("Make it, or correct the name.")
    assert judge_reference(sets, {"spec": {"accessModes": ["ReadOnlyMany"]}}, "lab") is None


def test_a_secret_that_is_missing_is_said_with_the_command_that_makes_it() -> None:
    """In the namespace that counts."""
    found = judge_reference(DATABASE, None, "lab")

    assert found is not None
    assert found.state == BAD
    assert found.text == (
        "there is no Secret 'database' in the namespace lab, which secretFiles.database names. Make it: kubectl --namespace lab"
        " create secret generic database --from-file=url=FILE"
    )


def test_a_secret_without_the_key_is_said_with_its_keys_and_never_with_a_value() -> None:
    """Names only."""
    found = judge_reference(DATABASE, {"data": {"uri": "c2VjcmV0"}}, "lab")

    assert found is not None
    assert found.text == "the Secret 'database', which secretFiles.database names, has no key 'url'. It has: uri."


def test_a_secret_for_a_registry_has_a_kind_of_its_own() -> None:
    """Nodes take no other."""
    wrong = judge_reference(REGISTRY, {"type": "Opaque"}, "lab")

    assert wrong is not None
    assert wrong.text.startswith("the Secret 'registry', which imagePullSecrets names, is none for a registry.")
    assert "create secret docker-registry registry" in wrong.text
    assert judge_reference(REGISTRY, {"type": "kubernetes.io/dockerconfigjson"}, "lab") is None


def test_all_that_is_there_is_said_once() -> None:
    """And nothing where nothing is named."""
    (found,) = judge_all([], [DATABASE, REGISTRY])

    assert (found.state, found.text) == (GOOD, "all that is named is there: Secret 'database', Secret 'registry'")
    assert [*judge_all([], [])] == []


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        pytest.param(
            {"database": {"url": {"file": "/srv/db"}}},
            "the settings name the file /srv/db, which is not there in the hub's Pod. Write /etc/sardonyx/secrets/db in its place",
            id="file",
        ),
        pytest.param(
            {"database": {"url": {"env": "DB"}}},
            "the settings name the variable DB, which the hub's Pod does not have. Write into the values secretEnv: {DB:",
            id="variable",
        ),
        pytest.param(
            {"vault": {"address": "https://v.example.org", "certificate_authority": "/srv/ca.pem"}},
            "the settings name the file /srv/ca.pem, which is not there",
            id="authority",
        ),
    ],
)  # fmt: skip
def test_a_secret_of_the_settings_that_the_values_do_not_bring_is_a_fault(settings: dict[str, Any], said: str) -> None:
    """The hub would not start. Without values it is a note: they may say it."""
    (found,) = judge_settings(an_installation(settings))
    (untold,) = judge_settings(an_installation(settings, is_told=False))

    assert (found.state, untold.state) == (BAD, NOTE)
    assert found.text.startswith(said)


def test_a_secret_that_the_values_bring_is_fine() -> None:
    """As a file, as a variable, or in a volume of the operator's own."""
    brought = {
        "secretFiles": {"db": {"existingSecret": "s", "key": "k"}},
        "secretEnv": {"B": {"existingSecret": "s", "key": "k"}},
        "hub": {"extraVolumeMounts": [{"name": "v", "mountPath": "/srv/mine"}]},
    }
    for ref in ({"file": "/etc/sardonyx/secrets/db"}, {"env": "B"}, {"file": "/srv/mine/db"}):
        assert [*judge_settings(an_installation({"database": {"url": ref}}, brought))] == []
