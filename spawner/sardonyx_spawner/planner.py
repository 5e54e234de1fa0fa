"""From a profile and a choice to a plan: everything is decided here, and nothing is done."""

from dataclasses import fields
from typing import Literal, cast

from sardonyx_spawner.amounts import GIB, say_cores, say_duration, say_memory
from sardonyx_spawner.choice import Choice
from sardonyx_spawner.person import Person
from sardonyx_spawner.plan import Repository, ServerPlan
from sardonyx_spawner.profiles import Gives, Option, Profile


def plan_server(profile: Profile, choice: Choice, person: Person) -> ServerPlan:
    """Decide what will be started.

    Args:
        choice: complete and checked, as `choice_from_form` and `choice_from_json` return it.
    """
    given = profile.gives
    for option in profile.options:
        if option.name in choice.values:
            given = _over(given, _gives(option, choice.values[option.name]))
    repository = choice.values.get("repository", "")
    return ServerPlan(
        person=person.id,
        profile=profile.slug,
        title=profile.title,
        summary=summary(profile, choice, given),
        environment=given.environment or "",
        image=given.image or "",
        cpu=given.cpu,
        memory=given.memory,
        gpus=given.gpus or 0,
        repositories=(Repository(repository, choice.values.get("branch", "")),) if repository else (),
        storage_scopes=profile.storage_scopes,
        tools=profile.tools,
        lifetime_s=given.lifetime_s or None,
        home=cast("Literal['kept', 'fresh']", given.home or "kept"),
        variables=dict(profile.variables),
        labels={"profile": profile.slug},
    )


def summary(profile: Profile, choice: Choice, given: Gives) -> str:
    """Say the plan in one sentence without a full stop: "Python, standard, with 1 core and 2 GB, for 4 hours"."""
    parts = [profile.title]
    kind = _chosen_title(profile, choice, "environment") or _chosen_title(profile, choice, "image")
    if kind and kind.casefold() != profile.title.casefold():
        parts.append(kind[0].lower() + kind[1:])
    amounts = [say_cores(given.cpu)] if given.cpu else []
    if given.memory:
        amounts.append(say_memory(given.memory))
    if given.gpus:
        amounts.append("1 GPU" if given.gpus == 1 else f"{given.gpus} GPUs")
    if amounts:
        parts.append("with " + " and ".join(filter(None, [", ".join(amounts[:-1]), amounts[-1]])))
    if given.lifetime_s:
        parts.append(f"for {say_duration(given.lifetime_s)}")
    return ", ".join(parts)


def _gives(option: Option, value: str) -> Gives:
    for allowed in option.choices:
        if allowed.slug == value:
            return allowed.gives
    if option.name == "cpu":
        return Gives(cpu=float(value))
    if option.name == "memory":
        return Gives(memory=int(float(value) * GIB))
    if option.name == "gpus":
        return Gives(gpus=int(float(value)))
    return Gives()


def _over(below: Gives, above: Gives) -> Gives:
    chosen = {
        f.name: getattr(above, f.name) if getattr(above, f.name) is not None else getattr(below, f.name)
        for f in fields(Gives)
    }
    return Gives(**chosen)


def _chosen_title(profile: Profile, choice: Choice, name: str) -> str:
    for option in profile.options:
        if option.name == name:
            for allowed in option.choices:
                if allowed.slug == choice.values.get(name):
                    return allowed.title
    return ""
