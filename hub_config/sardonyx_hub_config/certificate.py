"""Whether the TLS certificate and key of the settings can be used: asked before anything starts."""

import ssl
from pathlib import Path

from sardonyx_hub_config.errors import OperatorError

AS_PEM = "It is PEM text and begins with a line such as -----BEGIN {what}-----."


def check_certificate(certificate: Path, key: Path) -> None:
    """Make sure that both files can be read and belong together.

    Raises:
        OperatorError: names the file, what is wrong with it, and what to do.
    """
    for name, path in (("certificate", certificate), ("key", key)):
        _check_readable(name, path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_verify_locations(certificate)
    except ssl.SSLError as error:
        raise OperatorError(
            f"there is no certificate in {certificate}. {AS_PEM.format(what='CERTIFICATE')} Correct 'web.certificate'."
        ) from error

    def no_password() -> str:
        raise OperatorError(
            f"the key in {key} is locked with a password, and nobody is there to type it at a start."
            f" Unlock it: openssl pkey -in {key} -out FILE, and write that file as 'web.key'."
        )

    try:
        context.load_cert_chain(certificate, key, no_password)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            message = (
                f"the certificate in {certificate} was made for another key than the one in {key}. Correct one of them."
            )
        elif _is_key(key):
            message = f"{certificate} and {key} cannot be used for TLS: {error.reason}. Have them made again."
        else:
            message = f"there is no key in {key}. {AS_PEM.format(what='PRIVATE KEY')} Correct 'web.key'."
        raise OperatorError(message) from error


def _check_readable(name: str, path: Path) -> None:
    try:
        path.read_bytes()
    except FileNotFoundError:
        raise OperatorError(f"there is no file {path} for the {name}. Correct 'web.{name}' in the settings.") from None
    except OSError as error:
        raise OperatorError(
            f"the {name} in {path} cannot be read: {error.strerror}. Give it to the user who runs Sardonyx,"
            f" or correct 'web.{name}'."
        ) from error


def _is_key(path: Path) -> bool:
    return b"PRIVATE KEY-----" in path.read_bytes()
