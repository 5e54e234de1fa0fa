"""What a link shows before it is opened, and what it says where it opens nothing."""

from datetime import datetime
from importlib import resources

from jinja2 import BaseLoader, Environment, StrictUndefined

from sardonyx_services.links.lookup import AWAY, ENDED, NOT_SHARED, UNKNOWN, Opened
from sardonyx_services.links.transfer import BUSY, GONE

WHY: dict[str, tuple[int, str, str]] = {
    UNKNOWN: (
        404,
        "This link opens nothing",
        "It is not whole, or whoever shared the file took it back. Ask who sent it to you.",
    ),
    ENDED: (
        410,
        "This link has ended",
        "It was made for some time, which is over. Ask who sent it to you for a new one.",
    ),
    NOT_SHARED: (
        410,
        "This file is not shared any more",
        "Whoever shared it does not reach it any more. Ask who sent you the link.",
    ),
    GONE: (
        404,
        "The file is not there any more",
        "It was deleted, or has another name by now. Ask who sent you the link for a new one.",
    ),
    BUSY: (503, "Too many want this at once", "Wait a minute, then try again."),
    AWAY: (503, "This does not work right now", "The link is as good as it was. Wait a minute, then try again."),
}
"""Why -> HTTP status, what happened, what to do."""


class Pages:
    """The pages, with the style of the hub's.

    Args:
        hub: path of the hub's pages, with a slash at its end.
    """

    def __init__(self, hub: str, title: str, contact: str) -> None:
        folder = resources.files("sardonyx_services.links") / "pages"
        environment = Environment(loader=BaseLoader(), autoescape=True, undefined=StrictUndefined)
        self._template = environment.from_string((folder / "link.html").read_text())
        self._known = {"hub": hub, "title": title, "contact": contact}

    def of_file(self, opened: Opened, size: int | None) -> str:
        """Return the page that says what a link opens."""
        return self._template.render(**self._known, opened=opened, size=say_size(size), clock=clock, closed=None)

    def of_closed(self, why: str) -> str:
        """Return the page that says why a link opens nothing."""
        _, happened, to_do = WHY[why]
        return self._template.render(**self._known, opened=None, size="", clock=clock, closed=(happened, to_do))


def say_size(size: int | None) -> str:
    """Say how large a file is: "3.2 MB"; "" = that is not known."""
    if size is None:
        return ""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.{1 if size < 10 * factor else 0}f} {unit}"
    return "1 byte" if size == 1 else f"{size} bytes"


def clock(then: datetime) -> str:
    """Say a time for who has no script."""
    return f"{then.day} {then:%B %H:%M} UTC"
