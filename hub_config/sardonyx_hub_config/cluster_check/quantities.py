"""Amounts as Kubernetes writes them: "250m" cores, "10Gi".

Source: Kubernetes API reference, Quantity.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from sardonyx_spawner.amounts import say_cores, say_memory

_UNITS = {
    **{f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", 1)},
    **{letter: Decimal(1000) ** power for power, letter in enumerate(("k", "M", "G", "T", "P", "E"), 1)},
    **{letter: Decimal(1000) ** -power for power, letter in enumerate(("m", "u", "n"), 1)},
}


def amount(quantity: object) -> Decimal:
    """Return the number that a quantity is.

    Raises:
        ValueError: it is none.
    """
    text = str(quantity)
    unit = next((unit for unit in sorted(_UNITS, key=len, reverse=True) if text.endswith(unit)), "")
    try:
        return Decimal(text.removesuffix(unit)) * _UNITS.get(unit, Decimal(1))
    except InvalidOperation:
        raise ValueError(f"'{text}' is not an amount as Kubernetes writes it, such as 500m or 2Gi") from None


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
