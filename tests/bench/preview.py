"""The preview of a 1 GB file in the data store: seconds, and what is read for it, beside downloading the file for pandas."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
ROOT = Path(__file__).parents[2]
MB = 1e6
SOURCE = """
SELECT i AS id, random() AS a, random() AS b, random() AS c, random() AS d, hash(i)::VARCHAR AS label,
       date '2020-01-01' + (i % 3000)::INT AS day FROM range({rows}) t(i)
"""
MAKE = """
import sys, duckdb
connection = duckdb.connect(config={"threads": 2, "memory_limit": "2GB"})
connection.execute("SET enable_progress_bar = false")
for name, rows, how in (("table.parquet", 18_500_000, "row_group_size 122880"), ("table.csv", 8_600_000, "header true")):
    connection.execute(f"COPY ({sys.argv[1].format(rows=rows)}) TO '{sys.argv[2]}/{name}' ({how})")
"""
DOWNLOAD = """
import json, sys, boto3, pandas
told = json.loads(sys.argv[1])
s3 = boto3.client("s3", endpoint_url=told["endpoint"], region_name="us-east-1", aws_access_key_id=told["AccessKeyId"],
                  aws_secret_access_key=told["SecretAccessKey"], aws_session_token=told["Token"])
s3.download_file(told["bucket"], told["key"], told["file"])
table = pandas.read_parquet(told["file"]) if told["file"].endswith("parquet") else pandas.read_csv(told["file"])
print(len(table), table.head(100))
"""


def bench_preview() -> list[dict[str, Any]]:
    """Measure a Parquet and a CSV file of about 1 GB each, in turns with the same by pandas."""
    sys.path.insert(0, str(ROOT / "tests"))
    from support.counting_relay import CountingRelay  # noqa: PLC0415 - found only now
    from support.data_server import data_server  # noqa: PLC0415
    from support.environments import built_environment  # noqa: PLC0415
    from support.forks import running_forks  # noqa: PLC0415
    from support.places import BUCKET, running_place  # noqa: PLC0415

    python = built_environment() / "bin" / "python"
    rows = []
    with (
        tempfile.TemporaryDirectory(prefix="sardonyx-bench-") as folder,
        running_place(Path(folder, "place")) as place,
        CountingRelay(place.port) as relay,
        running_forks(python, ordinary=False) as forks,
        data_server(forks, place, "bench", endpoint=relay.address) as server,
    ):
        subprocess.run([str(python), "-c", MAKE, SOURCE, folder], check=True)
        for name in ("table.parquet", "table.csv"):
            file = Path(folder, name)
            size = file.stat().st_size / MB
            server.store.upload_file(str(file), BUCKET, f"{server.person.home}{name}")
            file.unlink()
            told = {**server.person.keys(), "endpoint": relay.address, "bucket": BUCKET, "file": str(file)}
            told["key"] = f"{server.person.home}{name}"
            shown, pandas = [], []
            for turn in range(ROUNDS):
                # Under a name of its own each time: a process that has shown it before would have some of it in memory.
                server.copy(f"My place/{name}", f"My place/{turn} {name}").raise_for_status()
                shown.append(_measured(relay, lambda path=f"My place/{turn} {name}": server.shown(path)))
                server.says("file", f"My place/{turn} {name}", "DELETE")
                pandas.append(_measured(relay, lambda told=told: _download(python, told)))
                file.unlink()
            beside = "download + pandas"
            what = f"{name.rpartition('.')[2]} of {size:.0f} MB: to its first rows"
            rows += [
                _row(what, _median(shown, 0), "s", beside, _median(pandas, 0)),
                _row(f"{what}, read from the store", _median(shown, 1), "MB", beside, _median(pandas, 1)),
            ]
    return rows


def _measured(relay: Any, do: Any) -> tuple[float, float]:
    before, began = relay.sent, time.monotonic()
    do()
    return time.monotonic() - began, (relay.sent - before) / MB


def _download(python: Path, told: dict[str, str]) -> None:
    subprocess.run([str(python), "-c", DOWNLOAD, json.dumps(told)], check=True, stdout=subprocess.DEVNULL)


def _median(measured: list[tuple[float, float]], at: int) -> float:
    return statistics.median(each[at] for each in measured)


def _row(name: str, value: float, unit: str, baseline: str, baseline_value: float) -> dict[str, Any]:
    return {
        "name": name, "value": value, "unit": unit,
        "baseline": baseline, "baseline_value": baseline_value, "ratio": value / baseline_value,
    }  # fmt: skip
