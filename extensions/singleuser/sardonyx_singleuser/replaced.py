"""What of libraries is replaced in this process: where a new version does not have it, nothing is, and the log says so once."""

import sys
from typing import Any


def found(owner: Any, name: str, without: str) -> Any:
    """Return something of a library that is going to be replaced or used; None if it is not there any more.

    Args:
        name: of the attribute.
        without: what is so then, for the operator.
    """
    there = getattr(owner, name, None)
    if there is None:
        kind = owner if isinstance(owner, type) else type(owner)
        where = getattr(owner, "__name__", kind.__name__)
        sys.stderr.write(f"Sardonyx: {where} has no {name} in this version. {without}\n")
    return there
