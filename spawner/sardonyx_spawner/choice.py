"""What was asked for: a profile and the answers to its questions, read from a form or from JSON."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sardonyx_spawner.amounts import number, say_number
from sardonyx_spawner.catalogue import Catalogue
from sardonyx_spawner.errors import ChoiceError, UserError, not_available, quote
from sardonyx_spawner.language import N_, Said, _
from sardonyx_spawner.person import Person
from sardonyx_spawner.profiles import NUMBERS, Option, Profile
from sardonyx_spawner.repository import check_branch, check_repository

LONGEST_VALUE = 2000
"""Characters in one answer; longer ones are refused unread."""

MOST_UNKNOWN = 5
"""Unknown questions that are named in an answer; somebody may send a million."""

UNITS = {"cpu": N_("cores"), "memory": N_("GB"), "gpus": N_("GPUs")}

_NUMBER = re.compile(r"\d{1,9}(\.\d{1,6})?", re.ASCII)
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, N_("true or false")),
    ((int, float), N_("a number")),
    (Mapping, N_("an object")),
    (list, N_("a list")),
    (type(None), N_("nothing")),
)


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
        UserError: a `ChoiceError` has one fault for each field that cannot be accepted.
    """
    chosen = form.get("profile") or [_first_offered(catalogue, person)]
    if len(chosen) != 1:
        raise UserError(_("Two profiles were chosen. Choose one."), field="profile")
    profile = _find(chosen[0], catalogue, person)
    prefix = f"{profile.slug}."
    given = {name.removeprefix(prefix): sent for name, sent in form.items() if name.startswith(prefix) and sent}
    doubled = {name for name, sent in given.items() if len(sent) != 1}
    return _choice(profile, {name: sent[0] for name, sent in given.items()}, doubled)


def choice_from_json(body: object, catalogue: Catalogue, person: Person) -> Choice:
    """Read the options of a REST call, or those that were kept from an earlier start: an object of texts and numbers.

    Raises:
        UserError: a `ChoiceError` has one fault for each value that cannot be accepted.
    """
    answers = {} if body is None else body
    if not isinstance(answers, Mapping):
        raise UserError(
            _("The options of a server are an object, such as {example}.").format(
                example='{"profile": "python", "size": "small"}'
            )
        )
    profile = _find(answers.get("profile", _first_offered(catalogue, person)), catalogue, person)
    return _choice(profile, {str(name): value for name, value in answers.items() if name != "profile"}, set())


def _find(slug: object, catalogue: Catalogue, person: Person) -> Profile:
    if not isinstance(slug, str):
        raise UserError(
            _("The profile has to be a text, such as “python”, not {kind}.").format(kind=_kind(slug)), field="profile"
        )
    return catalogue.find(slug, person)


def _first_offered(catalogue: Catalogue, person: Person) -> str:
    return next((profile.slug for profile in catalogue.offered_to(person)), "")


def _choice(profile: Profile, answers: Mapping[str, object], doubled: set[str]) -> Choice:
    accepted: dict[str, str] = {}
    faults: list[UserError] = []
    for option in profile.questions:
        # What the earlier answers leave unasked may have been sent all the same: a hidden part of a form posts.
        if option.name not in answers or not option.is_shown(profile.settled(accepted)):
            continue
        where = f"{profile.slug}.{option.name}"
        if option.name in doubled:
            faults.append(UserError(_("This was answered more than once. Answer it once."), field=where))
            continue
        try:
            accepted[option.name] = checked_answer(option, answers[option.name])
        except UserError as fault:
            faults.append(UserError(fault.message, field=where))
    faults += _unknown(profile, answers)
    if faults:
        raise ChoiceError(faults)
    settled = profile.settled(accepted)
    return Choice(profile.slug, {q.name: settled[q.name] for q in profile.questions if q.name in settled})


def _unknown(profile: Profile, answers: Mapping[str, object]) -> list[UserError]:
    # A question that is kept for others is refused here, like one that does not exist.
    known = {question.name for question in profile.questions}
    unknown = [name for name in answers if name not in known]
    return [UserError(_not_asked(profile, name)) for name in unknown[:MOST_UNKNOWN]]


def _not_asked(profile: Profile, name: str) -> Said:
    asked = ", ".join(question.name for question in profile.questions)
    if not asked:
        return _("{profile} does not ask for {name}. It asks nothing.").format(profile=profile.title, name=quote(name))
    return _("{profile} does not ask for {name}. It asks for: {asked}.").format(
        profile=profile.title, name=quote(name), asked=asked
    )


def checked_answer(option: Option, given: object) -> str:
    """Return the answer to one question, as it is kept.

    Raises:
        UserError: it is none that the question allows.
    """
    text = _text(option, given)
    if option.choices:
        if option.allowed(text) is None:
            raise UserError(not_available(text, [choice.slug for choice in option.choices]))
        return text
    if option.name in NUMBERS:
        return _number(option, text)
    if not text:
        return ""
    return check_repository(text, option.pattern) if option.name == "repository" else _branch(text, option.pattern)


def _branch(text: str, pattern: str) -> str:
    name = check_branch(text)
    if pattern and re.fullmatch(pattern, name) is None:
        raise UserError(_("{name} is not among the branches that can be used here.").format(name=quote(name)))
    return name


def _text(option: Option, given: object) -> str:
    if option.name in NUMBERS and isinstance(given, int | float) and not isinstance(given, bool):
        return _written(given)
    if not isinstance(given, str):
        raise UserError(_("This has to be a text, not {kind}.").format(kind=_kind(given)))
    if len(given) > LONGEST_VALUE:
        raise UserError(_("This is too long: at most {count} characters.").format(count=LONGEST_VALUE))
    text = given.strip(" ")
    if not text.isprintable():
        raise UserError(_("This has characters that cannot be seen. Write it again by hand."))
    return text


def _written(given: float) -> str:
    try:
        value = float(given)
    except OverflowError:
        value = math.inf
    # A whole number stays as it is: it may be one of the choices.
    return number(value) if math.isfinite(value) else "-"


def _number(option: Option, text: str) -> str:
    limits = {
        "least": say_number(option.minimum),
        "most": say_number(option.maximum),
        "unit": _(UNITS[option.name]),
    }
    if _NUMBER.fullmatch(text) is None:
        raise UserError(_("Write a number from {least} to {most} {unit}.").format(**limits))
    value = float(text)
    if not option.minimum <= value <= option.maximum:
        raise UserError(
            _("{value} is outside what can be had: from {least} to {most} {unit}.").format(value=text, **limits)
        )
    steps = (value - option.minimum) / option.step
    if not math.isclose(steps, round(steps), abs_tol=1e-6):
        raise UserError(
            _("{value} lies between the steps of {step}. Write a number from {least} to {most} {unit}.").format(
                value=text, step=say_number(option.step), **limits
            )
        )
    return number(value)


def _kind(value: object) -> Said:
    return _(next((name for kinds, name in _KINDS if isinstance(value, kinds)), N_("something else")))
