"""Previews of tables in a real server: what they show, how little they read for it, and what they survive."""

import asyncio
import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.counting_relay import CountingRelay
from support.data_server import DataServer, data_server, forks, place, told
from support.forks import Forks, children, processes_with
from support.places import BUCKET, Place
from support.waiting import soon

from sardonyx_singleuser.preview.previews import Previews
from sardonyx_singleuser.preview.sources import Source

__all__ = ["forks", "place"]
MIB = 1 << 20
ENGINE = "sardonyx_singleuser.preview.engine\0"
MAKE_TABLES = """
import json, struct, sys
from pathlib import Path
import pyarrow as pa, pyarrow.parquet as pq
folder = Path(sys.argv[1])
rows = 1_500_000
import numpy as np
random = np.random.default_rng(1)
table = pa.table({
    "id": np.arange(rows), "value": random.random(rows), "other": random.random(rows),
    "name": pa.array([f"n{i % 1000}" for i in range(rows)]),
})
pq.write_table(table, folder / "large.parquet", row_group_size=rows)
pq.write_table(table.slice(0, 3), folder / "été 100% #1.parquet")
odd = {
    "moment": pa.array([0], pa.timestamp("us", tz="UTC")), "list": [[1, 2]], "bytes": [b"\\x00\\xff"],
    "map": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())), "money": pa.array([1], pa.decimal128(10, 2)),
}
pq.write_table(pa.table(odd), folder / "types.parquet")
(folder / "latin.csv").write_bytes("name;city\\nJosé;Orléans\\n".encode("latin-1"))
point = lambda x, y: struct.pack("<BIdd", 1, 1, x, y)
places = pa.table({"name": ["Paris", "Rome"], "geometry": [point(2.35, 48.86), point(12.5, 41.9)]})
told = {"version": "1.1.0", "primary_column": "geometry", "columns": {
    "geometry": {"encoding": "WKB", "geometry_types": ["Point"], "bbox": [2.35, 41.9, 12.5, 48.86]}}}
pq.write_table(places.replace_schema_metadata({"geo": json.dumps(told)}), folder / "places.geoparquet")
"""
TEXTS = {
    "people.csv": "name,born\nAda,1815-12-10\nGrace,1906-12-09\n",
    "people.tsv": "name\tborn\nAda\t1815-12-10\n",
    "list.json": '[{"a": 1, "b": {"c": [1, 2]}}, {"a": null, "b": null}]',
    "lines.jsonl": '{"a": 1}\n{"a": 2}\n',
    "places.geojson": json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": {"name": "Paris"}, "geometry": {"type": "Point", "coordinates": [2.35, 48.86]}}
            ],
        }
    ),
    "broken.parquet": "this is no Parquet",
    "empty.csv": "",
}  # fmt: skip


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
    subprocess.run([str(prefix / "bin" / "python"), "-c", MAKE_TABLES, str(folder)], check=True)
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
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


def test_a_large_parquet_file_is_shown_without_being_read(petra: DataServer, relay: CountingRelay) -> None:
    """Columns, the number of rows and the first hundred, from a page of each column; also where all is one group of rows."""
    size = petra.says("about", "My place/large.parquet")["size"]
    before = relay.sent

    shown = petra.shown("My place/large.parquet")

    assert [(column["name"], column["type"]) for column in shown["columns"]] == [
        ("id", "BIGINT"), ("value", "DOUBLE"), ("other", "DOUBLE"), ("name", "VARCHAR"),
    ]  # fmt: skip
    assert shown["count"] == 1_500_000
    assert len(shown["rows"]) == 100
    assert shown["rows"][7][3] == "n7"
    assert size > 24 * MIB
    assert relay.sent - before < size / 2


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


def test_statistics_of_a_column_read_that_column(petra: DataServer, relay: CountingRelay) -> None:
    """On demand."""
    petra.shown("My place/large.parquet")
    before = relay.sent

    found = dict(petra.shown("My place/large.parquet", "column", "id")["statistics"])

    assert (found["Rows"], found["Present"], found["Least"], found["Greatest"]) == (
        "1500000",
        "1500000",
        "0",
        "1499999",
    )
    assert found["Mean"] == "750000"
    assert relay.sent - before < petra.says("about", "My place/large.parquet")["size"] / 2


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
        ("My place/broken.parquet", "This file cannot be read as a table:"),
        ("My place/gone.parquet", "There is no file “gone.parquet” here any more."),
        ("My place/empty.csv", "This file is empty."),
        ("My place/notes.docx", "There is no file “notes.docx” here any more."),
    ],
)
def test_a_file_that_cannot_be_shown_is_explained(petra: DataServer, path: str, said: str) -> None:
    """In a sentence."""
    assert told(petra.preview(path)).startswith(said)


def test_a_query_that_needs_too_much_memory_is_ended_and_the_next_one_works(petra: DataServer) -> None:
    """The server itself is as it was."""
    hungry = "SELECT list(a.value) FROM data a, data b"

    said = told(petra.preview("My place/large.parquet", "query", hungry))

    assert said.startswith("This needs more memory than a preview may take, 512 MB.")
    assert petra.shown("My place/large.parquet", "query", "SELECT 1 AS one")["rows"] == [["1"]]


def test_a_preview_that_is_killed_is_said_and_starts_again(petra: DataServer) -> None:
    """As by the kernel, when memory runs out."""
    petra.shown("My place/people.csv")
    answers: list[httpx.Response] = []
    slow = "SELECT count(*) FROM range(100000000000) a"
    asking = threading.Thread(target=lambda: answers.append(petra.preview("My place/people.csv", "query", slow)))
    asking.start()
    soon(lambda: any(worked_s(process) > 1 for process in engines()))
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
