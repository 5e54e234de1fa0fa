"""How long it takes to fetch an image, as it was the last times."""

import json
import logging
import re
from pathlib import Path
from statistics import median

KEPT = 5
MOST_IMAGES = 200
_TOOK = re.compile(r"Successfully pulled image \"([^\"]+)\" in ((?:[\d.]+(?:ms|[hms]))+)")
_PART = re.compile(r"([\d.]+)(ms|[hms])")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
log = logging.getLogger("sardonyx_spawner")


class ImageTimes:
    """Remembers the last times of each image."""

    def __init__(self) -> None:
        self._took: dict[str, list[float]] = {}
        self._file: Path | None = None

    def keep(self, file: Path) -> None:
        """Begin with what an earlier hub has written down, and write down what comes."""
        self._file, self._took = file, _read(file)

    def note(self, message: str) -> None:
        """Take a node's word that it has fetched an image; other messages are left alone."""
        found = _TOOK.search(message)
        if found is None:
            return
        took = sum(float(amount) * _UNITS[unit] for amount, unit in _PART.findall(found[2]))
        # The last one is the newest: what nobody has fetched for longest is forgotten.
        self._took[found[1]] = [*self._took.pop(found[1], ()), took][-KEPT:]
        for image in [*self._took][:-MOST_IMAGES]:
            del self._took[image]
        self._write()

    def usual_s(self, image: str) -> float | None:
        """Return how many seconds it usually takes; None = nobody has seen it."""
        took = self._took.get(image)
        return median(took) if took else None

    def _write(self) -> None:
        if self._file is None:
            return
        partial = self._file.with_name(f".{self._file.name}")
        try:
            partial.write_text(json.dumps(self._took))
            partial.replace(self._file)
        except OSError as error:
            log.warning("How long images take is not written down: %s", error)


def _read(file: Path) -> dict[str, list[float]]:
    try:
        found = json.loads(file.read_text())
        return {str(image): [float(each) for each in took] for image, took in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


IMAGE_TIMES = ImageTimes()
"""Those that this hub has seen, or one before it."""
