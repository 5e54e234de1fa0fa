"""Tables as people have them in the data store: of each kind, large ones, and those that are not what they should be."""

import json
import subprocess
from pathlib import Path

MAKE_TABLES = """
import json, struct, sys
from pathlib import Path
import duckdb, pyarrow as pa, pyarrow.parquet as pq
folder = Path(sys.argv[1])
rows = 1_500_000
import numpy as np
random = np.random.default_rng(1)
table = pa.table({
    "id": np.arange(rows), "value": random.random(rows), "other": random.random(rows),
    "name": pa.array([f"n{i % 1000}" for i in range(rows)]),
})
pq.write_table(table, folder / "large.parquet", row_group_size=rows)
pq.write_table(table, folder / "groups.parquet", row_group_size=100_000)
for name, most, how in (("large.csv", 800_000, ""), ("large.jsonl", 1_000_000, "(FORMAT json)")):
    duckdb.sql(f"COPY (FROM 'large.parquet' LIMIT {most}) TO '{name}' {how}".replace("'l", f"'{folder}/l"))
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
x, y = random.uniform(-180, 180, rows), random.uniform(-90, 90, rows)
points = pa.table({"id": np.arange(rows), "geometry": [point(*each) for each in zip(x, y)]})
pq.write_table(points.replace_schema_metadata({"geo": json.dumps(told)}), folder / "large.geoparquet")
(folder / "photo.png").write_bytes(random.bytes(9 << 20))

# Files that are not what they should be, or more of it than anybody looks at.
cut = (folder / "groups.parquet").read_bytes()[:1 << 20]
for name in ("cut.parquet", "parquet.csv", "parquet.json"): (folder / name).write_bytes(cut)
(folder / "tail.parquet").write_bytes((folder / "groups.parquet").read_bytes()[-1000:])
pq.write_table(pa.table({f"c{i}": np.arange(1000) for i in range(5000)}), folder / "wide.parquet")
cells = [chr(97 + i % 26) * 1_000_000 for i in range(120)]
pq.write_table(pa.table({"id": range(120), "cell": cells}), folder / "million.parquet")
small = b"id,word\\n" + b"".join(b"%d,small\\n" % i for i in range(100_000))
(folder / "long.csv").write_bytes(small + b"-1," + b"x" * 3_000_000 + b"\\n")
(folder / "accent.csv").write_bytes(small + "-1,Orléans\\n".encode("latin-1"))
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
    "cut.json": '[{"a": 1}, {"a": 2}, {"a"',
    "csv.jsonl": "name,born\nAda,1815-12-10\n",
    "empty.csv": "",
}  # fmt: skip


def make_tables(python: Path, folder: Path) -> None:
    """Write all of them into a folder.

    Args:
        python: of an environment of people's, which has what writes them.
    """
    subprocess.run([str(python), "-c", MAKE_TABLES, str(folder)], check=True)
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
