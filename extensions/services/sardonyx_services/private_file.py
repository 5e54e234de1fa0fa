"""A file that tells a service something, for its owner only."""

import os
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Write it, in the place of what was there."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
