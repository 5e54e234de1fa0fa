"""Tables for spreadsheets: files that somebody gives us, and CSV files that somebody opens with one.

A file of some kB can be made that fills a table of some GB: it is read by a process of its own, with limits, whose end
costs nobody anything. `python -m sardonyx_services.people.sheet` is that process.
"""

import csv
import io
import json
import resource
import subprocess
import sys
from collections.abc import Iterable, Sequence

from sardonyx_services.people.errors import PeopleError
from sardonyx_spawner.language import _

KINDS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How spreadsheets begin: .xlsx and .ods, which are archives, and .xls."""
MOST_ROWS = 20_000
MOST_MEMORY, MOST_CPU_S, PATIENCE_S = 1 << 30, 20, 60
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A cell that begins so is computed by the program that opens it (OWASP, CSV injection)."""


def read_sheet(data: bytes) -> list[list[str]]:
    """Return the rows of the first sheet as text; what formulas came to when it was saved, and no formula.

    Raises:
        PeopleError: it cannot be read, or is much larger than it looks.
    """
    reader = [sys.executable, "-I", "-m", __name__]
    try:
        done = subprocess.run(reader, input=data, capture_output=True, check=True, timeout=PATIENCE_S)
    except (subprocess.SubprocessError, OSError) as error:
        raise PeopleError(_("This file cannot be read as a spreadsheet. Save the roster as CSV.")) from error
    rows: list[list[str]] = json.loads(done.stdout)
    return rows


def write_csv(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV in which no spreadsheet finds a formula, whatever people have called themselves."""
    out = io.StringIO()
    # In quotes, all of them: a spreadsheet may be set to another separator.
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
        [harmless(cell) for cell in row] for row in rows
    )
    return out.getvalue()


def harmless(cell: str) -> str:
    """Return a cell that is shown as it is written."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def main() -> None:
    """Read a spreadsheet from standard input; write its rows as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - in here only

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read())).get_sheet_by_index(0)
    rows = sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS)
    json.dump([[_text(cell) for cell in row] for row in rows], sys.stdout)


def _text(cell: object) -> str:
    """Return a cell as it looks: a spreadsheet knows no other numbers than those with a point."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


if __name__ == "__main__":
    main()
