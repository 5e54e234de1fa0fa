"""DuckDB gets its keys when it is imported, whoever imports it and however; nobody else pays for that."""

import subprocess
from pathlib import Path

import pytest

from sardonyx_singleuser.duckdb_s3 import pause_until_renewal

NOBODY = {
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/aws",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "token abc",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_REGION": "us-east-1",
    "SARDONYX_S3_BUCKET": "sardonyx",
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""A server's environment while its keys service is away."""


def run(prefix: Path, code: str, **environment: str) -> str:
    """Run Python in the shipped environment; return what it says."""
    command = [str(prefix / "bin" / "python"), "-W", "error::RuntimeWarning", "-c", code]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()


def test_an_import_works_while_the_keys_service_is_away(prefix: Path) -> None:
    """The secret is there, and gets its keys as soon as there are any."""
    code = "import duckdb; print(duckdb.connect().sql('FROM duckdb_secrets()').fetchall()[0][:3])"

    assert run(prefix, code, **NOBODY) == "('sardonyx', 's3', 'credential_chain')"


def test_whoever_only_asks_for_duckdb_changes_nothing(prefix: Path) -> None:
    """As pandas and polars do before somebody uses it."""
    code = (
        "import importlib.util as u; u.find_spec('duckdb'); import duckdb; print(duckdb._sardonyx_keeper is not None)"
    )

    assert run(prefix, code, **NOBODY) == "True"


def test_a_python_without_keys_is_left_alone(prefix: Path) -> None:
    """One that is no server's, in the same environment."""
    code = "import sys, duckdb; print(hasattr(duckdb, '_sardonyx_keeper'), 'sardonyx_singleuser' in sys.modules)"

    assert run(prefix, code) == "False False"


@pytest.mark.parametrize(
    ("left_s", "pause_s"),
    [
        pytest.param(3600, 2400, id="an hour: when the keys service has new ones"),
        pytest.param(1200, 300, id="20 minutes"),
        pytest.param(8, 2, id="seconds"),
        pytest.param(-5, 0.5, id="dead"),
    ],
)
def test_secrets_are_made_again_long_before_their_keys_die(left_s: float, pause_s: float) -> None:
    """A query that writes goes on with the keys that it began with."""
    assert pause_until_renewal(left_s) == pause_s
