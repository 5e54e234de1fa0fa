"""What is wrong in a settings file: where, what, and what to write instead."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import ErrorDetails

Path = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Fault:
    """One fault; `line` counts from 1, 0 = no line to point at."""

    line: int
    path: str
    message: str

    def say(self, file: str) -> str:
        """Say it in one line: file, line, setting, what is wrong."""
        where = f"{file}:{self.line}" if self.line else file
        return f"{where}: {self.path}: {self.message}" if self.path else f"{where}: {self.message}"


WANTED = {
    "bool_type": "is true or false, without quotes",
    "bool_parsing": "is true or false, without quotes",
    "int_type": "is a whole number",
    "int_parsing": "is a whole number",
    "int_from_float": "is a whole number",
    "float_type": "is a number",
    "float_parsing": "is a number",
    "string_type": "is text. Put it in quotes",
    "path_type": "is a path",
    "dict_type": "is a section: names and values below it, indented",
    "model_type": "is a section: names and values below it, indented",
    "model_attributes_type": "is a section: names and values below it, indented",
    "frozen_set_type": "is a list, such as [one, two]",
    "tuple_type": "is a list, such as [one, two]",
    "list_type": "is a list, such as [one, two]",
}
"""pydantic's kind of fault -> what the setting is."""


def fault_message(error: ErrorDetails, allowed_here: Sequence[str]) -> str:
    """Say a fault that pydantic found in plain words, and never with a value that may be a secret.

    Args:
        allowed_here: the keys of the section in which an unknown key was found.
    """
    kind, context, name = error["type"], error.get("ctx", {}), str(error["loc"][-1]) if error["loc"] else ""
    if kind == "extra_forbidden":
        return _unknown_key(name, allowed_here)
    if kind == "missing":
        return f"is missing. Add '{name}: …'."
    if error["input"] is None:
        return "has no value. Write one, or remove the line."
    if kind in WANTED:
        return f"{WANTED[kind]}{_not_what_is_there(error['input'])}."
    return _limit(kind, context, error)


def _limit(kind: str, context: Mapping[str, Any], error: ErrorDetails) -> str:
    match kind:
        case "value_error":
            return _sentence(str(context["error"]))
        case "literal_error":
            return f"{_quoted(error['input'])} is not known here. Write one of: {str(context['expected']).replace(' or ', ', ')}."
        case "greater_than" | "greater_than_equal":
            return f"is too small: {'more than' if kind == 'greater_than' else 'at least'} {context.get('gt', context.get('ge'))}."
        case "less_than" | "less_than_equal":
            return f"is too large: {'less than' if kind == 'less_than' else 'at most'} {context.get('lt', context.get('le'))}."
        case "string_too_long":
            return f"is too long: at most {context['max_length']} characters."
        case "string_too_short" | "too_short":
            return "is empty. Write something."
        case "string_pattern_mismatch":
            return f"{_quoted(error['input'])} is not a name here: lower case letters, digits and dashes, at most 30."
    return _sentence(error["msg"])


def _unknown_key(name: str, allowed_here: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, allowed_here, n=1, cutoff=0.6)
    if close:
        return f"is not a setting. Did you mean '{close[0]}'?"
    return f"is not a setting here. There are: {', '.join(allowed_here)}." if allowed_here else "is not a setting here."


def _not_what_is_there(value: object) -> str:
    if isinstance(value, Mapping):
        return ", not a section"
    if isinstance(value, list | tuple):
        return ", not a list"
    return f", not {_quoted(value)}"


def _quoted(value: object) -> str:
    text = str(value)
    return f"'{text[:40]}…'" if len(text) > 40 else f"'{text}'"  # noqa: PLR2004 - enough to recognise it


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."
