"""Which image a server runs from on a cluster: the one that a profile names, or that of its environment."""

from collections.abc import Iterator
from dataclasses import replace

from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_spawner.profiles import Gives, Profile


def with_images(profile: Profile, settings: Settings) -> Profile:
    """Return a profile with an image wherever it has an environment.

    Raises:
        OperatorError: there is none, in a sentence.
    """
    images = {slug: environment.image for slug, environment in settings.environments.items()}

    def imaged(gives: Gives) -> Gives:
        return replace(gives, image=gives.image or images.get(gives.environment or "") or None)

    options = tuple(
        replace(option, choices=tuple(replace(each, gives=imaged(each.gives)) for each in option.choices))
        for option in profile.options
    )
    found = replace(profile, gives=imaged(profile.gives), options=options)
    for environment in _without_image(found):
        at = f"environments.{environment}" if environment else f"profiles.{profile.slug}"
        raise OperatorError(
            f"the profile '{profile.slug}' has no image, and servers on Kubernetes run from one."
            f" Add 'image: registry.example/python:1' under '{at}' in the settings."
        )
    return found


def _without_image(profile: Profile) -> Iterator[str]:
    """Yield the environments that lack an image; "" = the profile itself names neither."""
    choices = [each.gives for option in profile.options for each in option.choices]
    yield from (gives.environment for gives in choices if gives.environment and not gives.image)
    # One of an option whose every choice has an image needs none of its own.
    chosen = any(all(each.gives.image for each in option.choices) for option in profile.options if option.choices)
    if not profile.gives.image and not chosen:
        yield profile.gives.environment or ""
