"""What the settings offer on this machine: the profiles that can run here, and the environments they need."""

import shutil
from dataclasses import replace
from pathlib import Path

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.engines.engine import release
from sardonyx_hub_config.engines.idle_limits import idle_limits
from sardonyx_hub_config.engines.images import with_images
from sardonyx_hub_config.environments import EnvironmentRecipe, make_environment
from sardonyx_hub_config.settings.tools import known_tools
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_hub_config.shipped import singleuser_package
from sardonyx_spawner.catalogue import Catalogue, ProfileSource
from sardonyx_spawner.class_profile import base_of_classes
from sardonyx_spawner.profiles import Profile


def profiles_here(settings: Settings) -> tuple[Profile, ...]:
    """Return the profiles that can run here.

    Raises:
        OperatorError: on a cluster, one of them has no image.
    """
    if release() is not None:
        return tuple(with_images(profile.profile(slug), settings) for slug, profile in settings.profiles.items())
    return tuple(
        profile.profile(slug)
        for slug, profile in settings.profiles.items()
        if profile.when.program is None or shutil.which(profile.when.program) is not None
    )


def profiles_for_classes(settings: Settings) -> tuple[Profile, ...]:
    """Return the profiles of this machine that classes can be made from, in the order of the form; each says all that it has."""
    wanted, known = settings.classes.profiles, tuple(known_tools(settings.tools))
    idle_s, *_others = idle_limits(settings)
    found = [
        _all_said(base_of_classes(each), known, idle_s)
        for each in profiles_here(settings)
        if each.slug in wanted or (not wanted and not each.groups)
    ]
    return tuple(sorted(found, key=lambda each: (each.order, each.title.casefold(), each.slug)))


def _all_said(base: Profile, tools: tuple[str, ...], idle_s: int) -> Profile:
    """Return a profile that says which tools it has and when its idle servers are stopped, also where that is as usual here."""
    given = base.gives if base.gives.idle_stop_s is not None else replace(base.gives, idle_stop_s=idle_s)
    return replace(base, tools=tools if base.tools is None else base.tools, gives=given)


def catalogue_here(settings: Settings, classes: ProfileSource | None = None) -> Catalogue:
    """Return the catalogue of this machine.

    Args:
        classes: has the profiles of classes.
    """
    return Catalogue(profiles_here(settings), classes)


def environments_in_use(settings: Settings) -> list[str]:
    """Return the slugs of the environments that an offered profile can start, in the order of the settings."""
    wanted: set[str] = set()
    for profile in profiles_here(settings):
        wanted |= {profile.gives.environment or ""}
        wanted |= {choice.gives.environment or "" for option in profile.options for choice in option.choices}
    return [slug for slug in settings.environments if slug in wanted]


def make_now(settings: Settings, slug: str) -> None:
    """Make an environment at its first use; may take minutes.

    Raises:
        OperatorError: the installer failed.
    """
    wanted = recipe(settings, slug)
    if wanted is not None:
        folder = DataFolder(settings.data_folder)
        make_environment(wanted, folder.environments, folder.logs / f"environment-{slug}.log")


def recipe(settings: Settings, slug: str) -> EnvironmentRecipe | None:
    """Return how to make an environment; None = it is there already."""
    environment = settings.environments[slug]
    if environment.requirements is None:
        return None
    packages = (singleuser_package(), *environment.packages)
    return EnvironmentRecipe(slug, environment.requirements, packages, environment.jars)


def prefix(settings: Settings, slug: str) -> Path:
    """Return the folder of an environment, made or to be made."""
    made = recipe(settings, slug)
    if made is not None:
        return made.prefix(DataFolder(settings.data_folder).environments)
    return settings.environments[slug].prefix or Path()
