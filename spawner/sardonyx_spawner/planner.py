"""From a profile and a choice to a plan: everything is decided here, and nothing is done."""

from dataclasses import fields, replace
from typing import Literal, cast

from sardonyx_spawner.amounts import GIB, say_cores, say_duration, say_gpus, say_memory
from sardonyx_spawner.choice import Choice
from sardonyx_spawner.language import ENGLISH, LANGUAGES, _, speaking, together
from sardonyx_spawner.person import Person
from sardonyx_spawner.plan import ServerPlan
from sardonyx_spawner.profiles import Gives, Option, Profile
from sardonyx_spawner.repository import Repository

DEFAULT_URL = "JUPYTERHUB_DEFAULT_URL"
"""The variable by which a single-user server of JupyterHub knows the page to open."""
MINE = "users/me/"


def plan_server(
    profile: Profile, choice: Choice, person: Person, *, at_most_s: int | None = None, left_s: int | None = None
) -> ServerPlan:
    """Decide what will be started.

    A question that the person may not see counts with its default; so does one without an answer.

    Args:
        choice: checked, as `choice_from_form` and `choice_from_json` return it.
        at_most_s: it runs for so many seconds at most, whatever was chosen; None = as long as was chosen.
        left_s: an end that it has is not later than in so many seconds; None = whenever it is.
    """
    seen = profile.seen_by(person)
    given = seen.gives
    titles = [seen.title]
    values = seen.settled(choice.values)
    for option in seen.options:
        if option.name in values:
            given = over(given, _gives(option, values[option.name]))
            titles += _kind_of_server(option, values[option.name])
    longest_s = _longest(seen, given)
    if at_most_s is not None:
        given = replace(given, lifetime_s=min(at_most_s, given.lifetime_s or at_most_s))
        longest_s = min(at_most_s, longest_s or at_most_s)
    if left_s is not None and given.lifetime_s is not None:
        # Without an end of its own it is stopped with what it is of, which may get more time until then.
        given = replace(given, lifetime_s=min(left_s, given.lifetime_s))
        longest_s = min(left_s, longest_s or left_s)
    summaries = {language: _summary(language, titles, given) for language in LANGUAGES}
    variables = {DEFAULT_URL: seen.default_url} if seen.default_url else {}
    return ServerPlan(
        person=person.id,
        profile=seen.slug,
        base=seen.base or seen.slug,
        title=seen.title,
        summary=summaries[ENGLISH],
        summaries=summaries,
        environment=given.environment or "",
        image=given.image or "",
        cpu=given.cpu,
        memory=given.memory,
        gpus=given.gpus or 0,
        repositories=_repositories(seen, given),
        volumes=seen.volumes,
        storage_scopes=seen.storage_scopes,
        tools=seen.tools,
        lifetime_s=given.lifetime_s,
        idle_stop_s=given.idle_stop_s,
        longest_s=longest_s,
        home=cast("Literal['kept', 'fresh']", given.home or "kept"),
        home_size=given.home_size,
        author_name=person.full_name,
        author_mail=person.mail,
        language=person.language,
        variables={**variables, **seen.variables},
        secrets={} if person.is_temporary else {name: own_secret(path, person) for name, path in seen.secrets.items()},
        labels={"profile": seen.slug},
        collaboration=seen.collaboration,
        has_vault=not person.is_temporary,
    )


def say_size(given: Gives) -> str:
    """Say how large what is given is: "1 core and 2 GB"; "" = that is not said."""
    amounts: list[str] = [say_cores(given.cpu)] if given.cpu else []
    amounts += [say_memory(given.memory)] if given.memory else []
    amounts += [say_gpus(given.gpus)] if given.gpus else []
    return together(amounts)


def say_life(given: Gives) -> list[str]:
    """Say how long it is given, for the end of a sentence: ["for 12 hours"]."""
    return [_("for {duration}").format(duration=say_duration(given.lifetime_s))] if given.lifetime_s else []


def say_amounts(given: Gives) -> list[str]:
    """Say what is given, for the end of a sentence: ["with 1 core and 2 GB", "for 12 hours"]."""
    size = say_size(given)
    return ([_("with {amounts}").format(amounts=size)] if size else []) + say_life(given)


def in_a_sentence(title: str) -> str:
    """Write a title as it stands inside a sentence: "Machine learning" begins small, "GPU" and "R" do not."""
    return title[0].lower() + title[1:] if title[1:2].islower() else title


def own_secret(path: str, person: Person) -> str:
    """Return where a secret is, with the person's id in the place of "me"."""
    return f"users/{person.id}/{path.removeprefix(MINE)}" if path.startswith(MINE) else path


def over(below: Gives, above: Gives) -> Gives:
    """Return what is given when the second comes after the first."""
    return Gives(
        **{
            name: getattr(below, name) if getattr(above, name) is None else getattr(above, name)
            for name in (field.name for field in fields(Gives))
        }
    )


def _summary(language: str, titles: list[str], given: Gives) -> str:
    with speaking(language):
        return ", ".join([*dict.fromkeys(titles), *say_amounts(given)])


def _repositories(seen: Profile, given: Gives) -> tuple[Repository, ...]:
    """Return the chosen one and those of the profile; JupyterLab opens in the first."""
    if not given.repository:
        return seen.repositories
    same = next((each for each in seen.repositories if each.url == given.repository), None)
    if same is None:
        return (Repository(given.repository, given.branch or ""), *seen.repositories)
    chosen = replace(same, branch=given.branch, commit="") if given.branch else same
    return (chosen, *(each for each in seen.repositories if each is not same))


def _longest(seen: Profile, given: Gives) -> int | None:
    """Return how far a lifetime can be prolonged: as the profile says, else to the longest that it offers."""
    if given.lifetime_s is None:
        return None
    offered = [choice.gives.lifetime_s or 0 for option in seen.options for choice in option.choices]
    return max([given.lifetime_s, *(offered if seen.longest_s is None else [seen.longest_s])])


def _gives(option: Option, value: str) -> Gives:
    if option.choices:
        chosen = option.allowed(value)
        # A choice that was kept from before an upgrade may name what is gone: the default counts.
        return (chosen or option.choices[0]).gives
    if option.name == "cpu":
        return Gives(cpu=float(value))
    if option.name == "memory":
        return Gives(memory=int(float(value) * GIB))
    if option.name == "gpus":
        return Gives(gpus=int(float(value)))
    return Gives(repository=value) if option.name == "repository" else Gives(branch=value)


def _kind_of_server(option: Option, value: str) -> list[str]:
    chosen = option.allowed(value)
    return [in_a_sentence(chosen.title)] if chosen and option.name in {"environment", "image"} else []
