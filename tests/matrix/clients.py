"""One S3 client as a person uses it, in one process that outlives its keys: `python clients.py CLIENT`.

Run in a user environment, with nothing but a server's own variables. Each client is made once, writes, reads and lists,
waits until the keys of that time are dead, and does so again, four times.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROUNDS = int(os.environ.get("MATRIX_ROUNDS", "4"))
PLAIN_DUCKDB = """
import sys
import duckdb
from sardonyx_singleuser.duckdb_s3 import extension_path
connection = duckdb.connect()
connection.execute(f"LOAD '{extension_path('httpfs')}'")
print("ready", flush=True)
while secret := sys.stdin.readline():
    connection.execute(secret)
    path = sys.stdin.readline().strip()
    try:
        print(connection.execute("SELECT content FROM read_text(?)", [path]).fetchall(), flush=True)
    except duckdb.HTTPException as refused:
        print(repr(str(refused)), flush=True)
"""
"""DuckDB with no secret but the one that it is told, a line before the file that it shall read."""
TRIES = 4
HOME = os.environ.get("SARDONYX_S3_HOME", "")
BUCKET, _, PREFIX = HOME.removeprefix("s3://").partition("/")
Round = Callable[[int], None]


def same(found: object, expected: object) -> None:
    """Fail with both where they differ."""
    assert found == expected, f"found {found!r}, expected {expected!r}"


def use_boto3() -> Round:
    """Boto3: put, get, list."""
    import boto3  # noqa: PLC0415 - each client stands for itself

    s3 = boto3.client("s3")

    def one_round(number: int) -> None:
        s3.put_object(Bucket=BUCKET, Key=f"{PREFIX}{number}.txt", Body=b"%d" % number)
        same(s3.get_object(Bucket=BUCKET, Key=f"{PREFIX}{number}.txt")["Body"].read(), b"%d" % number)
        same(s3.list_objects_v2(Bucket=BUCKET, Prefix=PREFIX)["KeyCount"], number + 1)

    return one_round


def use_s3fs() -> Round:
    """s3fs through fsspec: open to write and to read, glob."""
    import fsspec  # noqa: PLC0415

    files = fsspec.filesystem("s3")

    def one_round(number: int) -> None:
        with files.open(f"{HOME}{number}.txt", "w") as file:
            file.write(str(number))
        same(files.cat_file(f"{HOME}{number}.txt"), b"%d" % number)
        files.invalidate_cache()
        same(len(files.glob(f"{HOME}*.txt")), number + 1)

    return one_round


def use_pandas() -> Round:
    """Pandas: Parquet and CSV, by address."""
    import pandas as pd  # noqa: PLC0415

    def one_round(number: int) -> None:
        pd.DataFrame({"n": [number]}).to_parquet(f"{HOME}table/{number}.parquet")
        same(pd.read_parquet(f"{HOME}table/{number}.parquet").n.tolist(), [number])
        same(sorted(pd.read_parquet(f"{HOME}table/").n), list(range(number + 1)))
        pd.DataFrame({"n": [number]}).to_csv(f"{HOME}{number}.csv", index=False)
        same(pd.read_csv(f"{HOME}{number}.csv").n.tolist(), [number])

    return one_round


def use_pyarrow() -> Round:
    """PyArrow: `FileSystem.from_uri`, Parquet, a dataset."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.dataset as ds  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415
    from pyarrow import fs  # noqa: PLC0415

    files, home = fs.FileSystem.from_uri(f"{HOME}folder")

    def one_round(number: int) -> None:
        pq.write_table(pa.table({"n": [number]}), f"{home}/{number}.parquet", filesystem=files)
        same(pq.read_table(f"{home}/{number}.parquet", filesystem=files).column("n").to_pylist(), [number])
        same(len(files.get_file_info(fs.FileSelector(home))), number + 1)
        same(sorted(ds.dataset(home, filesystem=files).to_table().column("n").to_pylist()), list(range(number + 1)))

    return one_round


