"""What a bench measures, as `make bench` prints it and writes it to build/bench.json."""

from typing import Any


def figure(name: str, value: float, unit: str, baseline: str, baseline_value: float) -> dict[str, Any]:
    """Return one figure beside what it is compared with in the same run."""
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "baseline": baseline,
        "baseline_value": baseline_value,
        "ratio": value / baseline_value,
    }
