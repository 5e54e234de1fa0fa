"""Spark's own pages, of each session that runs in this server: a tool that is not started, since its sessions are."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sardonyx_singleuser import contract
from sardonyx_singleuser.language import N_
from sardonyx_singleuser.tools.tool import Tool, program

SPARK = Tool(
    name="spark",
    title="Spark",
    description=N_("Jobs, stages and data of your Spark sessions"),
    # It comes with PySpark, wherever that was installed.
    find=program("spark", "spark-submit"),
    start=None,
    icon="M12 3l2.300 6.200L21 11.500l-6.700 2.300L12 21l-2.300-7.200L3 11.500l6.700-2.300z",
    how_to_get="",
    is_shown_missing=False,
)


def lacks_s3(spark_submit: Path, variables: Mapping[str, str]) -> bool:
    """Tell whether an installed PySpark has no part for S3, where there is a store to read with it."""
    if not spark_submit.name or not variables.get(contract.S3_ENDPOINT):
        return False
    jars = [*spark_submit.parents[1].glob("lib/python3*/site-packages/pyspark/jars/hadoop-*.jar")]
    return bool(jars) and not any(jar.name.startswith("hadoop-aws-") for jar in jars)


def within(location: str, prefix: str) -> str:
    """Return where a redirect of Spark leads, as browsers reach it; Spark leads to its own pages only."""
    where = urlsplit(location)._replace(scheme="", netloc="")
    return where.geturl() if where.path.startswith(f"{prefix}/") else where._replace(path=prefix + where.path).geturl()
