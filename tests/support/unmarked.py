"""Finds texts that people would see in English only: those that are given to no translation.

In templates that is what stands outside `_()` and `{% trans %}`, as text or in an attribute that is read out or shown;
in page scripts and Python what looks like a sentence, in the places where such go to people.
"""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import Environment, nodes

SHOWN_ATTRIBUTES = {"title", "placeholder", "aria-label", "aria-description", "alt", "label", "data-title"}
UNREAD = {"script", "style", "code", "svg"}
EMPTY = {"br", "hr", "img", "input", "link", "meta", "path", "rect", "circle", "line", "polyline", "stop", "use", "wbr"}
TRANSLATING = {"_", "gettext", "ngettext", "N_", "__", "_n", "pgettext"}
NAMES = {"Sardonyx", "JupyterLab", "JupyterHub", "Git", "GitHub", "GitLab", "OAuth", "AWS", "UTC", "NAME", "MB", "GB"}
"""The same in every language."""
KEYS = {"Escape", "ETag"}
"""Of keyboards and of HTTP: for programs."""
_ATTRIBUTE = re.compile(r"""[\w-]+="[^"]*"|\b[\w-]+\.(?:com|org)\b""")
"""What is no text although it stands where text does: attributes of another template's element, and addresses."""
FOR_PROGRAMS = {"reason", "log_message"}
"""Arguments that no person reads."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"[A-Z]\w*[a-z][\w…]*(?:['’ …]|$)|.*[^\W\d_]{2,}\.? [^\W\d_]{2,}")

_CLASSES = re.compile(r"[a-z][a-z0-9]*(?:[ -][a-z0-9]+)*-[a-z0-9 -]*(?:\$\{\w+\})?")
_PIECE = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`""", re.DOTALL)
"""Comments and literal texts of a script, as far as ours have them."""
_MARKED = re.compile(r"""(?:\b_|\bN_|gettext|\b__|\b_n)\(\s*(?:"(?:\\.|[^"\\\n])*",\s*)?$""")


class _Shown(HTMLParser):
    """Collects the words that a page shows; an element with a language of its own is in that language."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name in SHOWN_ATTRIBUTES & given.keys():
            self._look(given[name] or "")
        if tag == "input" and given.get("type") in {"submit", "button"}:
            self._look(given.get("value") or "")
        if tag not in EMPTY:
            self.open.append((tag, tag in UNREAD or (tag != "html" and "lang" in given)))

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self.open) - 1, -1, -1):
            if self.open[at][0] == tag:
                del self.open[at:]
                return

    def handle_data(self, data: str) -> None:
        if not any(is_unread for _, is_unread in self.open):
            self._look(data)

    def _look(self, text: str) -> None:
        if set(_WORD.findall(_ATTRIBUTE.sub("", text))) - NAMES:
            self.found.append(" ".join(text.split()))


def in_template(source: str) -> list[str]:
    """Return what a template shows without translating it."""
    page = Environment(extensions=["jinja2.ext.i18n"]).parse(source)  # noqa: S701 - nothing is rendered
    shown = _Shown()
    shown.feed("".join(_written(page)))
    shown.close()
    return shown.found + [text for text in _said(page) if _is_sentence(text)]


def _written(node: nodes.Node) -> Iterator[str]:
    """Yield a template's own text, and what its expressions write as it stands; where it branches, both."""
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Output):
        for part in node.nodes:
            yield from _written(part) if isinstance(part, nodes.TemplateData) else _results(part)
    else:
        for child in node.iter_child_nodes():
            yield from _written(child)


def _results(node: nodes.Node) -> Iterator[str]:
    """Yield the literal texts that an expression may come to."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, nodes.CondExpr):
        yield from _results(node.expr1)
        yield from _results(node.expr2) if node.expr2 is not None else ()
    elif isinstance(node, nodes.Filter) and node.node is not None:
        yield from _results(node.node)
    elif isinstance(node, nodes.BinExpr | nodes.Concat):
        for child in node.iter_child_nodes():
            yield from _results(child)


def _said(node: nodes.Node) -> Iterator[str]:
    """Yield the literal texts that are kept or handed on, such as to a macro."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in TRANSLATING:
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and not re.search(r'[<>]|="', node.value):
        yield node.value
    for child in node.iter_child_nodes():
        yield from _said(child)


def in_script(source: str) -> list[str]:
    """Return what looks like a sentence in a script and is not the first thing given to a translation."""
    return [
        found[0][1:-1]
        for found in _PIECE.finditer(source)
        if found[0][0] in "\"'`" and _is_sentence(found[0][1:-1]) and not _MARKED.search(source[: found.start()])
    ]


def in_style(source: str) -> list[str]:
    """Return the texts that a style adds to a page: there they can be in one language only."""
    return [text for text in re.findall(r'content: *"([^"]*)"', source) if _WORD.search(text)]


def in_r(source: str) -> list[str]:
    """Return what an R file says to people without translating it."""
    return [text for text in re.findall(r'\b(?:stop|warning|message|cat)\(\s*"([^"]*)"', source) if _is_sentence(text)]


def in_python(source: str, takers: set[str]) -> list[str]:
    """Return the literal texts that are handed to what speaks to people: functions and classes by their names."""
    return [
        text
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and _called(call.func) in takers
        for argument in [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg not in FOR_PROGRAMS)]
        for text in _literals(argument)
        if _is_sentence(text)
    ]


def _is_sentence(text: str) -> bool:
    return bool(_SENTENCE.match(text)) and not _CLASSES.fullmatch(text) and text not in KEYS


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)  # type: ignore[misc]
    elif isinstance(node, ast.BinOp):
        yield from _literals(node.left)
        yield from _literals(node.right)
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
