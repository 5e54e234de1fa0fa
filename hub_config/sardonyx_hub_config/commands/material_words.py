"""The material of a class or an event in a command: each repository as 'URL [WORD=VALUE]…', written and read."""

import shlex
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sardonyx_hub_config.errors import OperatorError
from sardonyx_spawner.repository import Material

METAVAR = "'URL [WORD=VALUE]…'"
HELP = (
    "A git repository of its material; words are branch (or a tag), commit, folder and depth, as in"
    " 'https://git.example.org/stats folder=courses/stats depth=1'. Once for each, and all of them; '': none."
)
WORDS = tuple(each.name for each in fields(Material) if each.name != "url")


def materials_of(texts: Sequence[str]) -> tuple[Material, ...]:
    """Return the repositories that were said; whether they can be had is looked at later.

    Raises:
        OperatorError: a word is none.
    """
    return tuple(_material(text) for text in texts if text.strip())


def said(material: Material) -> str:
    """Return a repository as it is said."""
    words = [f"{name}={value}" for name, value in material.kept().items() if name != "url"]
    return shlex.join([material.url, *words])


def _material(text: str) -> Material:
    try:
        url, *words = shlex.split(text)
    except ValueError as error:
        raise OperatorError(f"“{text[:80]}” has a quote that is not closed.") from error
    found: dict[str, Any] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or name not in WORDS:
            raise OperatorError(
                f"“{word[:40]}” says nothing of a repository. Write WORD=VALUE, with one of: {', '.join(WORDS)}."
            )
        if name in found:
            raise OperatorError(f"{name} is said twice of {url[:200]}. Say it once.")
        found[name] = value
    if "depth" in found:
        found["depth"] = _depth(found["depth"])
    return Material(url, **found)


def _depth(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise OperatorError(f"“{text[:40]}” is no number of commits. Write depth=1, or leave it out for all.")
    return int(text)
