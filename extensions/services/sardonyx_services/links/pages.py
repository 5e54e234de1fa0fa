"""What a link shows before it is opened, and what it says where it opens nothing."""

from importlib import resources

from jinja2 import BaseLoader, Environment, StrictUndefined

from sardonyx_services.links.lookup import AWAY, ENDED, NOT_SHARED, UNKNOWN, Opened
from sardonyx_services.links.transfer import BUSY, GONE
from sardonyx_spawner.amounts import say_bytes
from sardonyx_spawner.dates import say_moment
from sardonyx_spawner.language import N_, _, ngettext, spoken

WHY: dict[str, tuple[int, str, str]] = {
    UNKNOWN: (
        404,
        N_("This link opens nothing"),
        N_("It is not whole, or whoever shared the file took it back. Ask who sent it to you."),
    ),
    ENDED: (
        410,
        N_("This link has ended"),
        N_("It was made for some time, which is over. Ask who sent it to you for a new one."),
    ),
    NOT_SHARED: (
        410,
        N_("This file is not shared any more"),
        N_("Whoever shared it does not reach it any more. Ask who sent you the link."),
    ),
    GONE: (
        404,
        N_("The file is not there any more"),
        N_("It was deleted, or has another name by now. Ask who sent you the link for a new one."),
    ),
    BUSY: (503, N_("Too many want this at once"), N_("Wait a minute, then try again.")),
    AWAY: (
        503,
        N_("This does not work right now"),
        N_("The link is as good as it was. Wait a minute, then try again."),
    ),
}
"""Why -> HTTP status, what happened, what to do."""


class Pages:
    """The pages, with the style of the hub's.

    Args:
        hub: path of the hub's pages, with a slash at its end.
    """

    def __init__(self, hub: str, title: str, contact: str) -> None:
        folder = resources.files("sardonyx_services.links") / "pages"
        environment = Environment(
            loader=BaseLoader(), autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"]
        )
        environment.install_gettext_callables(_, ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension's
        self._template = environment.from_string((folder / "link.html").read_text())
        self._known = {"hub": hub, "title": title, "contact": contact}

    def of_file(self, opened: Opened, size: int | None) -> str:
        """Return the page that says what a link opens."""
        return self._render(opened=opened, size=say_bytes(size), closed=None)

    def of_closed(self, why: str) -> str:
        """Return the page that says why a link opens nothing."""
        return self._render(opened=None, size="", closed=said_of(why))

    def _render(self, **told: object) -> str:
        return self._template.render(**self._known, **told, clock=say_moment, language=spoken())


def said_of(why: str) -> tuple[str, str]:
    """Return why a link opens nothing, and what to do."""
    _status, happened, to_do = WHY[why]
    return _(happened), _(to_do)
