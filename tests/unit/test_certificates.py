"""Whose certificates the hub and its services trust, and what is said where one is nobody's."""

import os
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.authority import Authority
from support.stub_store import StubStore, stub_store_by_https

from sardonyx_hub_config.engines.authority import trust_authority
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.looks.trust import advice
from sardonyx_services.certificates import NAMED, distrust, passed_on
from sardonyx_services.credentials.errors import UnavailableError
from sardonyx_services.credentials.sts import Keys, Sts
from sardonyx_singleuser import contract
from sardonyx_singleuser.storage.errors import StorageError
from sardonyx_singleuser.storage.signature import Keys as OwnKeys
from sardonyx_singleuser.storage.store import Store
from sardonyx_singleuser.vault_calls import AwayError, VaultCalls

NOT_TRUSTED = (
    "The certificate of the data store is not one that this place trusts, so nothing is sent there."
    " The people who run this place have to look at it."
)


@pytest.fixture
def company(tmp_path: Path) -> tuple[Authority, Path]:
    """An authority that no machine knows, and the file with its certificate."""
    authority, file = Authority(), tmp_path / "ca.crt"
    # Without an end of its last line, as editors leave it.
    file.write_text(authority.pem.rstrip())
    return authority, file


async def keys(store: StubStore) -> Keys:
    """Ask a store for keys, as the keys service does."""
    return await Sts(store.configuration()).keys("token", "session", "{}", 3600)


def names(file: str) -> list[str]:
    """Return the common names of those that a file has."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(file)
    found: list[dict[str, Any]] = context.get_ca_certs()
    return [value for each in found for part in each["subject"] for key, value in part if key == "commonName"]


async def test_a_store_whose_certificate_the_operator_lets_be_trusted_gives_keys(
    company: tuple[Authority, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the variable that OpenSSL itself has for that."""
    authority, file = company
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with stub_store_by_https(authority.certificate("127.0.0.1")) as store:
        assert (await keys(store)).access_key == "id"


async def test_a_store_whose_certificate_is_nobodys_is_said_to_be_that(company: tuple[Authority, Path]) -> None:
    """It answers, and would for ever; so nobody is told to try again in a minute. The operator reads what to do."""
    with stub_store_by_https(company[0].certificate("127.0.0.1")) as store, pytest.raises(UnavailableError) as raised:
        await keys(store)

    assert raised.value.message == NOT_TRUSTED
    assert store.asked == []
    what = " Let this machine trust who has signed its certificate, or name a file with SSL_CERT_FILE when Sardonyx starts."
    assert advice(raised.value) == what


async def test_a_certificate_of_another_host_is_another_fault(
    company: tuple[Authority, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has signed it is known."""
    monkeypatch.setenv("SSL_CERT_FILE", str(company[1]))
    certificate = company[0].certificate("store.example.org")
    with (
        stub_store_by_https(certificate) as store,
        pytest.raises(UnavailableError, match="is not one that this") as raised,
    ):
        await keys(store)

    assert advice(raised.value) == (
        " Its certificate is wrong: IP address mismatch, certificate is not valid for '127.0.0.1'."
    )


def test_in_the_pod_of_a_hub_the_setting_is_what_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """There nobody has a machine to change."""
    for name, value in {"ENGINE": "kubernetes", "NAME": "lab", "INSTANCE": "lab"}.items():
        monkeypatch.setenv(f"SARDONYX_{name}", value)
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = 19, "self-signed certificate in certificate chain"

    said = advice(error)

    assert said == " Name who has signed its certificate: 'kubernetes.certificate_authority' in the settings."


def test_what_went_wrong_otherwise_is_about_no_certificate() -> None:
    """Whatever it was that another error came from."""
    refused = ConnectionRefusedError()
    refused.__cause__ = OSError()
    refused.__cause__.__cause__ = refused

    assert distrust(refused) is None
    assert advice(refused) == ""


def test_a_place_trusts_its_authority_and_what_its_image_does(company: tuple[Authority, Path], tmp_path: Path) -> None:
    """In one file, because programs take one; what the operator has named for one of them stays."""
    variables = {"SARDONYX_AUTHORITY": str(company[1]), "GIT_SSL_CAINFO": "/etc/git.pem"}
    trust_authority(variables, tmp_path)

    assert variables.pop("GIT_SSL_CAINFO") == "/etc/git.pem"
    (file,) = {variables[name] for name in NAMED if name in variables}
    assert company[0].name in names(file)
    assert len(names(file)) > 50
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith("sardonyx")] == [Path(file).name]


def test_a_place_without_an_authority_is_as_it_was() -> None:
    """On one machine, and where the settings name none."""
    variables = {"PATH": "/bin"}
    trust_authority(variables)

    assert variables == {"PATH": "/bin"}


def test_what_is_no_certificate_is_said_with_where_it_comes_from(tmp_path: Path) -> None:
    """Not by a trace of whoever reads it first."""
    (tmp_path / "ca.crt").write_text("none")

    with pytest.raises(OperatorError, match=r"Look at what the ConfigMap has that 'kubernetes\.certificate_authority'"):
        trust_authority({"SARDONYX_AUTHORITY": str(tmp_path / "ca.crt")}, tmp_path)


def test_services_are_told_what_the_hub_trusts() -> None:
    """JupyterHub gives them nothing of its own; AWS' client looks at its own file alone, unless it is told of another one."""
    assert passed_on({"SSL_CERT_FILE": "/a.pem", "PATH": "/bin"}) == {
        "SSL_CERT_FILE": "/a.pem",
        "AWS_CA_BUNDLE": "/a.pem",
    }
    assert passed_on({"SSL_CERT_FILE": "/a.pem", "AWS_CA_BUNDLE": "/b.pem"})["AWS_CA_BUNDLE"] == "/b.pem"
    assert Path(passed_on({})["AWS_CA_BUNDLE"]).is_file()
    assert set(passed_on(os.environ)) <= set(NAMED)


async def test_in_a_server_the_same_is_said_of_the_data_store(company: tuple[Authority, Path]) -> None:
    """By what shows its files in JupyterLab."""
    with stub_store_by_https(company[0].certificate("127.0.0.1")) as at, pytest.raises(StorageError) as raised:
        await Store(at.address, "us-east-1", "sardonyx").find(OwnKeys("id", "secret", "token", datetime.now(UTC)), "a")

    assert str(raised.value).startswith("The certificate of the data store is not one that this server trusts")


def test_in_a_server_the_same_is_said_of_vault(company: tuple[Authority, Path]) -> None:
    """The log of the server has it."""
    with stub_store_by_https(company[0].certificate("127.0.0.1")) as at, pytest.raises(AwayError) as raised:
        VaultCalls({contract.VAULT_URL: at.address, contract.VAULT_ADDRESS: at.address}, "token").left_s("token")

    assert str(raised.value).startswith("The certificate of Vault is not one that this server trusts.")
