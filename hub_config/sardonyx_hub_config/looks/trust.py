"""What an operator does about a certificate that is not trusted. Pure but for where this runs."""

from sardonyx_hub_config.engines.authority import SETTING
from sardonyx_hub_config.engines.engine import release
from sardonyx_services.certificates import distrust

UNKNOWN = frozenset({18, 19, 20, 21})
"""OpenSSL's numbers for: nobody who is trusted has signed it (X509_STORE_CTX_get_error(3))."""


def advice(error: BaseException | None) -> str:
    """Return what to do, after a space; "" = the error is about something else."""
    reason = distrust(error)
    if reason is None:
        return ""
    if reason.verify_code not in UNKNOWN:
        return f" Its certificate is wrong: {reason.verify_message.rstrip('.')}."
    if release() is not None:
        return f" Name who has signed its certificate: '{SETTING}' in the settings."
    return " Let this machine trust who has signed its certificate, or name a file with SSL_CERT_FILE when Sardonyx starts."
