"""Tables for spreadsheets: files that somebody gives us, and CSV files that somebody opens with one."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence

from sardonyx_services.people.errors import PeopleError
from sardonyx_spawner.language import _

KINDS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How spreadsheets begin: .xlsx and .ods, which are archives, and .xls."""
MOST_UNPACKED = 64 << 20
MOST_ROWS = 20_000
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A cell that begins so is computed by the program that opens it (OWASP, CSV injection)."""


def read_sheet(data: bytes) -> list[list[str]]:
    """Return the rows of the first sheet as text; what formulas came to when it was saved, and no formula.

    Raises:
        PeopleError: it cannot be read, or is much larger than it looks.
    """
    # Takes its time, and only some rosters are such files.
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415

    _look_at_size(data)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS)
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise PeopleError(_("This file cannot be read as a spreadsheet. Save the roster as CSV.")) from error
    return [[_text(cell) for cell in row] for row in rows]


def write_csv(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV in which no spreadsheet finds a formula, whatever people have called themselves."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def harmless(cell: str) -> str:
    """Return a cell that is shown as it is written."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _text(cell: object) -> str:
    """Return a cell as it looks: a spreadsheet knows no other numbers than those with a point."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _look_at_size(data: bytes) -> None:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise PeopleError(_("This file is much larger than it looks. Save the roster as CSV."))