def use_duckdb() -> Round:
    """DuckDB: the default connection, one of the person's own, a relation and a cursor from the first round."""
    import duckdb as module  # noqa: PLC0415

    duckdb: Any = module
    mine = duckdb.connect()
    cursor = duckdb.connect().cursor()
    first: list[Any] = []

    def one_round(number: int) -> None:
        duckdb.sql(f"COPY (SELECT {number} AS n) TO '{HOME}a{number}.parquet'")
        same(duckdb.sql(f"FROM '{HOME}a{number}.parquet'").fetchall(), [(number,)])
        same(len(duckdb.sql(f"FROM '{HOME}a*.parquet'").fetchall()), number + 1)
        mine.sql(f"SELECT {number} AS n").write_parquet(f"{HOME}b{number}.parquet")
        same(len(mine.execute(f"FROM glob('{HOME}b*')").fetchall()), number + 1)
        cursor.execute(f"COPY (SELECT {number} AS n) TO '{HOME}c{number}.csv'")
        same(len(cursor.execute(f"FROM '{HOME}c*.csv'").fetchall()), number + 1)
        first.append(mine.sql(f"FROM read_parquet('{HOME}a0.parquet')"))
        same(first[0].fetchall(), [(0,)])

    return one_round


def use_polars(**options: Any) -> Round:
    """Polars: eager, lazy, a pattern, a sink."""
    import polars as pl  # noqa: PLC0415

    def one_round(number: int) -> None:
        pl.DataFrame({"n": [number]}).write_parquet(f"{HOME}a{number}.parquet", **options)
        same(pl.read_parquet(f"{HOME}a{number}.parquet", **options)["n"].to_list(), [number])
        same(pl.scan_parquet(f"{HOME}a*.parquet", **options).collect().height, number + 1)
        pl.LazyFrame({"n": [number]}).sink_csv(f"{HOME}b{number}.csv", **options)
        same(pl.scan_csv(f"{HOME}b*.csv", **options).collect().height, number + 1)

    return one_round


def use_obstore() -> Round:
    """Obstore: put, get, list."""
    from obstore.store import S3Store  # noqa: PLC0415

    store = S3Store(BUCKET, prefix=PREFIX)

    def one_round(number: int) -> None:
        store.put(f"{number}.txt", b"%d" % number)
        same(bytes(store.get(f"{number}.txt").bytes()), b"%d" % number)
        same(len(store.list().collect()), number + 1)

    return one_round


def use_deltalake() -> Round:
    """delta-rs: append to a table, read it by its address and by an object that is as old as the process."""
    import pyarrow as pa  # noqa: PLC0415
    from deltalake import DeltaTable, write_deltalake  # noqa: PLC0415

    first: list[Any] = []

    def one_round(number: int) -> None:
        write_deltalake(f"{HOME}table", pa.table({"n": [number]}), mode="append")
        first.append(DeltaTable(f"{HOME}table"))
        first[0].update_incremental()
        same(sorted(first[0].to_pyarrow_table()["n"].to_pylist()), list(range(number + 1)))
        same(DeltaTable(f"{HOME}table").version(), number)

    return one_round


def use_mlflow() -> Round:
    """MLflow: artifacts up, listed, down."""
    from mlflow.artifacts import download_artifacts, list_artifacts  # noqa: PLC0415
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository  # noqa: PLC0415

    repository = get_artifact_repository(f"{HOME}run")

    def one_round(number: int) -> None:
        local = Path(f"{number}.txt")
        local.write_text(str(number))
        repository.log_artifact(str(local))
        same(Path(download_artifacts(f"{HOME}run/{number}.txt", dst_path="down")).read_text(), str(number))
        same(len(list_artifacts(f"{HOME}run")), number + 1)

    return one_round


