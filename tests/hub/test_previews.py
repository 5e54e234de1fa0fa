"""Previews of tables in a real server: what they show, how little they read for it, and what they survive."""

import asyncio
import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from support.counting_relay import CountingRelay
from support.data_server import DataServer, data_server, forks, place, told
from support.forks import Forks, children, processes_with
from support.places import BUCKET, Place
from support.tables import make_tables
from support.waiting import soon

from sardonyx_singleuser.preview.previews import Previews
from sardonyx_singleuser.preview.sources import Source

__all__ = ["forks", "place"]
MIB = 1 << 20
ENGINE = "sardonyx_singleuser.preview.engine\0"
NO_PARQUET = "This is no whole Parquet file: it was cut off, is damaged, or is another kind of file by that name."


@pytest.fixture(scope="module")
def relay(place: Place) -> Iterator[CountingRelay]:
    """What is between the server and the store, and counts."""
    with CountingRelay(place.port) as running:
        yield running


@pytest.fixture(scope="module")
def petra(
    forks: Forks, place: Place, relay: CountingRelay, prefix: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DataServer]:
    """A server of somebody with tables in the store."""
    folder = tmp_path_factory.mktemp("tables")
    make_tables(prefix / "bin" / "python", folder)
    with data_server(forks, place, "petra", endpoint=relay.address) as server:
        for path in folder.iterdir():
            server.store.upload_file(str(path), BUCKET, f"{server.person.home}{path.name}")
        yield server


def engines() -> list[int]:
    """Return the processes of previews."""
    return processes_with(ENGINE)


def worked_s(process: int) -> float:
    """Return how long a process was at work."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Reading:
    """What a question about a file may read of it.

    Args:
        mib: from the store.
        requests: to the store.
    """

    name: str
    what: str
    arguments: tuple[str, ...]
    mib: float
    requests: int

    def __str__(self) -> str:
        return " ".join((self.name, self.what, *self.arguments))


SOME = "SELECT * FROM data LIMIT 10"
READINGS = [
    # A page of each column, whether the file is one group of rows or fifteen, and where the pages are.
    Reading("large.parquet", "first", (), 7, 16),
    Reading("groups.parquet", "first", (), 4, 14),
    Reading("large.geoparquet", "first", (), 3, 14),
    Reading("large.parquet", "query", (SOME,), 7, 16),
    # Where the columns are; the file says itself what is the greatest.
    Reading("large.parquet", "query", ("SELECT max(id) FROM data",), 0.1, 6),
    # That column: it has 7 MiB of 30 in one file, and in the other 15 MiB of 38.
    Reading("large.parquet", "column", ("id",), 8, 12),
    Reading("groups.parquet", "column", ("id",), 16, 24),
    Reading("large.geoparquet", "column", ("id",), 11, 14),
    Reading("large.parquet", "query", ("SELECT id, count(*) FROM data GROUP BY 1 ORDER BY 2 LIMIT 5",), 8, 12),
    # Of CSV a block of 4 MiB, and those that two threads have begun; DuckDB reads JSON by 32 MiB.
    Reading("large.csv", "first", (), 5, 4),
    Reading("large.csv", "query", (SOME,), 24, 10),
    Reading("large.jsonl", "first", (), 34, 5),
    Reading("large.jsonl", "query", (SOME,), 66, 6),
    # All of it (38 MiB of CSV, 78 of JSON), and its beginning once or twice more.
    Reading("large.csv", "column", ("id",), 48, 18),
    Reading("large.jsonl", "column", ("id",), 112, 8),
]


@pytest.mark.parametrize("reading", READINGS, ids=str)
def test_a_preview_reads_what_it_shows(petra: DataServer, relay: CountingRelay, reading: Reading) -> None:
    """Of a file that nobody has looked at."""
    fresh = f"My place/{READINGS.index(reading)} {reading.name}"
    assert petra.copy(f"My place/{reading.name}", fresh).status_code == 200
    bytes_before, requests_before = relay.sent, relay.asked

    petra.shown(fresh, reading.what, *reading.arguments)

    assert (relay.sent - bytes_before) / MIB <= reading.mib
    assert 0 < relay.asked - requests_before <= reading.requests


def test_an_image_is_read_once(petra: DataServer, relay: CountingRelay) -> None:
    """By JupyterLab's own viewer, in blocks."""
    size = petra.says("about", "My place/photo.png")["size"]
    bytes_before, requests_before = relay.sent, relay.asked

    assert len(petra.ask("file", "My place/photo.png").content) == size

    assert relay.sent - bytes_before < size * 1.01
    assert relay.asked - requests_before <= 4


