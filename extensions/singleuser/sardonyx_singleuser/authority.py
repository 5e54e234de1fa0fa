"""Certificates that the operator wants servers to trust, such as those of a company's own authority.

Programs take one file in the place of all that they would trust, so it has those of the image, too.
"""

import sys
from collections.abc import MutableMapping, Sequence
from pathlib import Path

from sardonyx_singleuser import contract

USUAL = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where systems have those that they trust: Debian, Fedora, openSUSE, Alpine."""
TRUSTED = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE", "GIT_SSL_CAINFO")
"""By what OpenSSL, Python's requests and pip, curl and R, the AWS SDKs, and git find theirs."""
ADDED = "NODE_EXTRA_CA_CERTS"
"""By what Node.js finds more than its own."""
FILE = "certificates.pem"


def give_authority(variables: MutableMapping[str, str], folder: Path, usual: Sequence[str] = USUAL) -> None:
    """Let every program of this server trust what the operator says.

    Args:
        folder: of this server alone.
        usual: where certificates of the image may be.
    """
    authority, both = variables[contract.AUTHORITY], folder / FILE
    try:
        both.write_text(f"{_of_image(usual)}\n{Path(authority).read_text()}")
    except OSError as error:
        sys.stderr.write(f"Sardonyx: the certificates of this place cannot be had: {error}\n")
        return
    variables.update(dict.fromkeys(TRUSTED, str(both)))
    variables[ADDED] = authority


def _of_image(usual: Sequence[str]) -> str:
    found = next((path for path in map(Path, usual) if path.is_file()), None)
    if found is None:
        # Comes with most programs in Python that use the web.
        from certifi import where  # noqa: PLC0415

        found = Path(where())
    return found.read_text()