def use_minio() -> Round:
    """minio-py with its provider for keys."""
    import io  # noqa: PLC0415

    from minio import Minio  # noqa: PLC0415
    from minio.credentials import IamAwsProvider  # noqa: PLC0415

    scheme, _, host = os.environ["AWS_ENDPOINT_URL"].partition("://")
    client = Minio(
        endpoint=host, secure=scheme == "https", region=os.environ["AWS_REGION"], credentials=IamAwsProvider()
    )

    def one_round(number: int) -> None:
        client.put_object(bucket_name=BUCKET, object_name=f"{PREFIX}{number}.txt", data=io.BytesIO(b"1"), length=1)
        same(client.get_object(bucket_name=BUCKET, object_name=f"{PREFIX}{number}.txt").read(), b"1")
        same(len(list(client.list_objects(bucket_name=BUCKET, prefix=PREFIX))), number + 1)

    return one_round


def use_awscli() -> Round:
    """AWS CLI: a process for each command."""

    def one_round(number: int) -> None:
        Path("file").write_text(str(number))
        run("aws", "s3", "cp", "--quiet", "file", f"{HOME}{number}.txt")
        same(run("aws", "s3", "cp", f"{HOME}{number}.txt", "-"), str(number))
        same(len(run("aws", "s3", "ls", HOME).splitlines()), number + 1)

    return one_round


def use_rclone() -> Round:
    """Rclone: a process for each command."""

    def one_round(number: int) -> None:
        Path("file").write_text(str(number))
        run("rclone", "copyto", "file", f"s3:{BUCKET}/{PREFIX}{number}.txt")
        same(run("rclone", "cat", f"s3:{BUCKET}/{PREFIX}{number}.txt"), str(number))
        same(len(run("rclone", "lsf", f"s3:{BUCKET}/{PREFIX}").splitlines()), number + 1)

    return one_round


def use_mc() -> Round:
    """MinIO's client: a process for each command."""

    def one_round(number: int) -> None:
        Path("file").write_text(str(number))
        place = f"s3/{BUCKET}/{PREFIX}"
        run(os.environ["MATRIX_MC"], "cp", "file", f"{place}{number}.txt")
        same(run(os.environ["MATRIX_MC"], "cat", f"{place}{number}.txt"), str(number))
        same(len(run(os.environ["MATRIX_MC"], "ls", place).splitlines()), number + 1)

    return one_round


def use_rclone_daemon() -> Round:
    """Rclone as one process that is told what to do, as a mount is."""
    folder = Path("files").absolute()
    folder.mkdir()
    daemon = subprocess.Popen(["rclone", "rcd", "--rc-no-auth", f"--rc-addr=127.0.0.1:{os.environ['MATRIX_PORT']}"])
    remote = f"s3:{BUCKET}/{PREFIX}".rstrip("/")

    def tell(command: str, **what: str) -> Any:
        address = f"--url=http://127.0.0.1:{os.environ['MATRIX_PORT']}/"
        return json.loads(run("rclone", "rc", address, command, *(f"{name}={value}" for name, value in what.items())))

    def one_round(number: int) -> None:
        (folder / f"{number}.txt").write_text(str(number))
        tell(
            "operations/copyfile", srcFs=str(folder), srcRemote=f"{number}.txt", dstFs=remote, dstRemote=f"{number}.txt"
        )
        tell("operations/copyfile", srcFs=remote, srcRemote=f"{number}.txt", dstFs=str(folder), dstRemote="back")
        same((folder / "back").read_text(), str(number))
        same(len(tell("operations/list", fs=remote, remote="")["list"]), number + 1)
        if number == ROUNDS - 1:
            daemon.terminate()
            daemon.wait()

    for _ in range(100):
        try:
            tell("rc/noop")
            break
        except subprocess.CalledProcessError:
            time.sleep(0.1)
    return one_round


