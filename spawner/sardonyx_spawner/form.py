"""The form in which a person chooses a server: HTML from the profiles that are offered to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from sardonyx_spawner.amounts import number, say_number
from sardonyx_spawner.choice import LONGEST_VALUE, UNITS, Choice
from sardonyx_spawner.closing import say_closing
from sardonyx_spawner.errors import UserError
from sardonyx_spawner.language import N_, _, again, spoken
from sardonyx_spawner.language_in_templates import Translation
from sardonyx_spawner.person import Person
from sardonyx_spawner.planner import in_a_sentence, over, say_amounts, say_life, say_size
from sardonyx_spawner.profiles import NUMBERS, Allowed, Option, Profile
from sardonyx_spawner.teams import TeamServer

FEW = 5
"""Up to this many choices are segments in one row; more are cards, as sizes always are."""

HINTS = {
    "repository": N_("Its address on the web, or leave it empty."),
    "branch": N_("Empty means its main one."),
}
AMOUNTS = {"size", *NUMBERS}


@dataclass(frozen=True)
class Question:
    """An option as the form draws it.

    Args:
        field: name of the field, such as "python.size".
        value: what is chosen, or written, now.
        fault: why that was not accepted.
        conditions: each a text for `data-when`; the question is there while all of them hold.
    """

    option: Option
    field: str
    value: str
    fault: str
    conditions: tuple[str, ...]

    @property
    def id(self) -> str:
        """The HTML id of the field; faults link to it."""
        return html_id(self.field)

    @property
    def kind(self) -> str:
        """Which part of the template draws it."""
        if self.option.choices:
            return "cards" if self.option.name == "size" or len(self.option.choices) > FEW else "segments"
        return "number" if self.option.name in NUMBERS else "text"

    @property
    def title(self) -> str:
        """The question."""
        return again(self.option.title)

    @property
    def hint(self) -> str:
        """One line under the question."""
        option = self.option
        if option.description or option.choices:
            return option.description
        if self.kind == "text":
            return _(HINTS[option.name])
        return _("From {least} to {most} {unit}.").format(
            least=say_number(option.minimum), most=say_number(option.maximum), unit=self.unit
        )

    @property
    def limits(self) -> dict[str, str]:
        """The attributes that bound a number."""
        option = self.option
        return {"min": number(option.minimum), "max": number(option.maximum), "step": number(option.step)}

    @property
    def unit(self) -> str:
        """What the number counts."""
        return _(UNITS[self.option.name])

    def when(self, choice: Allowed) -> str:
        """Return the text for `data-when` of what is there while this is chosen."""
        return f"{self.field}={choice.slug}"

    def said(self, choice: Allowed) -> str:
        """Say what a choice gives, for the summary; "" = nothing to say there."""
        amounts = ", ".join(say_amounts(choice.gives))
        return in_a_sentence(choice.title) if self.option.name in {"environment", "image"} else amounts

    def second_line(self, choice: Allowed) -> str:
        """Return the line under a choice's title."""
        return choice.description or ", ".join(
            part for part in (say_size(choice.gives), *say_life(choice.gives)) if part
        )


@dataclass(frozen=True)
class Part:
    """A profile and its questions as the form draws them; `fixed` is what it gives whatever is answered."""

    profile: Profile
    questions: tuple[Question, ...]
    fixed: str


@dataclass(frozen=True)
class Drawn:
    """A part as HTML: its questions, its words in the summary, and its rules for `data-when`."""

    profile: Profile
    questions: str
    summary: str
    rules: str


