"""The process that reads a table with DuckDB: a question per line, an answer per line, and no more rights than it needs.

`python -m sardonyx_singleuser.preview.engine` is told of one file, with keys that read its place only. It takes itself every
other way to files, the network and the disk; what somebody's SQL wants beyond that is refused by DuckDB.
"""

import json
import os
import resource
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from sardonyx_singleuser.language import _
from sardonyx_singleuser.preview.refusals import LACKS, MEMORY_MB, RefusedError, sentence
from sardonyx_singleuser.preview.sources import (
    Source,
    first_rows_query,
    is_number,
    needs_another_reading,
    readings,
    statistics_query,
    text,
)

T = TypeVar("T")
THREADS = 2
MOST_ROWS, MOST_COLUMNS, MOST_TEXT = 1000, 200, 300
FIRST_ROWS = 100
MOST_ANSWER = 4 << 20
"""In characters: a browser has to show it."""
CPU_S = 600
"""Of one process: it must not go on for ever when nobody is left to end it."""


class Table:
    """One file, as the table `data`."""

    def __init__(self, duckdb: Any, source: Source, store: Mapping[str, str]) -> None:
        self._duckdb, self._source, self._store = duckdb, source, store
        self._open(readings(source))

    def _connect(self) -> None:
        self._connection = self._duckdb.connect(
            config={
                "threads": THREADS,
                "memory_limit": f"{MEMORY_MB}MB",
                # A server's disk is for its person's files.
                "temp_directory": "",
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            }
        )
        if self._store:
            from sardonyx_singleuser.duckdb_s3 import extension_path  # noqa: PLC0415 - raises where it is not there

            self._connection.execute(f"LOAD {text(str(extension_path('httpfs')))}")
            self.renew(self._store)
        self._connection.execute("SET enable_progress_bar = false")
        # DuckDB would read whole columns of a group of rows ahead; a hundred rows need a page of each.
        self._connection.execute("SET disable_parquet_prefetching = true")
        self._connection.execute(f"SET allowed_paths = [{text(self._source.address)}]")
        self._connection.execute("SET enable_external_access = false")

    def renew(self, store: Mapping[str, str]) -> None:
        """Take keys; those of before end some time."""
        self._store = store
        self._connection.execute(
            f"CREATE OR REPLACE SECRET place (TYPE s3, KEY_ID {text(store['name'])}, SECRET {text(store['secret'])},"
            f" SESSION_TOKEN {text(store['token'])}, ENDPOINT {text(store['endpoint'])}, USE_SSL {store['tls']},"
            f" URL_STYLE 'path', REGION {text(store['region'])})"
        )

    def first(self) -> dict[str, Any]:
        """Return the columns, the first rows, and how many there are if that is known at once."""
        rows, _is_more = _read(self._connection.sql(self._first), FIRST_ROWS)
        count: int | None = None
        if self._source.kind == "parquet":
            count = self.count()["count"]
        elif len(rows) < FIRST_ROWS:
            count = len(rows)
        return {
            "columns": self._said(self._columns[:MOST_COLUMNS]),
            "rows": rows,
            "count": count,
            "left_out": max(0, len(self._columns) - MOST_COLUMNS),
            "notes": self._notes(),
        }

    def count(self) -> dict[str, Any]:
        """Return how many rows there are."""
        return {"count": self._of_all(lambda: self._connection.execute("SELECT count(*) FROM data").fetchone()[0])}

    def column(self, name: str) -> dict[str, Any]:
        """Return the statistics of a column, which is read for them."""
        kind = dict(self._columns).get(name)
        if kind is None:
            raise RefusedError(_("There is no column “{name}”.").format(name=name[:80]))
        found = self._of_all(lambda: self._connection.execute(statistics_query(name, kind)).fetchone())
        titles = (
            _("Rows"),
            _("Present"),
            _("Different, about"),
            _("Least"),
            _("Greatest"),
            _("Mean"),
            _("Median, about"),
        )
        return {"statistics": [[title, _short(value)] for title, value in zip(titles, found, strict=False)]}

    def query(self, sql: str) -> dict[str, Any]:
        """Return the first rows of what somebody asks for."""
        statements = self._duckdb.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != self._duckdb.StatementType.SELECT:
            raise RefusedError(_("Write one SELECT, such as SELECT * FROM data LIMIT 10."))
        return self._of_all(lambda: self._answer(statements[0]))

    def _answer(self, statement: Any) -> dict[str, Any]:
        asked = self._connection.sql(statement)
        columns = list(zip(asked.columns, map(str, asked.types), strict=True))
        if len(columns) > MOST_COLUMNS:
            said = _("That has {columns} columns; name {most} at most.")
            raise RefusedError(said.format(columns=len(columns), most=MOST_COLUMNS))
        rows, is_more = _read(asked.limit(MOST_ROWS + 1), MOST_ROWS)
        return {"columns": self._said(columns), "rows": rows, "is_more": is_more}

    def _open(self, ways: tuple[str, ...]) -> None:
        """Find the way to read the file, with its first rows: what was read for them is not read again."""
        self._connect()
        first: Exception | None = None
        for number, way in enumerate(ways):
            self._way, self._others, self._has_view = way, ways[number + 1 :], False
            try:
                self._look()
            except self._duckdb.Error as error:
                # That of the way that is meant for such a file.
                first = first or error
            else:
                return
        if first is not None:
            raise first

    def _of_all(self, ask: Callable[[], T]) -> T:
        """Ask something of the table `data`: what stands below its first rows may need another way to read it."""
        while True:
            self._view()
            try:
                return ask()
            except (self._duckdb.InvalidInputException, self._duckdb.InternalException) as error:
                # DuckDB 1.5 fails at its own message about a cell that is not UTF-8, and does not go on after that.
                is_ours = isinstance(error, self._duckdb.InternalException) or needs_another_reading(str(error))
                if not self._others or not is_ours:
                    raise
            self._open(self._others)

    def _look(self) -> None:
        if self._source.kind == "parquet":
            # Its columns are known without a row, and there may be thousands.
            self._view()
            self._columns = self._described("data")
            self._first = first_rows_query("data", self._shown, FIRST_ROWS)
            return
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE first_rows AS FROM ({self._way}) LIMIT {FIRST_ROWS}")
        self._columns = self._described("first_rows")
        self._first = first_rows_query("first_rows", self._shown, FIRST_ROWS)

    def _view(self) -> None:
        """Make the table `data`; to make it, DuckDB looks at the beginning of a text file again."""
        if not self._has_view:
            self._connection.execute(f"CREATE OR REPLACE TEMP VIEW data AS {self._way}")
            self._has_view = True

    def _described(self, table: str) -> list[tuple[str, str]]:
        return [(str(row[0]), str(row[1])) for row in self._connection.execute(f"DESCRIBE {table}").fetchall()]

    @property
    def _shown(self) -> list[str]:
        return [name for name, _kind in self._columns[:MOST_COLUMNS]]

    def _said(self, columns: list[tuple[str, str]]) -> list[dict[str, Any]]:
        return [{"name": name, "type": kind, "is_number": is_number(kind)} for name, kind in columns]

    def _notes(self) -> list[str]:
        """Say what a GeoParquet file tells of its geometries."""
        if self._source.kind != "parquet":
            return []
        asked = f"SELECT value FROM parquet_kv_metadata({text(self._source.address)}) WHERE key = 'geo'"  # noqa: S608
        row = self._connection.execute(asked).fetchone()
        try:
            geometries = json.loads(row[0])["columns"] if row else {}
            return [_geometry_note(name, told) for name, told in geometries.items()]
        except (ValueError, TypeError, KeyError, AttributeError):
            return []


