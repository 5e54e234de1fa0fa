"""What an address in the settings may be: of a store or provider, of this place, and of the people who help."""

import ipaddress
import re
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field

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
PublicAddress = Annotated[str, AfterValidator(_public_address), Field(examples=["https://notebooks.example.org"])]
Contact = Annotated[str, AfterValidator(_contact), Field(examples=["help@example.org", "https://example.org/help"])]
Listening = Annotated[str, AfterValidator(_listening), Field(examples=["127.0.0.1", "0.0.0.0", "::"])]  # noqa: S104 - an example
