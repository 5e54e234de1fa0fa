"""A company's own certificate authority, which nobody else trusts."""

import datetime as dt
import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

DAYS = dt.timedelta(days=2)
USES = ("digital_signature", "key_cert_sign", "crl_sign")
NO_USES = (
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, as text (PEM)."""

    certificate: str
    key: str

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write both; return their files."""
        files = folder / "tls.crt", folder / "tls.key"
        for file, text in zip(files, (self.certificate, self.key), strict=True):
            file.write_text(text)
            file.chmod(0o600)
        return files


@dataclass
class Authority:
    """Signs certificates of servers."""

    name: str = "A Company's Own Authority"
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def pem(self) -> str:
        """Its own certificate."""
        use = x509.KeyUsage(**dict.fromkeys(USES, True), **dict.fromkeys(NO_USES, False))
        found = self._builder(self.name, self._key.public_key(), is_authority=True).add_extension(use, critical=True)
        return found.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()

    def certificate(self, *hosts: str) -> Certificate:
        """Return a certificate for a server.

        Args:
            hosts: its names and addresses.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([_general(host) for host in hosts])
        found = self._builder(hosts[0], key.public_key()).add_extension(names, critical=False)
        return Certificate(
            found.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM).decode(),
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        )

    def _builder(
        self, name: str, key: ec.EllipticCurvePublicKey, *, is_authority: bool = False
    ) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        return (
            x509.CertificateBuilder(
                x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)]),
                x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
                key,
                x509.random_serial_number(),
            )
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + DAYS)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
