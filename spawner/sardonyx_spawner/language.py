"""In which language somebody is spoken to, and what is said in it.

A text is marked with `_` where it is made for a person, in the context of their request. One that is written down in a
table is marked with `N_`, and given to `_` when it is said. The English text is its own name: what goes into a log,
where nobody's language is set, stays English.
"""

import gettext as standard
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "fr": "Français"}
"""Those that are spoken, each as its own speakers call it."""
LOCALE = Path(__file__).parent / "locale"

_spoken: ContextVar[str] = ContextVar("sardonyx_language", default=ENGLISH)


def spoken() -> str:
    """Return the language of whom this is done for."""
    return _spoken.get()


def speak(language: str) -> None:
    """Speak this language from here on, in this context: that of one request, and what is begun by it."""
    _spoken.set(language if language in LANGUAGES else ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak another language for a while."""
    before = _spoken.set(language if language in LANGUAGES else ENGLISH)
    try:
        yield
    finally:
        _spoken.reset(before)


def gettext(message: str) -> str:
    """Return a text in the language that is spoken."""
    return _translation(spoken()).gettext(message)


def ngettext(one: str, many: str, count: float) -> str:
    """Return the form of a text that fits a number, in the language that is spoken."""
    # English counts 1.5 as many, French as one.
    english = one if count == 1 else many
    return english if spoken() == ENGLISH else _translation(spoken()).ngettext(one, many, int(count))


def N_(message: str) -> str:  # noqa: N802 - the name by which tools know it
    """Mark a text that is said later."""
    return message


_ = gettext


def script_texts() -> Mapping[str, Any]:
    """Return what page scripts say, in the language that is spoken, by the English text."""
    return _scripts(spoken())


@cache
def _translation(language: str) -> standard.NullTranslations:
    if language == ENGLISH:
        return standard.NullTranslations()
    return standard.translation("sardonyx", LOCALE, [language])


@cache
def _scripts(language: str) -> Mapping[str, Any]:
    if language == ENGLISH:
        return {}
    texts: dict[str, Any] = json.loads((LOCALE / language / "LC_MESSAGES" / "sardonyx.json").read_text())
    return texts
