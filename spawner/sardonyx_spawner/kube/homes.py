"""What the volume of a person's home is called, and when it grows. Pure."""

from collections.abc import Mapping
from typing import Any

from sardonyx_spawner.kube.place import ClusterPlace

_UNITS = {"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def claim_name(person: str, place: ClusterPlace) -> str:
    """Return the name of the claim for a home: by the person's id, so nobody who gets their name later gets it too."""
    return f"{place.instance}-home-{person}"


def grown(claim: Mapping[str, Any], place: ClusterPlace) -> dict[str, Any] | None:
    """Return how to change a claim that is smaller than homes are now; None = it stays. None is ever made smaller."""
    asked = quantity_bytes(str(claim["spec"]["resources"]["requests"]["storage"]))
    if asked >= place.homes.size:
        return None
    return {"spec": {"resources": {"requests": {"storage": str(place.homes.size)}}}}


def quantity_bytes(text: str) -> int:
    """Return the bytes of a quantity as Kubernetes writes it, such as "10Gi".

    Source: Kubernetes API reference, Quantity.
    """
    for unit, factor in _UNITS.items():
        if text.endswith(unit):
            return int(float(text.removesuffix(unit)) * factor)
    return int(float(text))
