import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sardonyx_hub_config.certificate import check_certificate
from sardonyx_hub_config.errors import OperatorError

Pair = tuple[Path, Path]


def pair(folder: Path, name: str, password: bytes = b"") -> Pair:
    """Make a certificate that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "notebooks.example.org")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    closed: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password:
        closed = serialization.BestAvailableEncryption(password)
    paths = folder / f"{name}.crt", folder / f"{name}.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, closed))
    return paths


@pytest.fixture
def good(tmp_path: Path) -> Pair:
    """A certificate and its key."""
    return pair(tmp_path, "good")


def said(certificate: Path, key: Path) -> str:
    """Return what the operator is told."""
    with pytest.raises(OperatorError) as caught:
        check_certificate(certificate, key)
    return str(caught.value)


def test_a_pair_is_taken(good: Pair) -> None:
    """And nothing is said."""
    check_certificate(*good)


def test_a_missing_file_is_named_with_its_setting(good: Pair, tmp_path: Path) -> None:
    """Either of both."""
    missing = tmp_path / "missing.pem"

    assert said(missing, good[1]) == (
        f"there is no file {missing} for the certificate. Correct 'web.certificate' in the settings."
    )
    assert said(good[0], missing) == f"there is no file {missing} for the key. Correct 'web.key' in the settings."


def test_a_file_that_cannot_be_read_is_named_with_the_reason(good: Pair, tmp_path: Path) -> None:
    """A folder here: tests may run as a user who can read everything."""
    assert said(good[0], tmp_path) == (
        f"the key in {tmp_path} cannot be read: Is a directory."
        " Give it to the user who runs Sardonyx, or correct 'web.key'."
    )


def test_the_key_of_another_certificate_is_refused(good: Pair, tmp_path: Path) -> None:
    """Such as after a renewal of one of them."""
    other = pair(tmp_path, "other")

    assert said(good[0], other[1]) == (
        f"the certificate in {good[0]} was made for another key than the one in {other[1]}. Correct one of them."
    )


def test_files_in_each_others_place_are_named(good: Pair) -> None:
    """The certificate is looked at first."""
    assert said(good[1], good[0]).startswith(f"there is no certificate in {good[1]}. It is PEM text and begins with")
    assert said(good[0], good[0]).startswith(f"there is no key in {good[0]}. It is PEM text and begins with")


def test_a_locked_key_is_refused_instead_of_a_question_that_nobody_answers(tmp_path: Path) -> None:
    """The service starts by itself, also at night."""
    locked = pair(tmp_path, "locked", b"secret")

    assert f"the key in {locked[1]} is locked with a password" in said(*locked)
