"""`sardonyx vault setup`: what Vault has to know of a place, from its settings."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sardonyx_hub_config.commands.vault import vault
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.ports import Ports
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_hub_config.vault_setup import as_commands, jwks_url, setup_for

SETTINGS = """
data_folder: data
vault: {address: 'http://127.0.0.1:9', role: lab}
environments: {python: {title: Python, prefix: /usr}}
profiles: {python: {title: Python, environment: python}}
"""


def settings(**sections: Any) -> Settings:
    """Return settings with these sections."""
    return Settings.model_validate(
        {
            "environments": {"python": {"title": "Python", "prefix": "/usr"}},
            "profiles": {"python": {"title": "Python", "environment": "python"}},
            **sections,
        }
    )


def test_a_persons_policy_is_about_their_own_folder() -> None:
    """Vault puts the id of whoever asks into it."""
    found = setup_for(settings(vault={"address": "http://127.0.0.1:8200"}), ())
    policies = {write.path: write.body["policy"] for write in found.writes if "policy" in write.body}

    assert (
        'path "secret/data/users/{{identity.entity.aliases.$ACCESSOR.name}}/*" {\n'
        '  capabilities = ["create", "read", "update", "patch", "delete"]\n}'
    ) in policies["sys/policies/acl/sardonyx"]
    assert policies["sys/policies/acl/sardonyx-broker"] == "".join(
        f'path "auth/token/{call}-accessor" {{\n  capabilities = ["update"]\n}}\n'
        for call in ("lookup", "renew", "revoke")
    )


def test_tokens_of_people_are_renewable_and_the_broker_is_one_subject() -> None:
    """What the broker relies on."""
    found = setup_for(settings(vault={"address": "http://127.0.0.1:8200", "period": "30m"}), ())
    bodies = {write.path: write.body for write in found.writes}

    assert bodies["auth/sardonyx/role/sardonyx"]["token_type"] == "service"
    assert bodies["auth/sardonyx/role/sardonyx"]["token_period"] == 1800
    assert bodies["auth/sardonyx/role/sardonyx-broker"]["bound_subject"] == "broker"
    assert bodies["auth/sardonyx/role/sardonyx-broker"]["token_no_default_policy"] is True


def test_classes_and_teams_have_groups_and_staff_one_of_its_own() -> None:
    """By the names that tokens tell of."""
    found = setup_for(settings(vault={"address": "http://127.0.0.1:8200"}), [("class", "ab12"), ("team", "xy89")])

    assert [group.alias for group in found.groups] == ["class-ab12", "class-ab12-staff", "team-xy89"]
    policies = {write.path: write.body["policy"] for write in found.writes if "policy" in write.body}
    students = policies["sys/policies/acl/sardonyx-class-ab12"]
    assert 'path "secret/data/groups/class-ab12/*" {\n  capabilities = ["read"]\n}' in students
    assert "create" not in students
    assert "create" in policies["sys/policies/acl/sardonyx-class-ab12-staff"]
    assert "create" in policies["sys/policies/acl/sardonyx-team-xy89"]


def test_a_vault_elsewhere_fetches_our_keys_from_the_public_address() -> None:
    """One on this machine goes past the proxy."""
    ports = Ports(8000)
    elsewhere = settings(vault={"address": "https://vault.example.org"}, web={"public_url": "https://n.example.org"})

    assert jwks_url(elsewhere, ports) == "https://n.example.org/services/credentials/jwks"
    assert (
        jwks_url(settings(vault={"address": "http://127.0.0.1:8200"}), ports)
        == "http://127.0.0.1:8003/services/credentials/jwks"
    )


def test_without_apply_commands_are_printed(tmp_path: Path) -> None:
    """Nothing is asked, nothing is made."""
    (tmp_path / "settings.yaml").write_text(SETTINGS)

    result = CliRunner().invoke(vault, ["setup", str(tmp_path / "settings.yaml")])

    assert result.exit_code == 0
    assert "vault auth enable -path=sardonyx jwt" in result.output
    assert "vault policy write lab-broker - <<END" in result.output
    assert not (tmp_path / "data").exists()


def test_a_namespace_comes_first() -> None:
    """Each command is for it."""
    found = setup_for(settings(vault={"address": "http://127.0.0.1:8200", "namespace": "lab"}), ())

    assert as_commands(found).splitlines()[4] == "export VAULT_NAMESPACE=lab"


@pytest.mark.parametrize(
    ("text", "token", "said"),
    [
        pytest.param(
            SETTINGS.replace("vault: {", "storage: {} #"),
            "t",
            "there is no Vault in the settings. Add a section 'vault' with its address.",
            id="none",
        ),
        pytest.param(
            SETTINGS,
            "",
            "--apply needs the token of an operator of Vault. Set VAULT_TOKEN, or leave --apply out.",
            id="no token",
        ),
        pytest.param(SETTINGS, "t", "Vault does not answer at http://127.0.0.1:9: ", id="away"),
    ],
)
def test_what_is_missing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, token: str, said: str
) -> None:
    """In a sentence, with what to do."""
    (tmp_path / "settings.yaml").write_text(text)
    monkeypatch.setenv("VAULT_TOKEN", token)

    result = CliRunner().invoke(vault, ["setup", "--apply", str(tmp_path / "settings.yaml")])

    assert isinstance(result.exception, OperatorError)
    assert str(result.exception).startswith(said)
