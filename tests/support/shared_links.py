"""Files that people share by links, on a real store: written, shared, opened, taken back."""

from typing import Any

import httpx
from support import web
from support.places import BUCKET, Client, Place

UNKNOWN = "This link opens nothing. It is not whole, or whoever shared the file took it back. Ask who sent it to you.\n"
NOT_SHARED = (
    "This file is not shared any more. Whoever shared it does not reach it any more. Ask who sent you the link.\n"
)
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def put(person: Client, name: str, body: bytes = b"for all", group: str = "", prefix: str = "", **more: Any) -> str:
    """Write a file; return its key."""
    key = (prefix or person.home) + name
    person.s3(group).put_object(Bucket=BUCKET, Key=key, Body=body, **more)
    return key


def told(answer: httpx.Response) -> tuple[int, str]:
    """Return status and sentence of a refusal by the keys service."""
    return answer.status_code, str(answer.json()["message"])


def links_of(place: Place, name: str) -> list[dict[str, Any]]:
    """Return what the page “Data” is told of somebody's links."""
    headers = {"Authorization": f"token {place.hub.sits_at_the_page(name)}"}
    found: list[dict[str, Any]] = web.get(f"{place.keys}/access/all", headers=headers).json()["links"]
    return found


def link_of(place: Place, name: str, key: str) -> dict[str, Any]:
    """Return what it is told of their link to a file."""
    (found,) = [each for each in links_of(place, name) if each["key"] == key]
    return found


def take_back(place: Place, name: str, mark: str) -> httpx.Response:
    """Take a link back, as the page does."""
    headers = {"Authorization": f"token {place.hub.sits_at_the_page(name)}"}
    return web.post(f"{place.keys}/links/end", params={"mark": mark}, headers=headers)
