"""Finds the texts that people see, and brings the translations up to date: `make words`.

A text is found where it is given to `_`, `ngettext` and the like, in Python, in templates and in page scripts.
"""

import re
import sys
from ast import literal_eval
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, BinaryIO

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
LANGUAGES = {"fr": "nplurals=2; plural=(n > 1);"}
"""Those that are translated into, with their rule for the plural; the texts themselves are English."""
HEADER = """\
# What people read in Sardonyx. `make words` keeps this file up to date.
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plural}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    **dict.fromkeys(("_", "N_", "gettext", "__")),
    **dict.fromkeys(("ngettext", "_n"), (1, 2)),
}
_IN_R = re.compile(r'\bgettext\("((?:\\.|[^"\\])*)"')


def from_r(file: BinaryIO, *_asked: object, **_options: object) -> Iterator[tuple[int, str, str, list[str]]]:
    """Find the texts of an R file, for Babel."""
    for found in _IN_R.finditer(file.read().decode()):
        yield 0, "gettext", found[1], []


METHODS: dict[str, Any] = {
    ".py": "python", ".html": "jinja2.ext:babel_extract", ".js": "javascript", ".R": from_r,
}  # fmt: skip
OPTIONS = {".html": {"trimmed": "true", "silent": "false"}}
"""A template that cannot be read is a fault, not one without texts."""
_VALUES = re.compile(r"(?<!\{)\{(\w*)[^{}]*\}|%\((\w+)\)[sd]|%(\d)")
"""As Python, templates and JupyterLab's scripts have them."""


_TEXT = r"""((?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')(?:\s*\+\s*"(?:\\.|[^"\\\n])*")*)"""
_IN_SCRIPT = re.compile(rf"(?<![\w$])(_|N_|__|gettext|ngettext|_n)\(\s*{_TEXT}(?:,\s*{_TEXT})?")


@dataclass(frozen=True)
class Part:
    """A distribution with a catalogue of its own: where its translations are, and the folders with its texts."""

    name: str
    locale: Path
    sources: tuple[Path, ...]

    def file(self, language: str) -> Path:
        """Return the place of a translation."""
        return self.locale / language / "LC_MESSAGES" / "sardonyx.po"


PARTS = (
    Part(
        "hub",
        ROOT / "spawner/sardonyx_spawner/locale",
        (
            ROOT / "hub_config/sardonyx_hub_config",
            ROOT / "spawner/sardonyx_spawner",
            ROOT / "extensions/services/sardonyx_services",
        ),
    ),
    Part(
        "server",
        ROOT / "extensions/singleuser/sardonyx_singleuser/locale",
        (ROOT / "extensions/singleuser/sardonyx_singleuser", ROOT / "extensions/singleuser/labextension"),
    ),
)


def from_script(file: BinaryIO, *_asked: object, **_options: object) -> Iterator[tuple[int, str, Any, list[str]]]:
    """Find the texts of a script, for Babel, whose own way loses those after a template text within another one."""
    for found in _IN_SCRIPT.finditer(file.read().decode()):
        one, many = (_joined(text) if text else "" for text in (found[2], found[3]))
        yield 0, found[1], (one, many) if found[1] in {"ngettext", "_n"} else one, []


def _joined(pieces: str) -> str:
    # Python joins pieces without a sign between them.
    joined: str = literal_eval(re.sub(r"""(["'])\s*\+\s*(["'])""", r"\1 \2", pieces))
    return joined


def texts(part: Part) -> Catalog:
    """Return the texts of a distribution as they are now."""
    found = Catalog()
    for path in sources(part):
        with path.open("rb") as file:
            method: Any = from_script if path.suffix == ".js" else METHODS[path.suffix]
            options = OPTIONS.get(path.suffix, {})
            for _, text, comments, context in extract(method, file, KEYWORDS, ("Translators:",), options):
                found.add(text, None, [(str(path.relative_to(ROOT)), 0)], auto_comments=comments, context=context)
    return found


def sources(part: Part) -> Iterator[Path]:
    """Yield the files that may have texts."""
    for folder in part.sources:
        yield from sorted(path for path in folder.rglob("*") if path.suffix in METHODS)


def read(path: Path, language: str) -> Catalog:
    """Return a translation; one that is not there yet is empty."""
    header = HEADER.format(language=language, plural=LANGUAGES[language])
    return read_po(StringIO(path.read_text() if path.exists() else header), language, ignore_obsolete=True)


def problems(found: Catalog, translation: Catalog) -> list[str]:
    """Say what is wrong with a translation of these texts."""
    said = []
    for message in found:
        if not message.id:
            continue
        translated = translation.get(message.id if isinstance(message.id, str) else message.id[0])
        if translated is None or not all(_forms(translated)):
            said.append(f"not translated: {_name(message)}")
        elif translated.fuzzy:
            said.append(f"a guess (fuzzy), to be looked at: {_name(message)}")
        elif not _same_values(message, translated):
            said.append(f"other {{values}} than in the English text: {_name(message)}")
    unused = [message for message in translation if message.id and message.id not in found]
    return said + [f"no longer used: {_name(message)}" for message in unused]


def update(part: Part, language: str) -> list[str]:
    """Write a translation anew with the texts of now; return what is left to do."""
    path, found = part.file(language), texts(part)
    translation = read(path, language)
    translation.update(found)
    translation.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    body = BytesIO()
    write_po(body, translation, width=110, omit_header=True, sort_by_file=True, include_lineno=False)
    path.write_text(HEADER.format(language=language, plural=LANGUAGES[language]) + body.getvalue().decode())
    return problems(found, read(path, language))


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or [""])


def _name(message: Message) -> str:
    where = ", ".join(sorted({path for path, _ in message.locations}))
    return f"“{message.id if isinstance(message.id, str) else message.id[0]}” ({where})"


def _same_values(english: Message, translated: Message) -> bool:
    """Tell whether each form has the values of one of the English forms: "one file" may leave out the number."""
    ids = (english.id,) if isinstance(english.id, str) else english.id
    allowed = [_values(text) for text in ids]
    return all(_values(form) in allowed for form in _forms(translated))


def _values(text: str) -> list[str]:
    return sorted({found[1] or found[2] or found[3] or "" for found in _VALUES.finditer(text)})


def main() -> None:
    """Bring every translation up to date; end with status 1 while something is left to do."""
    left = [
        f"{part.file(language).relative_to(ROOT)}: {said}"
        for part in PARTS
        for language in LANGUAGES
        for said in update(part, language)
    ]
    sys.stdout.writelines(f"{line}\n" for line in left)
    raise SystemExit(bool(left))


if __name__ == "__main__":
    main()