def _read(relation: Any, most: int) -> tuple[list[list[str | None]], bool]:
    """Return rows as text, and whether there are more of them."""
    # As text from DuckDB: it writes dates, numbers and geometries as people read them.
    found = relation.project(f"left(COLUMNS(*)::VARCHAR, {MOST_TEXT + 1})").fetchall()
    rows: list[list[str | None]] = []
    taken = 0
    for row in found[:most]:
        if taken > MOST_ANSWER:
            return rows, True
        rows.append([_cut(value) for value in row])
        taken += sum(len(value or "") for value in row)
    return rows, len(found) > most


def _geometry_note(name: str, told: Mapping[str, Any]) -> str:
    kinds = ", ".join(map(str, told.get("geometry_types") or ())) or _("geometries")
    box = told.get("bbox") or ()
    half = len(box) // 2
    corners = [", ".join(f"{float(number):.6g}" for number in corner) for corner in (box[:half], box[half:])]
    if not half:
        return f"{name}: {kinds}"
    said = _("{column}: {kinds}, between ({first}) and ({last})")
    return said.format(column=name, kinds=kinds, first=corners[0], last=corners[1])


def _short(value: object) -> str | None:
    if isinstance(value, float):
        return f"{value:.6g}"
    return None if value is None else _cut(str(value))


def _cut(value: str | None) -> str | None:
    return value if value is None or len(value) <= MOST_TEXT else value[:MOST_TEXT] + "…"


def main() -> None:
    """Answer until nobody asks any more."""
    # Where memory runs out, this goes before the person's notebooks; and it leaves no core behind.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    # Whatever a library prints is no answer.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    table: Table | None = None
    duckdb: Any = None
    for line in sys.stdin:
        asked = json.loads(line)
        what, source = str(asked["what"]), Source(**asked["source"])
        try:
            if duckdb is None:
                import duckdb  # noqa: PLC0415 - where it is not there, that is an answer
            if table is None:
                table = Table(duckdb, source, asked["store"])
            elif asked["store"]:
                table.renew(asked["store"])
            said = getattr(table, what)(*asked["arguments"])
        except (ImportError, LookupError):
            said = {"message": _(LACKS)}
        except RefusedError as error:
            said = {"message": str(error)}
        except Exception as error:  # noqa: BLE001 - whatever it is, the person is told a sentence, and the next question is answered
            said = {"message": sentence(duckdb, error, what, source)}
            if isinstance(error, duckdb.InternalException | duckdb.FatalException):
                # It answers nothing any more.
                table = None
        answers.write(json.dumps(said) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
