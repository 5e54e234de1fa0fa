"""How long servers may go unused, as the settings say for the place and for its profiles."""

from collections.abc import Iterator

from sardonyx_hub_config.settings.whole import Settings
from sardonyx_spawner.amounts import duration_seconds
from sardonyx_spawner.profiles import NEVER, Profile


def idle_limits(settings: Settings) -> tuple[int, ...]:
    """Return the seconds: first those of the place, then those of profiles and their choices; `NEVER` = they go on."""
    here = settings.servers.idle_stop
    of_profiles = (each for slug, profile in settings.profiles.items() for each in _of(profile.profile(slug)))
    return duration_seconds(here) if here else NEVER, *dict.fromkeys(of_profiles)


def _of(profile: Profile) -> Iterator[int]:
    choices = (choice.gives for option in profile.options for choice in option.choices)
    yield from (given.idle_stop_s for given in (profile.gives, *choices) if given.idle_stop_s is not None)
