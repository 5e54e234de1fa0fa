"""What an address in the settings may be: of a store or provider, of this place, and of the people who help."""

import ipaddress
import re
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field

_PART = re.compile(r"[A-Za-z0-9_~-]+")
"""A part of a path that is the same to browsers, proxies, cookies and the hub: nothing in it is ever written in another way."""
_MAIL = re.compile(r"[^\s@<>,;:\"()]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


def is_loopback(address: str) -> bool:
    """Tell whether a web address leads to this very machine."""
    host = urlsplit(address).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def in_url(host: str) -> str:
    """Return a host as it stands in a web address: IPv6 in brackets (RFC 3986, section 3.2.2)."""
    return f"[{host}]" if ":" in host else host


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
    if parts is None:
        if text:
            raise ValueError("write a whole address, such as https://notebooks.example.org")
        return text
    path, at = parts.path.rstrip("/"), f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    if not all(_PART.fullmatch(part) for part in path.split("/")[1:]):
        raise ValueError(
            f"has the path {parts.path}, which browsers and proxies do not all read in the same way. Use letters, digits,"
            f" '-', '_' and '~', with one '/' between its parts, such as {at}/datalab"
        )
    if at + path != parts.scheme + text.rstrip("/")[len(parts.scheme) :]:
        raise ValueError(f"is more than the address of a place. Write {at}{path}")
    return at + path


def slashed(path: str) -> str:
    """Return a path with a slash at both ends: "/" or "/datalab/"."""
    inner = path.strip("/")
    return f"/{inner}/" if inner else "/"


def _contact(text: str) -> str:
    text = text.strip()
    if text and _split(text) is None and _MAIL.fullmatch(text) is None:
        raise ValueError("write a mail address or a link, such as help@example.org or https://example.org/help")
    return text


def _listening(text: str) -> str:
    host = text.strip().removeprefix("[").removesuffix("]")
    if not host or re.search(r"[\s/\[\]]", host) or (":" in host and not _is_ip(host)):
        raise ValueError(
            "write an address of this machine without a port, such as 127.0.0.1, ::1 or 0.0.0.0. The port stands in 'web.port'"
        )
    return host


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


WebAddress = Annotated[str, AfterValidator(_web_address), Field(examples=["https://store.example.org"])]
PublicAddress = Annotated[
    str,
    AfterValidator(_public_address),
    Field(examples=["https://notebooks.example.org", "https://example.org/datalab"]),
]
Contact = Annotated[str, AfterValidator(_contact), Field(examples=["help@example.org", "https://example.org/help"])]
Listening = Annotated[str, AfterValidator(_listening), Field(examples=["127.0.0.1", "0.0.0.0", "::"])]  # noqa: S104 - an example
