"""What an address in the settings may be: of a store or provider, of this place, and of the people who help."""

import re
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field

_MAIL = re.compile(r"[^\s@<>,;:\"()]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if is_whole and not re.search(r"\s", text) else None


def _web_address(text: str) -> str:
    if text and _split(text) is None:
        raise ValueError("write a whole address, such as https://store.example.org")
    return text.rstrip("/")


def _public_address(text: str) -> str:
    parts = _split(text)
    if text and parts is None:
        raise ValueError("write a whole address, such as https://notebooks.example.org")
    if parts and (parts.path.rstrip("/") or parts.query or parts.fragment or parts.username is not None):
        raise ValueError(
            f"is more than a host, and pages are served at its root only. Write {parts.scheme}://{_host_and_port(parts)}"
            " and give this place a host name of its own"
        )
    return text.rstrip("/")


def _host_and_port(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]


def _contact(text: str) -> str:
    text = text.strip()
    if text and _split(text) is None and _MAIL.fullmatch(text) is None:
        raise ValueError("write a mail address or a link, such as help@example.org or https://example.org/help")
    return text


WebAddress = Annotated[str, AfterValidator(_web_address), Field(examples=["https://store.example.org"])]
PublicAddress = Annotated[str, AfterValidator(_public_address), Field(examples=["https://notebooks.example.org"])]
Contact = Annotated[str, AfterValidator(_contact), Field(examples=["help@example.org", "https://example.org/help"])]
