"""What is so in each image that has the packages of the Python profile."""

from support.containers import RUN_A_CELL, Container

OF = "python"
CELL = """
import boto3, duckdb, matplotlib.pyplot, pandas, polars, pyarrow, s3fs, sklearn
frame = pandas.DataFrame({"a": [1, 2, 3]})
print(duckdb.sql("SELECT sum(a) FROM frame").fetchone()[0])
"""


def test_its_packages_work_together(server: Container) -> None:
    """They are those of the profile on one machine, from the same lock file."""
    assert server.python(RUN_A_CELL.format(kernel="python3", code=CELL)) == "6"
