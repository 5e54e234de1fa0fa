"""What is so in the image with Spark."""

from support.containers import RUN_A_CELL, Container

OF = "spark"
CELL = """
from pyspark.sql import SparkSession
spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", False).getOrCreate()
counted = spark.range(1000).where("id % 7 = 1").count()
store = spark._jvm.java.lang.Class.forName("org.apache.hadoop.fs.s3a.S3AFileSystem").getSimpleName()
spark.stop()
print(counted, store)
"""


def test_a_notebook_runs_spark_with_its_part_for_object_storage(server: Container) -> None:
    """A session in the server itself."""
    assert server.python(RUN_A_CELL.format(kernel="python3", code=CELL)).splitlines()[-1] == "143 S3AFileSystem"


def test_its_jars_are_among_its_parts(server: Container) -> None:
    """With their versions, as they were asked for."""
    assert "pkg:maven/org.apache.hadoop/hadoop-aws" in server.parts()
