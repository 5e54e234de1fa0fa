"""Where tests keep what takes minutes to make: outside of the clone, so that a fresh one has it already."""

import os
from pathlib import Path


def kept_folder(*names: str) -> Path:
    """Return a folder in it, made if it is not there."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    found = cache.joinpath("sardonyx-tests", *names)
    found.mkdir(parents=True, exist_ok=True)
    return found
