"""Certificates that the operator wants servers to trust: beside those of the image, for each program in its own way."""

import datetime as dt
import ssl
from pathlib import Path
from typing import Any

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sardonyx_singleuser.authority import TRUSTED, give_authority


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """A certificate of an authority that no system knows."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Ours")]),
    )
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path / "ca.crt"
    # Without an end of its last line, as editors leave it.
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM).rstrip())
    return path


def trusted(file: str) -> set[str]:
    """Return the common names of those that a file has."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(file)
    found: list[dict[str, Any]] = context.get_ca_certs()
    return {value for each in found for part in each["subject"] for key, value in part if key == "commonName"}


@pytest.mark.parametrize("usual", [(certifi.where(),), ("/nowhere",)], ids=["of the system", "of certifi"])
def test_what_the_image_trusts_is_trusted_as_before(company: Path, tmp_path: Path, usual: tuple[str, ...]) -> None:
    """The company's and the world's: a program takes one file."""
    (tmp_path / "run").mkdir()
    variables = {"SARDONYX_AUTHORITY": str(company), "REQUESTS_CA_BUNDLE": "/opt/conda/ssl/cacert.pem"}
    give_authority(variables, tmp_path / "run", usual)

    (both,) = {variables[name] for name in TRUSTED}
    assert trusted(both) == trusted(certifi.where()) | {"Ours"}
    assert variables["NODE_EXTRA_CA_CERTS"] == str(company)


def test_a_server_starts_without_what_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its log says so, and programs trust what they did."""
    variables = {"SARDONYX_AUTHORITY": "/nowhere/ca.crt"}
    give_authority(variables, tmp_path)

    assert variables == {"SARDONYX_AUTHORITY": "/nowhere/ca.crt"}
    assert "the certificates of this place cannot be had" in capsys.readouterr().err
