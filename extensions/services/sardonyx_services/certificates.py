"""Which certificates the hub and its services trust: those of this machine, and what the operator has added to them."""

import ssl
from collections.abc import Mapping
from pathlib import Path

from certifi import where

NAMED = ("SSL_CERT_FILE", "AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO")
"""By what OpenSSL, AWS' client, Python's requests, curl and git find theirs."""
USUAL = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where systems have those that they trust: Debian, Fedora, openSUSE, Alpine."""


def trusting(only: Path | None = None) -> ssl.SSLContext:
    """Return what a client believes of a server.

    Args:
        only: file with what it trusts and nothing else; None = what browsers trust, this machine, and `SSL_CERT_FILE`.

    Raises:
        OSError: the file cannot be read, or holds no certificate.
    """
    found = ssl.create_default_context(cafile=str(only or where()))
    if only is None:
        found.load_default_certs()
    return found


def of_machine(usual: tuple[str, ...] = USUAL) -> Path:
    """Return the file with what this machine trusts; that of browsers, where it has none."""
    return next((path for path in map(Path, usual) if path.is_file()), Path(where()))


def passed_on(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what a process of ours is told of this; AWS' client looks neither at the machine nor at `SSL_CERT_FILE`."""
    named = {name: environment[name] for name in NAMED if environment.get(name)}
    return {"AWS_CA_BUNDLE": named.get("SSL_CERT_FILE") or str(of_machine()), **named}


def distrust(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """Return why a certificate was not believed; None = an error is about something else."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return None
