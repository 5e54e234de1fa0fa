"""Each client with the keys of a class, in the way that the docs say: by its profile, or by the address of its keys."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from matrix.conftest import BESIDE, NEEDS, NEEDS_OF_R, Front, need_r_package
from support.environments import built_environment, clients_environment
from support.go_servers import MC
from support.places import BUCKET, REGION
from support.ports import free_ports

from sardonyx_singleuser.credentials import storage_variables, write_token
from sardonyx_singleuser.spark_settings import spark_variables, write_spark_settings

PATIENCE_S = 400
BY_PROFILE = (
    *("boto3", "s3fs", "pandas", "pyarrow", "duckdb", "polars", "mlflow"),
    *("aws-cli", "rclone", "rclone-daemon", "r-parquet"),
)
"""These take the profile from AWS_PROFILE."""
BY_ADDRESS = ("polars-native", "obstore", "deltalake", "minio-py", "mc", "r", "spark")
"""These know no profiles, and ask for keys at an address in a variable: to it is added whose."""
ADDRESS = "AWS_CONTAINER_CREDENTIALS_FULL_URI"


@pytest.fixture(scope="module")
def group(seaweedfs: Front) -> str:
    """The name of a class."""
    return f"class-{seaweedfs.place.people.groups.add('class', 'Statistics')}"


def server_of(front: Front, client: str, group: str, folder: Path) -> dict[str, str]:
    """Return the variables of a server of a student, whose usual keys do not reach the class."""
    place = front.place
    student = place.person(f"{client}-of-class")
    place.people.groups.join(group.partition("-")[2], student.id, "student")
    token = folder / "token"
    told = {
        "SARDONYX_TOKEN_FILE": str(token),
        "SARDONYX_CREDENTIALS_URL": f"{place.keys}/aws",
        "SARDONYX_S3_ENDPOINT": place.endpoint,
        "SARDONYX_S3_REGION": REGION,
        "SARDONYX_S3_BUCKET": BUCKET,
        "SARDONYX_S3_HOME": f"s3://{BUCKET}/{student.home}",
    }
    found = storage_variables(told, student.token)
    write_token(token, student.token)
    write_spark_settings(found, token)
    told |= {
        **found,
        **spark_variables(told, token),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "AWS_CONFIG_FILE": str(folder / "aws-config"),
    }
    python = str(built_environment() / "bin" / "python")
    subprocess.run([python, "-m", "sardonyx_singleuser.aws_profiles"], env=told, check=True, capture_output=True)
    # What clients.py takes for one's own place is that of the class for what this student hands in.
    return {**told, "SARDONYX_S3_HOME": f"s3://{BUCKET}/class/{group.partition('-')[2]}/hand-in/{student.id}/"}


@pytest.mark.parametrize("client", [*BY_PROFILE, *BY_ADDRESS])
def test_a_client_works_with_the_keys_of_a_class(seaweedfs: Front, group: str, client: str, tmp_path: Path) -> None:
    """It writes, reads and lists what is handed in."""
    program = NEEDS.get(client)
    if program and shutil.which(program) is None:
        pytest.skip(f"{program} is not on this machine")
    need_r_package(NEEDS_OF_R.get(client))
    variables = server_of(seaweedfs, client, group, tmp_path)
    if client in BY_PROFILE:
        variables["AWS_PROFILE"] = group
    else:
        variables[ADDRESS] += f"/{group}"
    prefix = clients_environment() if client in BESIDE else built_environment()

    said = subprocess.run(
        [str(prefix / "bin" / "python"), str(Path(__file__).with_name("clients.py")), client],
        cwd=tmp_path,
        env={
            **variables,
            "PATH": f"{prefix}/bin:{os.environ['PATH']}",
            "MATRIX_ROUNDS": "1",
            "MATRIX_LIFE_S": "60",
            "MATRIX_PORT": str(free_ports()),
            "MATRIX_MC": str(MC.built()) if client == "mc" else "",
        },
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_S,
    )

    assert said.returncode == 0, said.stdout[-3000:]
    assert "round 0 is done" in said.stdout
