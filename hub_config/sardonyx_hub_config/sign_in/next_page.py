"""Where an address may lead somebody who has signed in: below the path of this place, since the rest of its host is another's.

JupyterHub 6.1 and oauthenticator look at the host only.
"""

import re
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit


def below(next_url: str, base: str) -> str:
    """Return an address on this host if browsers find it below a path, else "".

    Args:
        base: the path, with a slash at both ends.
    """
    path = urlsplit(next_url).path
    steps = re.split(r"[/\\]", unquote(path))
    is_below = path.startswith(base) and not {".", ".."} & set(steps) and next_url.isprintable()
    return next_url if is_below or base == "/" else ""


class _Below:
    """Comes before a handler of the hub."""

    base_url: str

    def _validate_next_url(self, next_url: str) -> str:
        return below(super()._validate_next_url(next_url), self.base_url)  # type: ignore[misc]  # of the handler behind it


@cache
def kept_below(handler: Any) -> Any:
    """Return a handler that leads nobody elsewhere."""
    return type(handler.__name__, (_Below, handler), {}) if hasattr(handler, "_validate_next_url") else handler
