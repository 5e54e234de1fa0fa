"""What was asked for: a profile and the answers to its questions, read from a form or from JSON."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sardonyx_spawner.amounts import number
from sardonyx_spawner.catalogue import Catalogue
from sardonyx_spawner.errors import ChoiceError, UserError, quote
from sardonyx_spawner.person import Person
from sardonyx_spawner.profiles import NUMBERS, Option, Profile
from sardonyx_spawner.repository import check_branch, check_repository

LONGEST_VALUE = 2000
"""Characters in one answer; longer ones are refused unread."""


@dataclass(frozen=True)
class Choice:
    """A profile and one answer for each question that was asked; complete and checked."""

    profile: str
    values: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, str]:
        """Return what JupyterHub keeps as user options, and what the REST API takes."""
        return {"profile": self.profile, **self.values}


def choice_from_form(form: Mapping[str, list[str]], catalogue: Catalogue, person: Person) -> Choice:
    """Read the form: `profile`, and `<profile>.<option>` for each answer; fields of other profiles are not looked at.

    Raises:
        UserError: with one fault for each field that cannot be accepted.
    """
    profile = catalogue.find(_profile_of_form(form, catalogue, person), person)
    prefix = f"{profile.slug}."
    faults: list[UserError] = []
    answers: dict[str, object] = {}
    for name, given in form.items():
        if not name.startswith(prefix):
            continue
        if len(given) != 1:
            faults.append(UserError("This was answered more than once. Answer it once.", field=_short(name)))
            continue
        answers[name.removeprefix(prefix)] = given[0]
    return _choice(profile, answers, person, faults)


def choice_from_json(body: object, catalogue: Catalogue, person: Person) -> Choice:
    """Read the user options of a REST call or of an earlier start: an object of texts and numbers.

    Raises:
        UserError: with one fault for each value that cannot be accepted.
    """
    if body is None:
        body = {}
    if not isinstance(body, Mapping):
        raise UserError('The options of a server are an object, such as {"profile": "python", "size": "small"}.')
    slug = body.get("profile", _first_offered(catalogue, person))
    if not isinstance(slug, str):
        raise UserError('The profile is a text, such as {"profile": "python"}.', field="profile")
    profile = catalogue.find(slug, person)
    answers = {_short(str(name)): value for name, value in body.items() if name != "profile"}
    return _choice(profile, answers, person, [])


def _choice(profile: Profile, answers: Mapping[str, object], person: Person, faults: list[UserError]) -> Choice:
    values: dict[str, str] = {}
    for option in profile.options_for(person):
        where = f"{profile.slug}.{option.name}"
        if not option.is_shown(values):
            continue
        try:
            values[option.name] = (
                _answer(option, answers[option.name], person) if option.name in answers else option.default_for(person)
            )
        except UserError as fault:
            faults.append(UserError(fault.message, field=where))
            values[option.name] = option.default_for(person)
    # A question that the person may not see is refused like one that does not exist.
    known = {option.name for option in profile.options_for(person)}
    faults.extend(
        UserError(f"{profile.title} has no question {quote(name)}. Leave it out.", field=f"{profile.slug}.{name}"[:80])
        for name in answers
        if name not in known
    )
    if faults:
        raise ChoiceError(faults)
    return Choice(profile.slug, values)


def _answer(option: Option, given: object, person: Person) -> str:
    text = _text(option, given)
    if option.choices:
        return _one_of(option, text, person)
    if option.name in NUMBERS:
        return _number(option, text)
    if text == "":
        return ""
    return check_repository(text, option.pattern) if option.name == "repository" else check_branch(text)


def _text(option: Option, given: object) -> str:
    if isinstance(given, int | float) and not isinstance(given, bool) and option.name in NUMBERS and not option.choices:
        if not math.isfinite(given):
            raise UserError(f"{option.title} is a number.")
        return number(given)
    if not isinstance(given, str):
        raise UserError(f"{option.title} is a text, not a {_kind(given)}.")
    text = given.strip()
    if len(text) > LONGEST_VALUE:
        raise UserError(f"{option.title} is too long: at most {LONGEST_VALUE} characters.")
    if not text.isprintable():
        raise UserError(f"{option.title} has characters that cannot be seen. Write it again by hand.")
    return text


def _one_of(option: Option, text: str, person: Person) -> str:
    offered = option.choices_for(person)
    for choice in offered:
        if choice.slug == text:
            return text
    names = ", ".join(choice.slug for choice in offered)
    raise UserError(f"{option.title} {quote(text)} is not available to you. Choose one of: {names}.")


def _number(option: Option, text: str) -> str:
    unit = {"cpu": "cores", "memory": "GB", "gpus": "GPUs"}[option.name]
    limits = f"from {number(option.minimum)} to {number(option.maximum)} {unit}"
    try:
        value = float(text)
    except ValueError:
        raise UserError(f"{option.title} is a number, {limits}.") from None
    if not math.isfinite(value) or not option.minimum <= value <= option.maximum:
        raise UserError(f"{option.title} goes {limits}.")
    if option.name == "gpus" and value != int(value):
        raise UserError(f"{option.title} is a whole number, {limits}.")
    return number(value)


def _profile_of_form(form: Mapping[str, list[str]], catalogue: Catalogue, person: Person) -> str:
    given = form.get("profile", [])
    if not given:
        return _first_offered(catalogue, person)
    if len(given) > 1:
        raise UserError("Two profiles were chosen. Choose one.", field="profile")
    return given[0]


def _first_offered(catalogue: Catalogue, person: Person) -> str:
    offered = catalogue.offered_to(person)
    return offered[0].slug if offered else ""


def _short(name: str) -> str:
    return name[:80]


def _kind(value: Any) -> str:
    kinds = {bool: "yes or no", type(None): "nothing", dict: "object", list: "list", int: "number", float: "number"}
    return kinds.get(type(value), "thing of another kind")
