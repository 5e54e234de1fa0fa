"""The user side of Vault: the file with the token, the link in the home, and secrets in variables."""

import os
from pathlib import Path

import pytest

from sardonyx_singleuser import contract
from sardonyx_singleuser.progress import Progress
from sardonyx_singleuser.vault import Keeper, give_vault, vault_variables
from sardonyx_singleuser.vault_calls import AwayError, EndedError, Token, VaultError


class Calls:
    """A Vault that may be away."""

    def __init__(self) -> None:
        self.made, self.left, self.is_away, self.has_ended = 0, 3600.0, False, False
        self.secrets: dict[str, str | VaultError] = {}

    def new_token(self) -> Token:
        """Give another one each time."""
        if self.is_away:
            raise AwayError("Vault does not answer now.")
        self.made, self.left, self.has_ended = self.made + 1, 3600.0, False
        return Token(f"token{self.made}", 3600.0)

    def left_s(self, _token: str) -> float:
        """Say how long it is good."""
        if self.is_away:
            raise AwayError("Vault does not answer now.")
        if self.has_ended:
            raise EndedError("Vault does not take the token any more.")
        return self.left

    def secret(self, _token: str, where: str) -> str:
        """Return what is there."""
        found = self.secrets[where]
        if isinstance(found, VaultError):
            raise found
        return found


@pytest.fixture
def calls() -> Calls:
    """A Vault that is there."""
    return Calls()


def keeper(calls: Calls, folder: Path, **secrets: str) -> Keeper:
    """Return one with a home."""
    return Keeper(calls, folder / "sardonyx-vault-token", folder / ".vault-token", secrets)  # type: ignore[arg-type]  # answers alike


def test_the_token_is_in_a_file_to_which_the_home_has_a_link(calls: Calls, tmp_path: Path) -> None:
    """For its owner only; and it is looked at each minute."""
    found = keeper(calls, tmp_path)

    assert found.step() == 60.0

    assert (tmp_path / ".vault-token").readlink() == tmp_path / "sardonyx-vault-token"
    assert (tmp_path / ".vault-token").read_text() == "token1"
    assert (tmp_path / "sardonyx-vault-token").stat().st_mode & 0o777 == 0o600


def test_a_token_that_is_good_stays_and_one_that_ends_is_replaced(calls: Calls, tmp_path: Path) -> None:
    """Renewed ones stay; what was ended, or what nobody renews, does not."""
    found = keeper(calls, tmp_path)
    for _ in range(3):
        found.step()
    assert calls.made == 1

    calls.has_ended = True
    found.step()
    assert (tmp_path / ".vault-token").read_text() == "token2"

    calls.left = 1000.0
    found.step()
    assert (tmp_path / ".vault-token").read_text() == "token3"


def test_while_vault_is_away_the_token_stays_and_it_is_tried_later_and_later(calls: Calls, tmp_path: Path) -> None:
    """Up to a minute; and said once."""
    found = keeper(calls, tmp_path)
    found.step()
    calls.is_away = True

    assert [found.step() for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert (tmp_path / ".vault-token").read_text() == "token1"


def test_a_persons_own_file_stays(calls: Calls, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And the log says what that means."""
    (tmp_path / ".vault-token").write_text("my own")

    keeper(calls, tmp_path).step()

    assert (tmp_path / ".vault-token").read_text() == "my own"
    assert capsys.readouterr().err == (
        f"Sardonyx: Vault: {tmp_path}/.vault-token is a file of your own, so it stays. Programs use the token in it;"
        f" the one that renews itself is in {tmp_path}/sardonyx-vault-token. Delete yours, and start again, to have it used.\n"
    )


def test_a_persons_own_link_stays(calls: Calls, tmp_path: Path) -> None:
    """Wherever it leads."""
    (tmp_path / ".vault-token").symlink_to("/somewhere/else")

    keeper(calls, tmp_path).step()

    assert (tmp_path / ".vault-token").readlink() == Path("/somewhere/else")


def test_the_link_of_an_earlier_server_is_replaced(calls: Calls, tmp_path: Path) -> None:
    """Whether what it leads to is still there or not."""
    (tmp_path / ".vault-token").symlink_to("/gone/sardonyx-vault-token")

    keeper(calls, tmp_path).step()

    assert (tmp_path / ".vault-token").read_text() == "token1"


def test_secrets_become_variables_and_what_is_missing_is_said(
    calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is missing keeps no other away."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    calls.secrets = {"users/a/openai#key": "sk", "groups/x/api#key": VaultError("it is not there.")}
    found = keeper(calls, tmp_path, OTHER="groups/x/api#key", OPENAI_API_KEY="users/a/openai#key")

    found.step()

    assert os.environ.pop("OPENAI_API_KEY") == "sk"
    assert "OTHER" not in os.environ
    assert found.missing == "OTHER is missing, because it is not there."
    assert found.is_through.is_set()


def test_variables_name_vault_and_never_the_token() -> None:
    """A token in a variable would be an old one in every program that runs for long."""
    told = {
        contract.VAULT_ADDRESS: "https://vault.example.org",
        contract.VAULT_NAMESPACE: "lab",
        contract.VAULT_CERTIFICATES: "-----BEGIN",
    }

    assert vault_variables(told, Path("/run/sardonyx")) == {
        "VAULT_ADDR": "https://vault.example.org",
        "VAULT_NAMESPACE": "lab",
        "VAULT_CACERT": "/run/sardonyx/sardonyx-vault.pem",
    }


def test_certificates_that_are_none_keep_no_server_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is no token then, and the log says why."""
    for name, value in {
        contract.VAULT_URL: "http://127.0.0.1:9/vault",
        contract.VAULT_ADDRESS: "https://127.0.0.1:9",
        contract.VAULT_CERTIFICATES: "none",
        contract.TOKEN_FILE: str(tmp_path / "token"),
        "VAULT_ADDR": "",
        "VAULT_CACERT": "",
    }.items():
        monkeypatch.setenv(name, value)

    give_vault({}, tmp_path, Progress(None))

    assert "Sardonyx: Vault: there is no way to Vault from this server: " in capsys.readouterr().err