def test_a_large_parquet_file_is_shown_at_once(petra: DataServer) -> None:
    """Columns, the number of rows and the first hundred."""
    shown = petra.shown("My place/large.parquet")

    assert [(column["name"], column["type"]) for column in shown["columns"]] == [
        ("id", "BIGINT"), ("value", "DOUBLE"), ("other", "DOUBLE"), ("name", "VARCHAR"),
    ]  # fmt: skip
    assert shown["count"] == 1_500_000
    assert len(shown["rows"]) == 100
    assert shown["rows"][7][3] == "n7"


@pytest.mark.parametrize(
    ("name", "columns", "first", "count"),
    [
        ("people.csv", [("name", "VARCHAR"), ("born", "DATE")], ["Ada", "1815-12-10"], 2),
        ("people.tsv", [("name", "VARCHAR"), ("born", "DATE")], ["Ada", "1815-12-10"], 1),
        ("list.json", [("a", "BIGINT"), ("b", "STRUCT(c BIGINT[])")], ["1", "{'c': [1, 2]}"], 2),
        ("lines.jsonl", [("a", "BIGINT")], ["1"], 2),
        ("latin.csv", [("name", "VARCHAR"), ("city", "VARCHAR")], ["José", "Orléans"], 1),
        (
            "types.parquet",
            [("moment", "TIMESTAMP WITH TIME ZONE"), ("list", "BIGINT[]")],
            ["1970-01-01 00:00:00+00", "[1, 2]", "\\x00\\xFF", "{k=1}", "1.00"],
            1,
        ),
        ("été 100% #1.parquet", [("id", "BIGINT")], ["0"], 3),
    ],
)
def test_a_table_of_each_kind_is_shown(
    petra: DataServer, name: str, columns: list[tuple[str, str]], first: list[str], count: int
) -> None:
    """With names and types of its columns."""
    shown = petra.shown(f"My place/{name}")

    assert [(column["name"], column["type"]) for column in shown["columns"]][: len(columns)] == columns
    assert shown["rows"][0][: len(first)] == first
    assert shown["count"] == count


def test_geometries_are_readable(petra: DataServer) -> None:
    """As text, and where they are."""
    parquet = petra.shown("My place/places.geoparquet")
    assert parquet["rows"][0] == ["Paris", "POINT (2.35 48.86)"]
    assert parquet["notes"] == ["geometry: Point, between (2.35, 41.9) and (12.5, 48.86)"]
    assert petra.shown("My place/places.geoparquet", "column", "geometry")["statistics"][1] == ["Present", "2"]

    geojson = petra.shown("My place/places.geojson")
    assert [column["name"] for column in geojson["columns"]] == ["name", "geometry"]
    assert geojson["rows"] == [["Paris", "{'type': Point, 'coordinates': [2.35, 48.86]}"]]


def test_statistics_of_a_column_are_those_of_all_rows(petra: DataServer) -> None:
    """On demand."""
    found = dict(petra.shown("My place/large.parquet", "column", "id")["statistics"])

    assert (found["Rows"], found["Present"], found["Least"], found["Greatest"]) == (
        "1500000",
        "1500000",
        "0",
        "1499999",
    )
    assert found["Mean"] == "750000"


@pytest.mark.parametrize(("name", "longest"), [("long.csv", "x" * 300), ("accent.csv", "small")])
def test_what_stands_below_the_first_rows_of_a_text_may_be_longer_or_in_another_encoding(
    petra: DataServer, name: str, longest: str
) -> None:
    """A line of three million characters; a letter that is not UTF-8. The first rows are shown as before."""
    assert petra.shown(f"My place/{name}")["rows"][0] == ["0", "small"]

    found = dict(petra.shown(f"My place/{name}", "column", "word")["statistics"])

    assert (found["Rows"], found["Greatest"].rstrip("…")) == ("100001", longest)
    assert petra.shown(f"My place/{name}", "query", "SELECT min(id) FROM data")["rows"] == [["-1"]]
    assert petra.shown(f"My place/{name}")["rows"][0] == ["0", "small"]