def use_r() -> Round:
    """R: one process, in which what aws.s3 looks for keys with finds them, and DuckDB a secret."""
    import boto3  # noqa: PLC0415
    from botocore.exceptions import ClientError  # noqa: PLC0415

    here = Path(__file__).parent
    library = Path("library").absolute()
    library.mkdir()
    run("R", "CMD", "INSTALL", "--no-docs", f"--library={library}", str(here / "aws.signature"), str(here / "duckdb"))
    # With no other keys than those that R has, and there before them: it can take longer to load than they live.
    session = boto3.Session()
    session.client("s3", aws_access_key_id="none", aws_secret_access_key="none")
    alone = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    duckdb = told([sys.executable, "-c", PLAIN_DUCKDB], alone)
    same(ask(duckdb), ["ready"])
    r = told(["Rscript", str(here / "client.R")], {**os.environ, "R_LIBS": str(library)})

    def with_given_keys(number: int) -> None:
        key, secret, token, create_secret = ask(r, "next", answers=4)
        s3 = session.client("s3", aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token)
        s3.put_object(Bucket=BUCKET, Key=f"{PREFIX}{number}.txt", Body=b"%d" % number)
        same(s3.list_objects_v2(Bucket=BUCKET, Prefix=PREFIX)["KeyCount"], number + 1)
        same(ask(duckdb, f"{create_secret}\n{HOME}{number}.txt"), [f"[('{number}',)]"])

    def one_round(number: int) -> None:
        for tries_left in reversed(range(TRIES)):
            begun = time.monotonic()
            try:
                with_given_keys(number)
                break
            except (AssertionError, ClientError):
                # What R gave does not renew itself here: where the machine is busy, it can be dead before it is used.
                was_slow = time.monotonic() - begun > float(os.environ["MATRIX_LIFE_S"]) - 1
                if not tries_left or not was_slow:
                    raise
        if number == ROUNDS - 1:
            r.communicate()
            duckdb.communicate()

    return one_round


def use_r_parquet() -> Round:
    """R: Parquet by address, with pandas of the same environment (reticulate)."""
    r = told(["Rscript", str(Path(__file__).with_name("pandas.R"))])

    def one_round(number: int) -> None:
        [numbers] = ask(r, str(number))
        same(numbers.split(), [str(each) for each in range(number + 1)])
        if number == ROUNDS - 1:
            r.communicate()

    return one_round


def use_spark() -> Round:
    """Spark: Parquet, written and read by tasks, in one session with the jars that come with it."""
    from pyspark.sql import SparkSession  # noqa: PLC0415

    spark = SparkSession.builder.master("local[1]").config("spark.sql.shuffle.partitions", "1").getOrCreate()

    def one_round(number: int) -> None:
        spark.range(number, number + 1).write.mode("append").parquet(f"{HOME}table")
        same(sorted(row.id for row in spark.read.parquet(f"{HOME}table").collect()), list(range(number + 1)))

    return one_round


def run(*command: str) -> str:
    """Run a program; return what it says."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=60).stdout


def told(command: list[str], env: dict[str, str] | None = None) -> subprocess.Popen[str]:
    """Start a program that reads lines and answers with lines."""
    return subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def ask(program: subprocess.Popen[str], lines: str = "", answers: int = 1) -> list[str]:
    """Tell a program some lines, or nothing; return as many lines as it answers."""
    assert program.stdin is not None
    assert program.stdout is not None
    if lines:
        program.stdin.write(f"{lines}\n")
        program.stdin.flush()
    return [program.stdout.readline().strip() for _ in range(answers)]


CLIENTS: dict[str, Callable[[], Round]] = {
    "boto3": use_boto3,
    "s3fs": use_s3fs,
    "pandas": use_pandas,
    "pyarrow": use_pyarrow,
    "duckdb": use_duckdb,
    "duckdb-notebook": use_duckdb,
    "polars": use_polars,
    # With this option polars asks for keys itself, and not boto3.
    "polars-native": lambda: use_polars(storage_options={"aws_allow_http": "true"}),
    "obstore": use_obstore,
    "deltalake": use_deltalake,
    "mlflow": use_mlflow,
    "minio-py": use_minio,
    "aws-cli": use_awscli,
    "rclone": use_rclone,
    "rclone-daemon": use_rclone_daemon,
    "mc": use_mc,
    "r": use_r,
    "r-parquet": use_r_parquet,
    "spark": use_spark,
}


def main() -> None:
    """Do all rounds of one client."""
    one_round = CLIENTS[sys.argv[1]]()
    for number in range(ROUNDS):
        if number:
            time.sleep(float(os.environ["MATRIX_LIFE_S"]) + 0.5)
        one_round(number)
        sys.stdout.write(f"round {number} is done\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
