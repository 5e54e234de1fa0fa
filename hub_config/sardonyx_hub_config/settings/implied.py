"""What the name of a choice says by itself: `4h` is a lifetime, `2` a number of cores, `kept` a home."""

from typing import Any

from sardonyx_spawner.amounts import duration_seconds


def implied_by(option: str, slug: str) -> dict[str, Any]:
    """Return what a choice of an option gives by its name alone, in the words of the settings."""
    if option in {"environment", "branch"} or (option == "home" and slug in {"kept", "fresh"}):
        return {option: slug}
    if option in {"cpu", "gpus"} and slug.isdecimal():
        return {option: int(slug)}
    return {option: slug} if option == "lifetime" and _is_duration(slug) else {}


def _is_duration(text: str) -> bool:
    try:
        duration_seconds(text)
    except ValueError:
        return False
    return True
