"""How long it takes to fetch an image, as it was the last times."""

import re
from statistics import median

KEPT = 5
_TOOK = re.compile(r"Successfully pulled image \"([^\"]+)\" in ((?:[\d.]+(?:ms|[hms]))+)")
_PART = re.compile(r"([\d.]+)(ms|[hms])")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class ImageTimes:
    """Remembers the last times of each image, for as long as the hub runs."""

    def __init__(self) -> None:
        self._took: dict[str, list[float]] = {}

    def note(self, message: str) -> None:
        """Take a node's word that it has fetched an image; other messages are left alone."""
        found = _TOOK.search(message)
        if found is not None:
            took = sum(float(amount) * _UNITS[unit] for amount, unit in _PART.findall(found[2]))
            self._took[found[1]] = [*self._took.get(found[1], ()), took][-KEPT:]

    def usual_s(self, image: str) -> float | None:
        """Return how many seconds it usually takes; None = nobody has seen it."""
        took = self._took.get(image)
        return median(took) if took else None


IMAGE_TIMES = ImageTimes()
"""Those that this hub has seen."""
