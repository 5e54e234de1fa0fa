"""What is said with a file: that it is one to keep, and never a page of this place. Decided without the network."""

import re
from collections.abc import Mapping
from urllib.parse import quote

ALWAYS = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Accept",
}
"""With each answer. The last but one: a page elsewhere on the web, and one in a tool of somebody's, shows nothing of it."""
OF_A_FILE = {
    "Content-Type": "application/octet-stream",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Accept-Ranges": "bytes",
}
OF_A_PAGE = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}
PASSED_ON = {
    "content-length": re.compile(r"[0-9]{1,20}"),
    "content-range": re.compile(r"bytes ([0-9]{1,20}-[0-9]{1,20}|\*)/[0-9]{1,20}"),
    "etag": re.compile(r'"[\x21\x23-\x7e]{1,200}"'),
    "last-modified": re.compile(r"[A-Za-z]{3}, [0-9]{2} [A-Za-z]{3} [0-9]{4} [0-9:]{8} GMT"),
    "content-encoding": re.compile(r"gzip|br|zstd|deflate"),
}
"""What is taken over from the store, and nothing else: whoever wrote a file chose its type and what else is stored with it."""
ONE_RANGE = re.compile(r"bytes=([0-9]{1,20}-[0-9]{0,20}|-[0-9]{1,20})")
FROM_THE_BEGINNING = re.compile(r"bytes=0+-[0-9]*")


def of_file(name: str, stored: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a file.

    Args:
        name: as people call it.
        stored: the store's headers.
    """
    passed = {
        header.title(): stored[header]
        for header, form in PASSED_ON.items()
        if header in stored and form.fullmatch(stored[header])
    }
    return {**ALWAYS, **OF_A_FILE, "Content-Disposition": disposition(name), **passed}


def disposition(name: str) -> str:
    """Return what makes of an answer a file to keep, with a name of any signs (RFC 6266, section 5; RFC 8187)."""
    plain = re.sub(r'[^ -~]|["\\%]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def asked_of_store(asked: Mapping[str, str]) -> dict[str, str]:
    """Return the headers with which the store is asked.

    One range is passed on; several, or what is none, count as if nothing had been said (RFC 9110, section 14.2).

    Args:
        asked: the reader's headers, in lower case.
    """
    found = {"accept-encoding": "identity"}
    if ONE_RANGE.fullmatch(asked.get("range", "")):
        found["range"] = asked["range"]
        if "if-range" in asked:
            # The store is told that it has to be the same file; where it is not, the whole is sent.
            found["if-match"] = asked["if-range"] if PASSED_ON["etag"].fullmatch(asked["if-range"]) else '"none"'
    return found


def is_from_the_beginning(asked: Mapping[str, str]) -> bool:
    """Tell whether the store is asked for a file from its first byte on: that counts as opened, the rest is its going on."""
    return "range" not in asked or FROM_THE_BEGINNING.fullmatch(asked["range"]) is not None
