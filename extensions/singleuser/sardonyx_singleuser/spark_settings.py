"""What each Spark of this server is told: where storage is, and that nothing of it is open to others.

Spark's pages listen on an address of the loopback that nothing else here uses, which is how they are found. Whoever asks
there needs a token that is signed with the server's key: Spark's own filter refuses everybody else. Its other ports ask
for a secret, too.
"""

import base64
import os
import re
from collections.abc import Mapping
from pathlib import Path

from sardonyx_singleuser.language import N_, _

FOLDER = "spark"
"""Beside the server's token, in memory."""
KEY = "pages.key"
KEY_BYTES = 32
PAGES_HOST = "127.83.75.1"
WITHOUT_PAGES = "without-pages"
CLOSED = """\
# Written when this server started. Spark's S3A asks for keys by itself; there are none in here.
spark.driver.bindAddress                        127.0.0.1
spark.driver.host                               127.0.0.1
spark.authenticate                              true
spark.connect.grpc.binding.address              127.0.0.1
"""
PAGES = """\
spark.ui.port                                   0
spark.ui.filters                                org.apache.spark.ui.JWSFilter
spark.org.apache.spark.ui.JWSFilter.param.secretKey          {key}
spark.org.apache.spark.ui.JWSFilter.param.requireExpiration  true
"""
NO_PAGES = """\
spark.ui.enabled                                false
"""
STORAGE = """\
spark.hadoop.fs.s3.impl                         org.apache.hadoop.fs.s3a.S3AFileSystem
spark.hadoop.fs.s3a.aws.credentials.provider    software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider
spark.hadoop.fs.s3a.endpoint                    {endpoint}
spark.hadoop.fs.s3a.endpoint.region             {region}
spark.hadoop.fs.s3a.path.style.access           true
"""
VARIABLES = """\
# Read by each Spark that this server starts.
SPARK_LOCAL_IP=${{SPARK_LOCAL_IP:-{host}}}
# Before release 4 Spark cannot close its pages to others.
if ! ls "$SPARK_HOME"/jars/jjwt-impl-*.jar >/dev/null 2>&1; then SPARK_CONF_DIR=$SPARK_CONF_DIR/{without_pages}; fi
"""
LOOK_FOR_S3 = """\
hadoop=$(basename "$(ls "$SPARK_HOME"/jars/hadoop-client-api-*.jar 2>/dev/null)" .jar)
case "$* $(ls "$SPARK_HOME"/jars) $SPARK_DIST_CLASSPATH" in
  *hadoop-aws*) ;;
  *) echo "Sardonyx: {said}" >&2 ;;
esac
"""
LACKS_S3 = N_(
    "this PySpark has no part for S3, so s3:// and s3a:// fail in it; local files work. The environment Spark of this place"
    " has it; elsewhere, configure the session with"
    " .config('spark.jars.packages', 'org.apache.hadoop:hadoop-aws:{version}')"
)
VERSION = "${hadoop#hadoop-client-api-}"


def spark_variables(told: Mapping[str, str], token_file: Path) -> dict[str, str]:
    """Return what lets Spark find its settings; those that a profile sets stay."""
    return {"SPARK_CONF_DIR": told.get("SPARK_CONF_DIR", str(token_file.with_name(FOLDER)))}


def write_spark_settings(storage: Mapping[str, str], token_file: Path) -> None:
    """Write Spark's settings beside the token, with a new key for its pages.

    Args:
        storage: the variables of storage; {} where there is none.
    """
    folder = token_file.with_name(FOLDER)
    folder.mkdir(mode=0o700, exist_ok=True)
    key = os.urandom(KEY_BYTES)
    _write(folder / KEY, key)
    found = ""
    if storage:
        found = STORAGE.format(endpoint=storage["AWS_ENDPOINT_URL"], region=storage["AWS_REGION"])
    pages = PAGES.format(key=base64.urlsafe_b64encode(key).decode())
    (folder / WITHOUT_PAGES).mkdir(mode=0o700, exist_ok=True)
    _write(folder / "spark-defaults.conf", (CLOSED + pages + found).encode())
    _write(folder / WITHOUT_PAGES / "spark-defaults.conf", (CLOSED + NO_PAGES + found).encode())
    variables = VARIABLES.format(host=PAGES_HOST, without_pages=WITHOUT_PAGES)
    look = LOOK_FOR_S3.format(said=_in_quotes(_(LACKS_S3)).format(version=VERSION)) if storage else ""
    _write(folder / "spark-env.sh", (variables + look).encode())


def _in_quotes(text: str) -> str:
    """Return a text as it stands between double quotes in a shell."""
    return re.sub(r'([\\"$`])', r"\\\1", text)


def _write(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
