"""A Spark session: `python spark_session.py NAME FOLDER`, that does what files in its folder tell, and ends with `stop`."""

import sys
import time
from pathlib import Path

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

ROWS = 10**12
"""A job with so many takes hours."""


def main() -> None:
    """Run a first job, then wait for `work`, which is a job that is ended from outside."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    spark = SparkSession.builder.master("local[2]").appName(name).getOrCreate()
    context = spark.sparkContext
    assert spark.range(1000).count() == 1000
    (folder / "ready.new").write_text(context.applicationId)
    (folder / "ready.new").rename(folder / "ready")
    while not (folder / "stop").exists():
        if (folder / "work").exists():
            (folder / "work").unlink()
            try:
                spark.range(ROWS).where("id % 7 = 1").count()
            except Py4JJavaError:
                (folder / "ended").touch()
        time.sleep(0.1)
    spark.stop()


if __name__ == "__main__":
    main()
