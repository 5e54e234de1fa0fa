"""What was handed in before, and what it means for files that are handed in now. Decided without the store."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Handed:
    """A file that was handed in.

    Args:
        path: below the person's place in the class.
        modified: when, as the store says it: ISO 8601.
    """

    path: str
    size: int
    modified: str

    @property
    def tag(self) -> str:
        """By which this version is told apart from a later one."""
        return f"{self.modified} {self.size}"


class Before:
    """All that was handed in in a class until now."""

    def __init__(self, files: Iterable[Handed]) -> None:
        self._files = {file.path: file for file in files}
        self._folders = {folder for path in self._files for folder in _folders_of(path)}

    def at(self, path: str) -> Handed | None:
        """Return what a file of this path takes the place of; None = of nothing."""
        return self._files.get(path)

    def in_the_way_of(self, path: str) -> str:
        """Return what has to be removed first, because one name cannot be a file and a folder; "" = nothing."""
        if path in self._folders:
            return path
        return next((folder for folder in _folders_of(path) if folder in self._files), "")

    def added_by(self, files: Mapping[str, int]) -> int:
        """Return how many bytes there are more when files are handed in.

        Args:
            files: path -> bytes.
        """
        return sum(size - (old.size if (old := self.at(path)) else 0) for path, size in files.items())

    def changed_since(self, path: str, tag: str) -> bool:
        """Tell whether something else is there than somebody saw: they agreed to replace that, and nothing else.

        Args:
            tag: of what they saw; "" = nothing was there.
        """
        found = self.at(path)
        return (found.tag if found else "") != tag


def _folders_of(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]
