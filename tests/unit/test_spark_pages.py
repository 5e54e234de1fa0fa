"""What is found out about Spark without one: who listens where, where redirects lead, and what a PySpark lacks."""

from pathlib import Path

import pytest

from sardonyx_singleuser.tools.spark import lacks_s3, within
from sardonyx_singleuser.tools.spark_sessions import listening

REST = "00000000:00000000 00:00000000 00000000  1000        0"
TABLE = [
    f"   0: 014B537F:0FC8 00000000:0000 0A {REST} 11 1 0 100 0 0 10 0",
    f"   1: 0100007F:0FC9 00000000:0000 0A {REST} 12 1 0 100 0 0 10 0",
    f"   2: 014B537F:0FCA 0100007F:A000 01 {REST} 13 1 0 100 0 0 10 0",
    f"   3: 0000000000000000FFFF0000014B537F:0FCB {'0' * 32}:0000 0A {REST} 14 1 0 100 0 0 10 0",
    f"   4: {'0' * 32}:0FCC {'0' * 32}:0000 0A {REST} 15 1 0 100 0 0 10 0",
]


def test_what_listens_on_the_address_of_the_pages_is_known_by_its_socket() -> None:
    """In both of the kernel's tables; neither connections, nor what listens elsewhere."""
    assert listening(TABLE) == {11: 0x0FC8, 14: 0x0FCB}


@pytest.mark.parametrize(
    ("location", "found"),
    [
        ("http://127.83.75.1:4040/jobs/?a=b#c", "/user/ann/tools/spark/x/jobs/?a=b#c"),
        ("/user/ann/tools/spark/x/jobs/", "/user/ann/tools/spark/x/jobs/"),
        ("https://evil.example/jobs/", "/user/ann/tools/spark/x/jobs/"),
    ],
)
def test_a_redirect_leads_to_nowhere_but_the_same_session(location: str, found: str) -> None:
    """Whatever host Spark takes itself for."""
    assert within(location, "/user/ann/tools/spark/x") == found


def test_a_pyspark_without_a_part_for_s3_is_known_where_there_is_a_store(tmp_path: Path) -> None:
    """By its jars; another installation is not judged."""
    program, stored = tmp_path / "bin" / "spark-submit", {"SARDONYX_S3_ENDPOINT": "http://127.0.0.1:8004"}
    jars = tmp_path / "lib" / "python3.11" / "site-packages" / "pyspark" / "jars"
    assert not lacks_s3(program, stored)
    jars.mkdir(parents=True)
    (jars / "hadoop-client-api-3.5.0.jar").touch()
    assert lacks_s3(program, stored)
    assert not lacks_s3(program, {})

    (jars / "hadoop-aws-3.5.0.jar").touch()
    assert not lacks_s3(program, stored)
