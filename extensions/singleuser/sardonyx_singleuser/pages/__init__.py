"""Pages of ours inside a server, which look like those of the hub."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template, select_autoescape


@cache
def template(name: str) -> Template:
    """Return a page to be filled in."""
    folder = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=folder, autoescape=select_autoescape()).get_template(name)
