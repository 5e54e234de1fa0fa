"""Our style and scripts, and the text that changes with them."""

import hashlib
from pathlib import Path
from typing import Any

from tornado import web

STATIC = Path(__file__).parent / "static"


def static_version() -> str:
    """Return a text that changes with any of our static files."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


class StaticHandler(web.StaticFileHandler):
    """Style and scripts; the address changes with the content, so browsers keep them for long."""

    def get_cache_time(self, path: str, modified: Any, mime_type: str) -> int:  # noqa: ARG002 - tornado's signature
        """Keep for a year what is asked for with its version."""
        return 31536000 if self.get_query_argument("v", "") else 0

    def check_etag_header(self) -> bool:
        """Compare by content."""
        return bool(super().check_etag_header())
