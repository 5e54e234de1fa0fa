"""With a certificate of its own: pages by https, keys for data by loopback as before."""

import datetime as dt
import ipaddress
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from support import web

SETTINGS = """
web: {{address: "{address}", certificate: tls.crt, key: tls.key}}
environments: {{python: {{title: Python, prefix: /usr}}}}
profiles: {{python: {{title: Python, environment: python}}}}
"""


def make_certificate(folder: Path) -> None:
    """Make a certificate for this machine that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "this machine")])
    hosts = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host)) for host in ("127.0.0.1", "::1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(hosts, critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "tls.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "tls.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@pytest.mark.parametrize(("address", "host"), [("127.0.0.1", "127.0.0.1"), ("::", "[::1]")])
def test_pages_are_served_by_https_and_keys_are_still_to_be_had(
    another_stack: Callable[[Path], Any], tmp_path: Path, address: str, host: str
) -> None:
    """A server's request for keys is answered: refused here, because the token is nobody's."""
    make_certificate(tmp_path)
    (tmp_path / "settings.yaml").write_text(SETTINGS.format(address=address))

    stack = another_stack(tmp_path / "settings.yaml")

    assert f"Sardonyx is ready: https://{host}:{stack.port}\n" in stack.output
    assert "Not everything works" not in stack.output
    trusting = ssl.create_default_context(cafile=str(tmp_path / "tls.crt"))
    with web.Client(verify=trusting, trust_env=False) as client:
        assert "Sign in" in client.get(f"https://{host}:{stack.port}/hub/login").text
        # What a store on another machine reads.
        assert client.get(f"https://{host}:{stack.port}/services/credentials/jwks").json()["keys"]
    url = f"http://127.0.0.1:{stack.port + 3}/services/credentials/aws"
    answer = web.get(url, headers={"Authorization": "token nobody"}, trust_env=False)
    assert answer.status_code == 403, answer.text
