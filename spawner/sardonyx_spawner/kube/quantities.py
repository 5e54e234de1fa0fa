"""Amounts as Kubernetes writes them: "250m" cores, "10Gi". Pure.

Source: Kubernetes API reference, Quantity.
"""

from decimal import Decimal, InvalidOperation

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
