"""The rows for repositories in the forms of classes and events, which are added and taken out without a script, too."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from typing import Any

from starlette.datastructures import FormData

from sardonyx_spawner.material import MOST, material_faults
from sardonyx_spawner.profiles import Profile
from sardonyx_spawner.repository import DEEPEST, Material

ADD, REMOVE = "add-repository", "remove-repository-"
"""What the buttons send as `do`; the second one with the number of its row."""
NO_NUMBER = -1


@dataclass(frozen=True)
class MaterialRow:
    """What stands in one row, as text."""

    url: str = ""
    branch: str = ""
    commit: str = ""
    folder: str = ""
    depth: str = ""

    @classmethod
    def of(cls, material: Material) -> "MaterialRow":
        """Return the row of a repository."""
        said = {name: "" if value is None else str(value) for name, value in asdict(material).items()}
        return cls(**said)

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it: it counts for nothing."""
        return not any(astuple(self))

    @property
    def has_more(self) -> bool:
        """Whether something stands in the part that is seldom needed."""
        return bool(self.commit or self.folder or self.depth)

    def material(self) -> Material:
        """Return the repository; what is no number is one that is refused."""
        is_number = self.depth.isascii() and self.depth.isdigit() and len(self.depth) <= len(str(DEEPEST))
        depth = None if not self.depth else int(self.depth) if is_number else NO_NUMBER
        return Material(self.url, self.branch, self.commit, self.folder, depth)


NAMES = tuple(each.name for each in fields(MaterialRow))


def rows_of(materials: Sequence[Material]) -> tuple[MaterialRow, ...]:
    """Return the rows of the repositories that there are; of none, one to write in."""
    return tuple(map(MaterialRow.of, materials)) or (MaterialRow(),)


def read_rows(sent: FormData) -> dict[str, Any]:
    """Return the part of a form that a browser sent: the rows, and whether one was to be added or taken out."""
    columns = [[str(each).strip() for each in sent.getlist(f"repository_{name}")] for name in NAMES]
    # No more than a form has by its button: what a program sends beyond is refused, and need not be shown.
    rows = tuple(MaterialRow(*row) for row in zip(*columns, strict=False))[: MOST + 1] or (MaterialRow(),)
    wanted = _reshaped(rows, str(sent.get("do", "")))
    return {"repositories": wanted or rows, "is_unfinished": wanted is not None}


def _reshaped(rows: tuple[MaterialRow, ...], do: str) -> tuple[MaterialRow, ...] | None:
    """Return the rows as a button wants them to be; None = the button was another one."""
    if do == ADD:
        return (*rows, MaterialRow())[:MOST]
    if do not in {f"{REMOVE}{at}" for at in range(len(rows))}:
        return None
    return tuple(row for at, row in enumerate(rows) if do != f"{REMOVE}{at}") or (MaterialRow(),)


def materials(rows: Sequence[MaterialRow]) -> tuple[Material, ...]:
    """Return what stands in the rows; whether it can be had is looked at with the rest."""
    return tuple(row.material() for row in rows if not row.is_empty)


def row_faults(rows: Sequence[MaterialRow], profile: str, profiles: Sequence[Profile]) -> Mapping[tuple[int, str], str]:
    """Return what is wrong, by row and field.

    Args:
        profile: slug of the one of the profiles whose repositories are in the same homes.
    """
    beside = next((each.repositories for each in profiles if each.slug == profile), ())
    written = [at for at, row in enumerate(rows) if not row.is_empty]
    found = material_faults(materials(rows), beside)
    # The first of a field is enough of it.
    return {(written[fault.row], fault.field): fault.error.message for fault in reversed(found)}
