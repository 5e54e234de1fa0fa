"""The script that tells of a person, put into the pages of tools and apps as they pass through the server."""

from html import escape
from typing import Any


def put_script(response: Any, script: str, told: str) -> None:
    """Put the script into an answer that is a page to be shown.

    Args:
        script: where it is.
        told: where it tells of the person.
    """
    headers = response.headers
    is_page = headers.get("Content-Type", "").startswith("text/html") and "Content-Encoding" not in headers
    # MLflow's page has one that says "inline".
    is_file = headers.get("Content-Disposition", "").lower().startswith("attachment")
    if response.body and is_page and not is_file:
        # At its end, where every page may have one, however it begins.
        response.body += f'<script async src="{escape(script)}" data-at="{escape(told)}"></script>'.encode()
