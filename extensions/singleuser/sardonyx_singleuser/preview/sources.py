"""How DuckDB reads a file, by its name: decided without DuckDB."""

from collections.abc import Sequence
from dataclasses import dataclass

from sardonyx_singleuser.language import _

MIB = 1 << 20
READERS = {
    ".parquet": "parquet",
    ".geoparquet": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".geojson": "geojson",
}
LARGEST_GEOJSON = 32 * MIB
"""Such a file is one object, so all of it is read for its first row."""
CSV_BLOCK = 4 * MIB
LONGEST_LINE = 32 * MIB
TOO_LONG, NOT_UTF_8 = "Maximum line size", "not utf-8 encoded"
PATTERN = frozenset("*?[")
"""DuckDB takes a name with one of them for many files."""


@dataclass(frozen=True)
class Source:
    """A file as DuckDB is told of it.

    Args:
        address: s3://…, or a path on this machine.
        size: in bytes.
    """

    address: str
    size: int

    @property
    def kind(self) -> str:
        """How it is read; "" = it is no table."""
        ending = "." + self.address.rpartition("/")[2].rpartition(".")[2].lower()
        return READERS.get(ending, "")


def refusal(source: Source) -> str:
    """Say why a file cannot be shown as a table; "" = it can be tried."""
    name = source.address.rpartition("/")[2]
    if not source.kind:
        said = _("“{name}” is no table that can be shown here: those are {known}.")
        return said.format(name=name, known=", ".join(READERS))
    if not source.size:
        return _("This file is empty.")
    if PATTERN & set(source.address):
        return _(
            "“{name}” has *, ? or [ in its name or its folder, and here these stand for any name. Rename it first."
        ).format(name=name)
    if source.kind == "geojson" and source.size > LARGEST_GEOJSON:
        return _(
            "“{name}” is larger than {most} MB. GeoJSON has to be read as a whole;"
            " as GeoParquet it could be shown at once."
        ).format(name=name, most=LARGEST_GEOJSON // MIB)
    return ""


def readings(source: Source) -> tuple[str, ...]:
    """Return the queries that read a file, to be tried one after the other: the first reads the least of it."""
    told = text(source.address)
    match source.kind:
        case "parquet":
            return (f"FROM read_parquet({told})",)
        case "csv":
            # The usual block is eight times as large.
            small = f"buffer_size={CSV_BLOCK}, max_line_size={CSV_BLOCK // 2}"
            return (
                f"FROM read_csv({told}, {small})",
                f"FROM read_csv({told}, buffer_size={2 * LONGEST_LINE}, max_line_size={LONGEST_LINE})",
                # Before UTF-8 this was how Western Europe wrote; every file is valid in it, so it is the last.
                f"FROM read_csv({told}, encoding='latin-1')",
            )
        case "geojson":
            whole = f"read_json({told}, maximum_object_size={max(source.size + 1, 16 * MIB)})"
            features = f"(SELECT unnest(features) AS feature FROM {whole})"  # noqa: S608 - `told` is quoted
            return (
                f"SELECT unnest(feature.properties), feature.geometry AS geometry FROM {features}",  # noqa: S608
                f"SELECT feature.properties, feature.geometry FROM {features}",  # noqa: S608
                f"FROM {whole}",
            )
        case _:
            # DuckDB 1.5 reads JSON by 32 MiB, whatever it is asked for.
            return (f"FROM read_json({told})",)


def needs_another_reading(error: str) -> bool:
    """Tell whether DuckDB has met something farther down in a file that another of its readings takes.

    Args:
        error: its words; it has one kind of error for all that may be in a file.
    """
    return TOO_LONG in error or NOT_UTF_8 in error


def statistics_query(column: str, kind: str) -> str:
    """Return the query for the statistics of a column.

    Args:
        kind: its type, as DuckDB calls it.
    """
    name = quoted(column)
    asked = ["count(*)", f"count({name})"]
    if not kind.startswith("GEOMETRY"):
        # An estimate may be above what there is.
        asked += [
            f"least(count({name}), approx_count_distinct({name}))",
            f"min({name})::VARCHAR",
            f"max({name})::VARCHAR",
        ]
    if is_number(kind):
        asked += [f"avg({name})", f"approx_quantile({name}, 0.5)"]
    return f"SELECT {', '.join(asked)} FROM data"  # noqa: S608 - the name is quoted


def is_number(kind: str) -> bool:
    """Tell whether a type of DuckDB is one of numbers."""
    return kind.startswith(("DECIMAL", "DOUBLE", "FLOAT", "HUGEINT", "UHUGEINT")) or kind.lstrip("U") in {
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
    }


def first_rows_query(table: str, columns: Sequence[str], most: int) -> str:
    """Return the query for the first rows of some columns of one of our tables."""
    return f"SELECT {', '.join(map(quoted, columns))} FROM {table} LIMIT {most}"  # noqa: S608 - the names are quoted


def quoted(name: str) -> str:
    """Return a column's name as it stands in SQL."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Return a text as it stands in SQL."""
    return "'" + value.replace("'", "''") + "'"
