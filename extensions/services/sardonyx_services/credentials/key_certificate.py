"""A certificate for a signing key: Ceph takes a key from nothing else (`x5c`, RFC 7517, 4.7)."""

import base64
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from joserfc.jwk import RSAKey


def certificate_of(key: RSAKey) -> dict[str, object]:
    """Return `x5c` and `x5t` of a key: a certificate that it signed itself, the same one each time."""
    private: Any = key.private_key  # these keys have one
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, key.thumbprint())])
    made = (
        x509.CertificateBuilder(name, name, key.public_key, 1)
        # RFC 5280, 4.1.2.5: no well-defined end. Which keys are good is said by the list that they are in.
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
        .sign(private, hashes.SHA256())
    )
    der = made.public_bytes(serialization.Encoding.DER)
    # SHA-1 is what `x5t` and every store's list of thumbprints are made of; nothing rests on it.
    short = made.fingerprint(hashes.SHA1())  # noqa: S303
    return {"x5c": [base64.b64encode(der).decode()], "x5t": base64.urlsafe_b64encode(short).rstrip(b"=").decode()}
