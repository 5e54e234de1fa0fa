"""What the volume of a person's home is called, and when it grows. Pure."""

from collections.abc import Mapping
from typing import Any

from sardonyx_spawner.kube.place import ClusterPlace
from sardonyx_spawner.kube.quantities import amount


def claim_name(person: str, place: ClusterPlace) -> str:
    """Return the name of the claim for a home: by the person's id, so nobody who gets their name later gets it too."""
    return f"{place.instance}-home-{person}"


def grown(claim: Mapping[str, Any], place: ClusterPlace) -> dict[str, Any] | None:
    """Return how to change a claim that is smaller than homes are now; None = it stays. None is ever made smaller."""
    asked = amount(claim["spec"]["resources"]["requests"]["storage"])
    if asked >= place.homes.size:
        return None
    return {"spec": {"resources": {"requests": {"storage": str(place.homes.size)}}}}