def test_cells_of_a_million_characters_are_shown_by_their_beginnings(petra: DataServer) -> None:
    """What a browser can show."""
    shown = petra.preview("My place/million.parquet")

    assert shown.json()["rows"][1] == ["1", "b" * 300 + "…"]
    assert len(shown.content) < 100_000
    assert dict(petra.shown("My place/million.parquet", "column", "cell")["statistics"])["Least"] == "a" * 300 + "…"
    found = petra.shown("My place/million.parquet", "query", "SELECT max(length(cell)) FROM data")
    assert found["rows"] == [["1000000"]]


def test_of_five_thousand_columns_the_first_are_shown(petra: DataServer) -> None:
    """And any of them by their names."""
    shown = petra.shown("My place/wide.parquet")

    assert (len(shown["columns"]), shown["left_out"], shown["count"]) == (200, 4800, 1000)
    assert dict(petra.shown("My place/wide.parquet", "column", "c4999")["statistics"])["Greatest"] == "999"
    assert petra.shown("My place/wide.parquet", "query", "SELECT sum(c4999) AS s FROM data")["rows"] == [["499500"]]
    refused = petra.preview("My place/wide.parquet", "query", "FROM data")
    assert told(refused) == "That has 5000 columns; name 200 at most."


def test_sql_answers_in_its_order_and_within_its_bounds(petra: DataServer) -> None:
    """A thousand rows, and the word that there are more."""
    found = petra.shown(
        "My place/large.parquet", "query", "SELECT name, count(*) AS n FROM data GROUP BY 1 ORDER BY 1 DESC; -- so"
    )
    assert [column["name"] for column in found["columns"]] == ["name", "n"]
    assert [row[0] for row in found["rows"][:2]] == ["n999", "n998"]
    assert (len(found["rows"]), found["is_more"]) == (1000, False)

    assert petra.shown("My place/large.parquet", "query", "FROM data")["is_more"] is True


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELEC 1", 'Parser Error: syntax error at or near "SELEC".'),
        ("SELECT nme FROM data", 'Referenced column "nme" not found'),
        ("SELECT 1; SELECT 2", "Write one SELECT"),
        ("COPY data TO '/tmp/x.csv'", "Write one SELECT"),
        ("SET memory_limit = '100GB'", "Write one SELECT"),
        ("", "Write one SELECT"),
        ("SELECT * FROM '/etc/passwd'", "Table with name /etc/passwd does not exist"),
        ("SELECT * FROM '/etc/passwd.csv'", "The SQL box reads this file only: the table `data`."),
        ("SELECT * FROM read_text('/run/sardonyx/token')", "The SQL box reads this file only"),
        ("SELECT * FROM read_csv('s3://sardonyx/public/x.csv')", "The SQL box reads this file only"),
        ("SELECT * FROM glob('/home/*')", "The SQL box reads this file only"),
        ("SELECT 1) UNION (SELECT 2", "Parser Error"),
    ],
)
def test_sql_that_cannot_be_answered_is_explained(petra: DataServer, sql: str, said: str) -> None:
    """And reaches nothing but the file."""
    assert said in told(petra.preview("My place/people.csv", "query", sql))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("My place/broken.parquet", NO_PARQUET),
        ("My place/cut.parquet", NO_PARQUET),
        ("My place/tail.parquet", NO_PARQUET),
        ("My place/parquet.csv", "This file cannot be read as a table: Error when sniffing file"),
        ("My place/parquet.json", 'This file cannot be read as a table: Malformed JSON in file "parquet.json"'),
        ("My place/csv.jsonl", 'This file cannot be read as a table: Malformed JSON in file "csv.jsonl"'),
        ("My place/cut.json", 'This file cannot be read as a table: Malformed JSON in file "cut.json"'),
        ("My place/gone.parquet", "There is no file “gone.parquet” here any more."),
        ("My place/empty.csv", "This file is empty."),
        ("My place/notes.docx", "There is no file “notes.docx” here any more."),
    ],
)
def test_a_file_that_cannot_be_shown_is_explained(petra: DataServer, path: str, said: str) -> None:
    """In a sentence, which says nothing of buckets; the next file is shown."""
    why = told(petra.preview(path))

    assert why.startswith(said)
    assert "s3://" not in why
    assert petra.shown("My place/people.csv")["count"] == 2


