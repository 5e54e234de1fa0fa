"""The form in which a person chooses a server: HTML from the profiles that are offered to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from sardonyx_spawner.amounts import number, say_cores, say_duration, say_memory
from sardonyx_spawner.choice import Choice
from sardonyx_spawner.errors import UserError
from sardonyx_spawner.person import Person
from sardonyx_spawner.profiles import NUMBERS, Allowed, Option, Profile

FEW = 5
"""Up to this many choices without descriptions are segments in one row; more, or described ones, are cards."""


@dataclass(frozen=True)
class Question:
    """An option as the form shows it: the same, with what this person may choose and what is chosen now."""

    option: Option
    profile: str
    field: str
    value: str
    choices: tuple[Allowed, ...]
    fault: str
    conditions: tuple[str, ...]

    @property
    def id(self) -> str:
        """The HTML id of the field; faults link to it."""
        return html_id(self.field)

    @property
    def kind(self) -> str:
        """Which part of the template draws it: choices, number or text."""
        if self.choices:
            return "cards" if self.option.name == "size" or len(self.choices) > FEW else "segments"
        return "number" if self.option.name in NUMBERS else "text"


def render_form(
    profiles: Sequence[Profile],
    person: Person,
    *,
    chosen: Choice | None = None,
    submitted: Mapping[str, list[str]] | None = None,
    faults: Sequence[UserError] = (),
) -> str:
    """Return the form's inside as HTML; everything that an operator or a person wrote is escaped.

    Args:
        profiles: those that are offered to the person, in order.
        chosen: the last choice, shown again as far as it still exists.
        submitted: what the person has just sent, shown again in full; wins over `chosen`.
        faults: why that was not accepted; shown on top and at each field.
    """
    messages = {fault.field: fault.message for fault in faults if fault.field}
    slugs = [profile.slug for profile in profiles]
    wanted = (submitted.get("profile") or [""])[0] if submitted else chosen.profile if chosen else ""
    current = wanted if wanted in slugs else slugs[0] if slugs else ""
    questions = {p.slug: _questions(p, person, chosen, submitted, messages) for p in profiles}
    return _template().render(
        profiles=profiles,
        current=current,
        questions=questions,
        faults=[{"message": f.message, "target": html_id(f.field or "profile")} for f in faults],
        rules=_rules(questions),
        usual=_usual(current, questions),
        html_id=html_id,
        say=_summary_words,
        choice_words=_words,
        hint=_hint,
    )


def _questions(
    profile: Profile,
    person: Person,
    chosen: Choice | None,
    submitted: Mapping[str, list[str]] | None,
    messages: Mapping[str, str],
) -> list[Question]:
    found = []
    for option in profile.options_for(person):
        field = f"{profile.slug}.{option.name}"
        choices = option.choices_for(person)
        value = option.default_for(person)
        if submitted is not None:
            value = (submitted.get(field) or [value])[0]
        elif chosen is not None and chosen.profile == profile.slug:
            value = chosen.values.get(option.name, value)
        if choices and value not in {choice.slug for choice in choices}:
            value = option.default_for(person)
        conditions = tuple(
            " ".join(f"{profile.slug}.{name}={slug}" for slug in sorted(slugs))
            for name, slugs in option.shown_when.items()
        )
        found.append(Question(option, profile.slug, field, value, choices, messages.get(field, ""), conditions))
    return found


def _rules(questions: Mapping[str, Sequence[Question]]) -> list[tuple[str, str]]:
    """Return (id of a radio, word in data-when) pairs: the part with the word is there while the radio is chosen."""
    rules = [(html_id(f"profile.{slug}"), f"profile={slug}") for slug in questions]
    for asked in questions.values():
        rules.extend((f"{q.id}-{choice.slug}", f"{q.field}={choice.slug}") for q in asked for choice in q.choices)
    return rules


def _usual(current: str, questions: Mapping[str, Sequence[Question]]) -> dict[str, Any]:
    """Return the usual choices for the script that compares a link with them."""
    return {"profile": current, "values": {q.field: q.value for asked in questions.values() for q in asked}}


def _summary_words(question: Question) -> list[tuple[str, str]]:
    """Return (word in data-when, words) for each choice: what the summary says while it is chosen."""
    return [(f"{question.field}={choice.slug}", _words(question, choice)) for choice in question.choices]


def _words(question: Question, choice: Allowed) -> str:
    gives, name = choice.gives, question.option.name
    if name == "lifetime":
        return f"for {say_duration(gives.lifetime_s)}" if gives.lifetime_s else ""
    amounts = [say_cores(gives.cpu)] if gives.cpu else []
    amounts += [say_memory(gives.memory)] if gives.memory else []
    amounts += [f"{gives.gpus} GPU"] if gives.gpus else []
    if amounts:
        return "with " + " and ".join(amounts)
    return choice.title[0].lower() + choice.title[1:] if name in {"environment", "image"} else ""


def _hint(question: Question) -> str:
    option = question.option
    if option.name == "repository":
        return "Its address on the web, or leave it empty."
    if option.name == "branch":
        return "Empty means its main one."
    unit = {"cpu": "cores", "memory": "GB", "gpus": "GPUs"}[option.name]
    return f"From {number(option.minimum)} to {number(option.maximum)} {unit}."


def html_id(field: str) -> str:
    """Return the HTML id for a field name; a slug may begin with a digit, an id in a CSS rule may not."""
    return "f-" + field.replace(".", "-")


@cache
def _template() -> Template:
    # Compiled once: a new Jinja environment for each rendering is what makes KubeSpawner 7.1's form slow.
    environment = Environment(
        loader=PackageLoader("sardonyx_spawner"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("form.html")
