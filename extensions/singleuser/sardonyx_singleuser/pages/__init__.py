"""Pages of ours inside a server, which look like those of the hub."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template, select_autoescape

from sardonyx_singleuser.language import _, language, ngettext


@cache
def template(name: str) -> Template:
    """Return a page to be filled in."""
    folder = FileSystemLoader(Path(__file__).parent)
    pages = Environment(loader=folder, autoescape=select_autoescape(), extensions=["jinja2.ext.i18n"])
    # They look for the language each time: the page is kept.
    pages.install_gettext_callables(_, ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension's
    pages.globals["language"] = language
    return pages.get_template(name)