def test_a_query_that_needs_too_much_memory_is_ended_and_the_next_one_works(petra: DataServer) -> None:
    """The server itself is as it was."""
    hungry = "SELECT list(a.value) FROM data a, data b"

    said = told(petra.preview("My place/large.parquet", "query", hungry))

    assert said.startswith("This needs more memory than a preview may take, 512 MB.")
    assert petra.shown("My place/large.parquet", "query", "SELECT 1 AS one")["rows"] == [["1"]]


def test_a_preview_that_is_killed_is_said_and_starts_again(petra: DataServer) -> None:
    """As by the kernel, when memory runs out."""
    petra.shown("My place/people.csv")
    before = {process: worked_s(process) for process in engines()}
    answers: list[httpx.Response] = []
    slow = "SELECT count(*) FROM range(100000000000) a"
    asking = threading.Thread(target=lambda: answers.append(petra.preview("My place/people.csv", "query", slow)))
    asking.start()
    soon(lambda: any(worked_s(process) > before.get(process, 0) + 1 for process in engines()))
    for process in engines():
        os.kill(process, signal.SIGKILL)
    asking.join()

    assert told(answers[0]).startswith("The preview ended before it had an answer")
    assert petra.shown("My place/people.csv")["count"] == 2


def test_a_query_ends_with_whoever_asked(petra: DataServer) -> None:
    """A tab that was closed, or the button Stop."""
    petra.shown("My place/people.csv")
    before = set(engines())
    slow = {"path": "My place/people.csv", "what": "query", "arguments": ["SELECT count(*) FROM range(100000000000) a"]}

    with pytest.raises(httpx.ReadTimeout):
        petra.web.post("preview", json=slow, timeout=1)

    soon(lambda: len(set(engines()) & before) < len(before))
    assert petra.shown("My place/people.csv")["count"] == 2


def test_a_preview_has_no_token(petra: DataServer) -> None:
    """It is given keys that read one place, and nothing to get others with."""
    petra.shown("My place/people.csv")
    for process in engines():
        held = Path(f"/proc/{process}/environ").read_bytes()
        assert b"TOKEN" not in held
        assert b"AWS_" not in held


def test_a_file_of_the_home_is_shown_too(petra: DataServer, forks: Forks) -> None:
    """As one of the store; and nothing beside the home."""
    forks.put("petra", "notes/mine.csv", "a,b\n1,2\n")

    shown = petra.preview("notes/mine.csv", is_local=True)

    assert shown.json()["rows"] == [["1", "2"]]
    for path in ("../../etc/passwd", "/etc/passwd.csv", "notes/../../x.csv"):
        assert petra.preview(path, is_local=True).status_code == 404


def test_an_environment_without_duckdb_says_so(prefix: Path, tmp_path: Path) -> None:
    """In one sentence; the process answers."""
    hide = "import sys; sys.modules['duckdb'] = None; from sardonyx_singleuser.preview.engine import main; main()"
    (tmp_path / "x.csv").write_text("a\n1\n")
    asked = {"what": "first", "arguments": [], "source": {"address": str(tmp_path / "x.csv"), "size": 4}, "store": {}}

    said = subprocess.run(
        [str(prefix / "bin" / "python"), "-c", hide],
        input=json.dumps(asked) + "\n",
        text=True,
        capture_output=True,
        check=True,
    ).stdout

    assert json.loads(said) == {
        "message": "A preview needs the packages duckdb and duckdb-extension-httpfs, which are not in this server's environment."
    }


def test_processes_of_previews_are_few_and_end_soon_after_the_last_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three at most, whatever is opened; none when nobody asks any more."""
    monkeypatch.setattr("sardonyx_singleuser.preview.previews.IDLE_S", 1.0)

    def running() -> int:
        return len(set(children(os.getpid())) & set(engines()))

    async def look() -> None:
        previews = Previews()
        for number in range(5):
            (tmp_path / f"{number}.csv").write_text("a\n1\n")
            shown = await previews.ask(Source(str(tmp_path / f"{number}.csv"), 4), "first", (), {})
            assert shown["rows"] == [["1"]]
        assert running() <= 3
        await asyncio.to_thread(soon, lambda: running() == 0)

    asyncio.run(look())
