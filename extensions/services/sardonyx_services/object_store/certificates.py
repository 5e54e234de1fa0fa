"""Certificates between SeaweedFS' parts, for a machine on which they cannot have a network of their own.

One authority of the store's own, one certificate that every part shows and asks for. Both are made at each start and
worth nothing outside of it.
"""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY, CERTIFICATE, KEY = "authority.pem", "part.pem", "part.key"
NAME = "sardonyx-store"
LIFE = timedelta(days=3650)
"""A store that runs for so long without a start would have other problems."""
SKEW = timedelta(hours=1)


def make_certificates(now: datetime | None = None) -> dict[str, bytes]:
    """Return the files: authority, certificate and key, as PEM."""
    began = (now or datetime.now(UTC)) - SKEW
    authority_key, part_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = (
        _certificate("sardonyx-store-authority", "sardonyx-store-authority", authority_key, began)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    uses = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    part = (
        _certificate(NAME, "sardonyx-store-authority", part_key, began)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    return {
        AUTHORITY: authority.public_bytes(serialization.Encoding.PEM),
        CERTIFICATE: part.public_bytes(serialization.Encoding.PEM),
        KEY: part_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    }


def tls_settings(folder: Path) -> str:
    """Return the part of security.toml by which every part shows its certificate and asks for the others'."""
    own = f'cert = "{folder / CERTIFICATE}"\nkey = "{folder / KEY}"\n'
    lines = [f'[grpc]\nca = "{folder / AUTHORITY}"\n']
    lines += [f'[grpc.{part}]\n{own}allowed_commonNames = "{NAME}"\n' for part in ("master", "volume", "filer", "s3")]
    lines.append(f"[grpc.client]\n{own}")
    lines += [f'[https.{part}]\n{own}ca = "{folder / AUTHORITY}"\n' for part in ("master", "volume", "filer")]
    lines.append(f'[https.client]\nenabled = true\n{own}ca = "{folder / AUTHORITY}"\n')
    return "".join(lines)


def _certificate(
    subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, began: datetime
) -> x509.CertificateBuilder:
    subject_name, issuer_name = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n)]) for n in (subject, issuer))
    return (
        x509.CertificateBuilder()
        .subject_name(subject_name)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + LIFE)
    )