def render_form(
    profiles: Sequence[Profile],
    person: Person,
    *,
    chosen: Choice | None = None,
    submitted: Mapping[str, list[str]] | None = None,
    faults: Sequence[UserError] = (),
    uses: Mapping[str, Sequence[str]] | None = None,
    teams: Sequence[TeamServer] = (),
) -> str:
    """Return the form's inside as HTML; everything that an operator or a person wrote is escaped.

    Args:
        profiles: those that are offered to the person, in order.
        chosen: the last choice, shown again as far as it still exists.
        submitted: what the person has just sent, shown again; wins over `chosen`.
        faults: why that was not accepted; shown on top and at each field.
        uses: slug of a profile -> what is used of what is limited, in sentences.
        teams: servers of their teams, which they can open instead of starting one.
    """
    messages = {fault.field: fault.message for fault in faults}
    before = submitted if submitted is not None else _as_submitted(chosen)
    seen = [profile.seen_by(person) for profile in profiles]
    slugs = [profile.slug for profile in seen]
    wanted = _first(before, "profile", "")
    titles = {f"{p.slug}.{q.name}": again(q.title).rstrip("?\xa0") for p in seen for q in p.questions}
    titles["profile"] = _("Profile")
    return (
        _environment()
        .get_template("form.html")
        .render(
            parts=[_drawn(spoken(), profile, *_of_profile(profile, before, messages)) for profile in seen],
            uses=uses or {},
            closings={profile.slug: say_closing(profile.closing, datetime.now(UTC)) for profile in seen},
            teams=teams,
            current=wanted if wanted in slugs else next(iter(slugs), ""),
            faults=[
                {
                    "id": html_id(f.field) if f.field in titles else "",
                    "title": titles.get(f.field, ""),
                    "text": f.message,
                }
                for f in faults
            ],
            profile_fault=messages.get("profile", ""),
            data={"titles": titles},
        )
    )


def html_id(field: str) -> str:
    """Return the HTML id for a field; no slug has an underscore in it, so two fields never share one."""
    return "f_" + field.replace(".", "_")


@lru_cache(maxsize=500)
def _drawn(_language: str, profile: Profile, values: tuple[str | None, ...], faults: tuple[str, ...]) -> Drawn:
    # Most people answer most questions as they did before: a part with the same values is drawn once.
    part = _part(profile, values, faults)
    template: Any = _environment().get_template("part.html").module
    return Drawn(profile, template.questions(part), template.summary(part), template.rules(part))


def _of_profile(
    profile: Profile, before: Mapping[str, list[str]], messages: Mapping[str, str]
) -> tuple[tuple[str | None, ...], tuple[str, ...]]:
    """Return what was answered to each question of a profile (None = nothing), and what is wrong with it."""
    fields = [f"{profile.slug}.{question.name}" for question in profile.questions]
    return tuple(_first(before, f, None) for f in fields), tuple(messages.get(f, "") for f in fields)


def _part(profile: Profile, values: Sequence[str | None], faults: Sequence[str]) -> Part:
    questions = []
    conditions: dict[str, tuple[str, ...]] = {}
    for option, given, fault in zip(profile.questions, values, faults, strict=True):
        is_usable = given is not None and (not option.choices or option.allowed(given) is not None)
        own = tuple(
            " ".join(f"{profile.slug}.{name}={slug}" for slug in sorted(slugs))
            for name, slugs in option.shown_when.items()
            if name in conditions
        )
        # A question whose condition is itself hidden is hidden too: the radio in there stays chosen.
        inherited = tuple(c for name in option.shown_when for c in conditions.get(name, ()))
        conditions[option.name] = tuple(dict.fromkeys(inherited + own))
        value = given if is_usable and given is not None else option.usual
        questions.append(Question(option, f"{profile.slug}.{option.name}", value, fault, conditions[option.name]))
    return Part(profile, tuple(questions), _fixed(profile))


def _fixed(profile: Profile) -> str:
    """Say what the profile gives as far as no question can change it."""
    given = profile.gives
    asked = {question.name for question in profile.questions}
    settled = profile.settled({})
    for option in profile.options:
        chosen = option.allowed(settled.get(option.name, "")) if not option.is_asked else None
        given = over(given, chosen.gives) if chosen else given
    size = replace(given, cpu=None, memory=None, gpus=None) if asked & AMOUNTS else given
    return ", ".join(say_amounts(replace(size, lifetime_s=None) if "lifetime" in asked else size))


def _as_submitted(chosen: Choice | None) -> dict[str, list[str]]:
    if chosen is None:
        return {}
    fields = {f"{chosen.profile}.{name}": [value] for name, value in chosen.values.items()}
    return {"profile": [chosen.profile], **fields}


def _first(before: Mapping[str, list[str]], field: str, otherwise: str | None) -> str | None:
    given = before.get(field)
    return given[0][:LONGEST_VALUE] if given and isinstance(given[0], str) else otherwise


@cache
def _environment() -> Environment:
    # Kept, with its compiled templates: a new one for each rendering is what makes KubeSpawner 7.1's form slow.
    return new_environment()


def new_environment() -> Environment:
    """Return the Jinja environment of the form: everything is escaped, nothing may be missing."""
    return Environment(
        loader=PackageLoader("sardonyx_spawner"),
        autoescape=True,
        extensions=[Translation],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
