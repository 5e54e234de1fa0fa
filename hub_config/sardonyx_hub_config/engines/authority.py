"""Certificates that a whole place on a cluster trusts beside its image's, such as those of a company's own authority.

Programs take one file in the place of all that they would trust, so it has those of the image, too.
"""

import os
import ssl
import tempfile
from collections.abc import MutableMapping
from pathlib import Path

from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.certificates import NAMED, of_machine
from sardonyx_spawner import contract

SETTING = "kubernetes.certificate_authority"


def trust_authority(environment: MutableMapping[str, str], folder: Path | None = None) -> None:
    """Let this process and all that it starts trust what the chart has mounted; nothing where it has mounted nothing.

    A file that the operator has named for one of the programs stays.

    Args:
        folder: for the file with all of them; None = that of temporary files.

    Raises:
        OperatorError: what is mounted holds no certificate.
    """
    if not (authority := environment.get(contract.AUTHORITY)):
        return
    try:
        own = Path(authority).read_text()
        ssl.create_default_context(cadata=own)
    except (OSError, ValueError) as error:
        raise OperatorError(
            f"the certificates of this place cannot be used: {error}. Look at what the ConfigMap has that"
            f" '{SETTING}' of the settings names: certificates as text (PEM), under its key."
        ) from error
    both = (folder or Path(tempfile.gettempdir())) / "sardonyx-certificates.pem"
    # `sardonyx doctor` runs beside the hub, and writes the same.
    fresh = both.with_suffix(f".{os.getpid()}")
    fresh.write_text(f"{of_machine().read_text()}\n{own}")
    fresh.replace(both)
    for name in NAMED:
        environment.setdefault(name, str(both))
