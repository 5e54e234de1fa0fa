"""The welcome of an event, from Markdown to a page: without HTML of its own, and without pictures from elsewhere."""

from markdown_it import MarkdownIt
from markupsafe import Markup

_READER = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
"""Links are looked at by it: none is a script."""


def rendered(text: str) -> Markup:
    """Return a text in Markdown as HTML that is safe in a page."""
    return Markup(_READER.render(text))  # noqa: S704 - every sign of HTML in it is escaped
