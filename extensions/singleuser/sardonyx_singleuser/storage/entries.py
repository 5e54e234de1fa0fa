"""What is in a folder, read from a store's answer (ListObjectsV2)."""

from dataclasses import dataclass
from urllib.parse import unquote_plus
from xml.etree import ElementTree as ET

FOLDER, FILE = "directory", "file"


@dataclass(frozen=True)
class Entry:
    """A file or a folder.

    Args:
        size: in bytes; None = a folder.
        modified: ISO 8601; "" = a folder.
    """

    name: str
    kind: str
    size: int | None
    modified: str


@dataclass(frozen=True)
class Page:
    """A part of a listing.

    Args:
        keys: of all objects in it.
        unnamed: so many cannot be shown, because of their names.
        after: to ask for the next part with; "" = this is the last.
    """

    entries: tuple[Entry, ...]
    keys: tuple[str, ...]
    unnamed: int
    after: str


def read_page(answer: bytes, prefix: str) -> Page:
    """Return what a store answered.

    Raises:
        ValueError: that is no listing.
    """
    try:
        # The store is the operator's; expat bounds what entities can grow to.
        root = ET.fromstring(answer)  # noqa: S314
    except ET.ParseError as error:
        raise ValueError("no listing") from error
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    read = unquote_plus if root.findtext("EncodingType") == "url" else str
    folders = [read(found.findtext("Prefix") or "") for found in root.iter("CommonPrefixes")]
    objects = [
        (read(found.findtext("Key") or ""), int(found.findtext("Size") or 0), found.findtext("LastModified") or "")
        for found in root.iter("Contents")
    ]
    entries = [Entry(key.removeprefix(prefix).removesuffix("/"), FOLDER, None, "") for key in folders]
    # What ends with a slash stands for the folder itself.
    entries += [
        Entry(key.removeprefix(prefix), FILE, size, modified) for key, size, modified in objects if key[-1:] != "/"
    ]
    shown = [entry for entry in entries if entry.name not in {"", ".", ".."}]
    after = (root.findtext("NextContinuationToken") or "") if root.findtext("IsTruncated") == "true" else ""
    return Page(tuple(shown), tuple(key for key, _, _ in objects), len(entries) - len(shown), after)


def text_of(answer: bytes, name: str) -> str:
    """Return the text of the first element with a name in a store's answer; "" = there is none."""
    try:
        root = ET.fromstring(answer)  # noqa: S314 - as above
    except ET.ParseError:
        return ""
    return next((found.text or "" for found in root.iter() if found.tag.rpartition("}")[2] == name), "")
