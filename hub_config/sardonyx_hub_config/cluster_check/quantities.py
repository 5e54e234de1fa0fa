"""Amounts as Kubernetes writes them, several at once and as people say them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sardonyx_spawner.amounts import say_cores, say_memory
from sardonyx_spawner.kube.quantities import amount


def amounts(quantities: Mapping[str, Any] | None) -> dict[str, Decimal]:
    """Return the numbers of several, by what they are of."""
    return {name: amount(quantity) for name, quantity in (quantities or {}).items()}


def said(resource: str, number: Decimal) -> str:
    """Say an amount as people do: "2 cores", "4 GB", "1 of nvidia.com/gpu".

    Args:
        resource: "cpu", "memory", "requests.storage", and so on.
    """
    plain = resource.removeprefix("requests.").removeprefix("limits.").rpartition("/requests.")[2]
    if plain == "cpu":
        return str(say_cores(float(number)))
    if plain in {"memory", "storage", "ephemeral-storage"}:
        return str(say_memory(int(number)))
    return f"{number:f}"
