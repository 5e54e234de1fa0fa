"""In which language somebody is spoken to, and what is said in it.

A text is marked with `_` where it is made for a person, in the context of their request. One that is written down in a
table is marked with `N_`, and given to `_` when it is said. The English text is its own name.
"""

import gettext as standard
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "fr": "Français"}
"""Those that are spoken, each as its own speakers call it."""
LOCALE = Path(__file__).parent / "locale"
POINTS = {"fr": ","}
"""What stands before the fraction of a number, where that is no point."""


@dataclass(frozen=True)
class Ear:
    """Who is spoken to.

    Args:
        name: "" = nobody who has signed in.
    """

    language: str = ENGLISH
    name: str = ""


_ear: ContextVar[Ear] = ContextVar("sardonyx_language", default=Ear())  # noqa: B039 - frozen


def spoken() -> str:
    """Return the language of whom this is done for."""
    return _ear.get().language


def spoken_to() -> str:
    """Return the name of whom this is done for; "" = nobody who has signed in."""
    return _ear.get().name


def speak(language: str, name: str = "") -> None:
    """Speak this language from here on, in this context: that of one request, and of what is begun by it."""
    _ear.set(Ear(known(language), name))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak another language for a while."""
    before = _ear.set(Ear(known(language), _ear.get().name))
    try:
        yield
    finally:
        _ear.reset(before)


def known(language: str) -> str:
    """Return the language, or English in the place of one that is not spoken."""
    return language if language in LANGUAGES else ENGLISH


def wished(header: str) -> str:
    """Return the language that a browser likes best of those that are spoken; "" = none of its own.

    Args:
        header: its Accept-Language, such as "fr-CA, en;q=0.8".

    Source: RFC 9110, 12.5.4; "fr-CA" is served by "fr" (RFC 4647, 3.4).
    """
    wishes: list[tuple[float, str]] = []
    for part in header.split(",")[:50]:
        tag, _semicolon, weight = part.partition(";")
        language = tag.strip().lower().partition("-")[0]
        wishes.append((_quality(weight), language))
    # The first of those that are liked alike.
    liked = max((wish for wish in wishes if wish[0] > 0 and wish[1] in LANGUAGES), key=lambda w: w[0], default=None)
    return liked[1] if liked else ""


def _quality(weight: str) -> float:
    name, _equals, value = weight.strip().partition("=")
    try:
        return float(value) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0


class Said(str):
    """A text in the language that was spoken when it was made, and which can be said in any other one, too.

    So the same sentence is shown to a person and written into a log, which is English.
    """

    __slots__ = ("_find", "_values")
    _find: Callable[[str], str]
    _values: Mapping[str, object] | None

    def __new__(cls, find: Callable[[str], str], values: Mapping[str, object] | None = None) -> Self:
        """Say it in the language that is spoken.

        Args:
            find: returns it in a language.
            values: what stands in the place of {name}; None = nothing does.
        """
        said = super().__new__(cls, _filled(find, values, spoken()))
        said._find, said._values = find, values
        return said

    def __reduce__(self) -> tuple[type, tuple[str]]:
        """Be a plain text where it is copied or kept."""
        return str, (str(self),)

    def format(self, **values: object) -> "Said":  # type: ignore[override]  # values have names here
        """Put values in the place of their names."""
        return Said(self._find, values)

    def in_language(self, language: str) -> str:
        """Return it in another language."""
        return _filled(self._find, self._values, language)

    def in_all(self) -> dict[str, str]:
        """Return it in every language, to be kept for whoever reads it."""
        return {language: self.in_language(language) for language in LANGUAGES}


def _filled(find: Callable[[str], str], values: Mapping[str, object] | None, language: str) -> str:
    text = find(language)
    return text if values is None else text.format(**{name: _in(language, value) for name, value in values.items()})


def _in(language: str, value: object) -> object:
    return value.in_language(language) if isinstance(value, Said) else value


def english(text: str) -> str:
    """Return a text as it is written into a log."""
    return str(_in(ENGLISH, text))


def in_all(text: str) -> dict[str, str]:
    """Return a text in every language, to be kept for whoever reads it; one that is said in one only, in that."""
    return text.in_all() if isinstance(text, Said) else dict.fromkeys(LANGUAGES, text)


def again(text: str) -> str:
    """Return a text that was made earlier, in the language that is spoken now."""
    return Said(text._find, text._values) if isinstance(text, Said) else text  # noqa: SLF001 - of its own module


def kept(texts: Mapping[str, str], otherwise: str = "") -> str:
    """Return what was kept in every language, in the one that is spoken now."""
    return texts.get(spoken()) or texts.get(ENGLISH) or otherwise


class SaidError(Exception):
    """An error in words for a person: `message` is in the language of who reads it, and its text, for logs, English.

    `field` names the form field to point at; "" = there is none.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(english(message))
        self._message = message
        self.field = field

    @property
    def message(self) -> str:
        """What to say to who is spoken to now."""
        return again(self._message)


def gettext(message: str) -> Said:
    """Return a text in the language that is spoken."""
    return Said(lambda language: _translation(language).gettext(message))


def ngettext(one: str, many: str, count: float) -> Said:
    """Return the form of a text that fits a number, in the language that is spoken; `{count}` is that number."""

    def find(language: str) -> str:
        # English counts 1.5 as many, French as one.
        english = one if count == 1 else many
        return english if language == ENGLISH else _translation(language).ngettext(one, many, int(count))

    return Said(find)


def N_(message: str) -> str:  # noqa: N802 - the name by which tools know it
    """Mark a text that is said later."""
    return message


_ = gettext


def together(parts: Sequence[str]) -> str:
    """Join what stands in a row: "a, b and c"."""
    if len(parts) < 2:  # noqa: PLR2004 - nothing to join
        return parts[0] if parts else ""
    row = Said(lambda language: ", ".join(str(_in(language, part)) for part in parts[:-1]))
    return _("{row} and {last}").format(row=row, last=parts[-1])


def in_a_row(sentences: Sequence[str]) -> Said:
    """Join sentences."""
    return Said(lambda language: " ".join(str(_in(language, sentence)) for sentence in sentences))


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
