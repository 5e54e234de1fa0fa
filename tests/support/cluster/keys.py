"""Who is who in a cluster of the tests: one authority, its certificates, and a token for each program."""

import datetime as dt
import ipaddress
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID
from support.cluster.network import Network

NODE = "node"
PROGRAMS = {
    "administrator": ("administrator", "system:masters"),
    "kube-controller-manager": ("system:kube-controller-manager", ""),
    "kube-scheduler": ("system:kube-scheduler", ""),
    "kube-proxy": ("system:kube-proxy", ""),
    "kubelet": (f"system:node:{NODE}", "system:nodes"),
    "folders": ("folders", "system:masters"),
    "kube-router": ("kube-router", "system:masters"),
}
"""Who asks the API server -> the name and the group that it has there."""
DAYS = dt.timedelta(days=30)


@dataclass
class Keys:
    """Files with keys, in a folder."""

    folder: Path
    network: Network
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    _tokens: dict[str, str] = field(default_factory=lambda: {program: secrets.token_hex(16) for program in PROGRAMS})

    @property
    def server(self) -> str:
        """The address of the API server, for the host and for all that runs in the cluster."""
        return f"https://{self.network.node}:6443"

    def write(self) -> None:
        """Write all of them."""
        self.folder.mkdir(mode=0o700)
        self._certificate("authority", self._key, authority=True)
        self._certificate("api-server", self._new_key("api-server"))
        self._certificate("kubelet-client", self._new_key("kubelet-client"))
        tokens = self._new_key("service-accounts")
        public = tokens.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (self.folder / "service-accounts.pub").write_bytes(public)
        known = [f'{self._tokens[program]},{name},{name},"{group}"' for program, (name, group) in PROGRAMS.items()]
        (self.folder / "tokens.csv").write_text("\n".join(known) + "\n")
        for program in PROGRAMS:
            self.kubeconfig(program).write_text(json.dumps(self._kubeconfig(program)))

    def kubeconfig(self, program: str = "administrator") -> Path:
        """Return the file by which a program finds the API server."""
        return self.folder / f"{program}.kubeconfig"

    def _kubeconfig(self, program: str) -> dict[str, object]:
        cluster = {"server": self.server, "certificate-authority": str(self.folder / "authority.crt")}
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": self.network.name, "cluster": cluster}],
            "users": [{"name": program, "user": {"token": self._tokens[program]}}],
            "contexts": [{"name": "tests", "context": {"cluster": self.network.name, "user": program}}],
            "current-context": "tests",
        }

    def _new_key(self, name: str) -> ec.EllipticCurvePrivateKey:
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        (self.folder / f"{name}.key").write_bytes(pem)
        return key

    def _certificate(self, name: str, key: ec.EllipticCurvePrivateKey, *, authority: bool = False) -> None:
        # Go reads the group that an administrator is in from the organisation.
        who = [(NameOID.COMMON_NAME, name)] + ([] if authority else [(NameOID.ORGANIZATION_NAME, "system:masters")])
        names = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost"]
        addresses = [self.network.node, str(self.network.services[1]), "127.0.0.1"]
        now = dt.datetime.now(dt.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(kind, value) for kind, value in who]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + DAYS)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        # Python is stricter than Go: it wants to know for what a key is, and whose it is.
        keys = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        certificate = certificate.add_extension(keys, critical=False).add_extension(issuer, critical=False)
        if authority:
            use = dict.fromkeys(("digital_signature", "key_cert_sign", "crl_sign"), True)
            other = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
            unused = dict.fromkeys((*other, "encipher_only", "decipher_only"), False)
            certificate = certificate.add_extension(x509.KeyUsage(**use, **unused), critical=True)
        else:
            found: list[x509.GeneralName] = [x509.DNSName(value) for value in names]
            found += [x509.IPAddress(ipaddress.IPv4Address(address)) for address in addresses]
            certificate = certificate.add_extension(x509.SubjectAlternativeName(found), critical=False)
        signed = certificate.sign(self._key, hashes.SHA256())
        (self.folder / f"{name}.crt").write_bytes(signed.public_bytes(Encoding.PEM))
