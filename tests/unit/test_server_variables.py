"""The environment of a server: built from nothing on the hub's side, completed for every S3 client on the person's."""

import base64
import stat
import subprocess
from pathlib import Path

import pytest

from sardonyx_singleuser.credentials import storage_variables, write_token
from sardonyx_singleuser.launcher import give_keys
from sardonyx_singleuser.spark_settings import KEY, spark_variables, write_spark_settings
from sardonyx_spawner.local.folders import ServerFolders
from sardonyx_spawner.local.launcher import ChildProcessLauncher
from sardonyx_spawner.local.variables import server_variables
from sardonyx_spawner.plan import ServerPlan
from sardonyx_spawner.surroundings import StorageAccess, Surroundings

PERSON = "0123456789abcdef"
STORAGE = StorageAccess("http://127.0.0.1:8000/services/credentials/aws", "http://127.0.0.1:8004", "us-east-1", "data")


def variables(plan: ServerPlan, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return a server's environment where the hub's own has secrets."""
    for name in ("CONFIGPROXY_AUTH_TOKEN", "JUPYTERHUB_CRYPT_KEY", "AWS_SECRET_ACCESS_KEY", "PYTHONPATH", "SECRET"):
        monkeypatch.setenv(name, "the hub's secret")
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    folders = ServerFolders.of(Path("/d/homes"), Path("/d/servers"), PERSON, "", fresh=False)
    places = ChildProcessLauncher().places(folders)
    return server_variables(
        plan, folders.home, places, prefix=Path("/env"), storage=STORAGE, hub={"JUPYTERHUB_USER": "ann"}, gpus={}
    )


def test_nothing_of_the_hub_reaches_a_server_that_is_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What JupyterHub itself tells its servers does, and the machine's language."""
    found = variables(ServerPlan(PERSON, "python", "Python", "Python", cpu=1.5), monkeypatch)

    assert "the hub's secret" not in found.values()
    assert found["LANG"] == "de_DE.UTF-8"
    assert found["JUPYTERHUB_USER"] == found["USER"] == "ann"
    assert found["HOME"] == f"/d/homes/{PERSON}"
    assert found["PATH"].startswith("/env/bin:")
    assert found["OMP_NUM_THREADS"] == "1"
    assert found["SARDONYX_S3_HOME"] == f"s3://data/home/{PERSON}/"


def test_a_profile_cannot_replace_what_the_contract_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its variables come before ours."""
    plan = ServerPlan(
        PERSON, "python", "Python", "Python", variables={"SARDONYX_PLAN": "/x", "HOME": "/x", "MINE": "1"}
    )

    found = variables(plan, monkeypatch)

    assert found["SARDONYX_PLAN"] == f"/d/servers/{PERSON}/default/plan.json"
    assert found["HOME"] == f"/d/homes/{PERSON}"
    assert found["MINE"] == "1"


def test_a_server_of_a_class_asks_for_keys_that_have_it_too() -> None:
    """Every client does, without a profile; others ask for what is their person's own."""
    assert STORAGE.variables(PERSON)["SARDONYX_CREDENTIALS_URL"] == STORAGE.credentials_url
    told = STORAGE.variables(PERSON, ("home", "class-7mw2kfqd"))
    assert told["SARDONYX_CREDENTIALS_URL"] == f"{STORAGE.credentials_url}/server/class-7mw2kfqd"


def told(**more: str) -> dict[str, str]:
    """Return what the hub tells a server about its storage."""
    return {**STORAGE.variables(PERSON), "SARDONYX_TOKEN_FILE": "/private/token", **more}


def test_keys_come_by_themselves_and_are_in_no_variable() -> None:
    """Both forms of the token are there: some clients read only the one, some only the other."""
    found = storage_variables(told(), "abc")

    assert found["AWS_CONTAINER_CREDENTIALS_FULL_URI"] == STORAGE.credentials_url
    assert found["AWS_CONTAINER_AUTHORIZATION_TOKEN"] == "token abc"
    assert found["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] == "/private/token"
    assert found["AWS_ENDPOINT_URL"] == found["AWS_ENDPOINT_URL_S3"] == STORAGE.endpoint
    assert found["AWS_REGION"] == found["AWS_DEFAULT_REGION"] == "us-east-1"
    assert found["AWS_EC2_METADATA_DISABLED"] == "true"
    assert (found["DUCKDB_S3_ENDPOINT"], found["DUCKDB_S3_USE_SSL"]) == ("127.0.0.1:8004", "false")
    assert not [name for name in found if "ACCESS_KEY" in name or "SECRET" in name]


def test_programs_that_read_other_variables_are_told_too() -> None:
    """Rclone and mc have a remote without a configuration file; R is shown a file."""
    found = storage_variables(told(), "abc")

    assert found["RCLONE_CONFIG_S3_TYPE"] == "s3"
    assert (found["RCLONE_S3_ENDPOINT"], found["RCLONE_S3_REGION"]) == (STORAGE.endpoint, "us-east-1")
    assert found["RCLONE_S3_NO_CHECK_BUCKET"] == found["RCLONE_S3_ENV_AUTH"] == "true"
    assert (found["MC_HOST_s3"], found["MC_STS_ENDPOINT_s3"]) == (STORAGE.endpoint, STORAGE.credentials_url)
    assert Path(found["R_PROFILE"]).is_file()
    assert storage_variables(told(R_PROFILE="/opt/profile.R"), "abc")["R_PROFILE"] == "/opt/profile.R"


def settings(file: Path) -> dict[str, str]:
    """Return what Spark is told in a file."""
    return dict(line.split() for line in file.read_text().splitlines() if not line.startswith("#"))


def test_spark_is_shown_a_folder_with_its_settings() -> None:
    """One that a profile sets stays."""
    token_file = Path("/private/token")

    assert spark_variables({}, token_file) == {"SPARK_CONF_DIR": "/private/spark"}
    assert spark_variables({"SPARK_CONF_DIR": "/opt/conf"}, token_file) == {"SPARK_CONF_DIR": "/opt/conf"}


def test_spark_is_told_where_the_store_is_and_asks_for_keys_itself(tmp_path: Path) -> None:
    """Also at the second start, with another store."""
    for endpoint in (STORAGE.endpoint, "https://s3.example.org"):
        write_spark_settings(
            storage_variables(told(SARDONYX_S3_ENDPOINT=endpoint), "token-of-a-server"), tmp_path / "token"
        )

    for file in (tmp_path / "spark").glob("**/spark-defaults.conf"):
        found = settings(file)
        assert found["spark.hadoop.fs.s3a.endpoint"] == "https://s3.example.org"
        assert found["spark.hadoop.fs.s3a.aws.credentials.provider"].endswith(".ContainerCredentialsProvider")
        assert "token-of-a-server" not in file.read_text()


def test_spark_is_closed_to_others_where_there_is_no_store_too(tmp_path: Path) -> None:
    """Its pages have another key at each start, which nobody else can read; older releases have no pages."""
    folder = tmp_path / "spark"
    keys = []
    for _ in range(2):
        write_spark_settings({}, tmp_path / "token")
        keys.append((folder / KEY).read_bytes())

    told_now = settings(folder / "spark-defaults.conf")
    written = told_now["spark.org.apache.spark.ui.JWSFilter.param.secretKey"]
    assert base64.urlsafe_b64decode(written) == keys[1] != keys[0]
    assert told_now["spark.ui.filters"] == "org.apache.spark.ui.JWSFilter"
    assert settings(folder / "without-pages" / "spark-defaults.conf")["spark.ui.enabled"] == "false"
    assert {path.stat().st_mode & 0o077 for path in (folder, *folder.rglob("*"))} == {0}
    assert "hadoop-aws" not in (folder / "spark-env.sh").read_text()


JARS = {
    "shipped": (["jjwt-impl-1.jar", "hadoop-client-api-3.5.0.jar", "hadoop-aws-3.5.0.jar"], False, ""),
    "without S3": (["jjwt-impl-1.jar", "hadoop-client-api-3.5.0.jar"], False, "org.apache.hadoop:hadoop-aws:3.5.0"),
    "old": (["hadoop-client-api-3.3.4.jar", "hadoop-aws-3.3.4.jar"], True, ""),
}


@pytest.mark.parametrize("case", list(JARS))
def test_each_spark_has_the_settings_for_what_is_in_it(tmp_path: Path, case: str) -> None:
    """By its jars, when it starts; one without a part for S3 says so, in one sentence."""
    jars, is_old, said = JARS[case]
    write_spark_settings(storage_variables(told(), "abc"), tmp_path / "token")
    home = tmp_path / "pyspark" / "jars"
    home.mkdir(parents=True)
    for jar in jars:
        (home / jar).touch()
    variables = {"SPARK_HOME": str(home.parent), "SPARK_CONF_DIR": str(tmp_path / "spark"), "PATH": "/usr/bin:/bin"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        script = '. "$SPARK_CONF_DIR"/spark-env.sh; echo "$SPARK_LOCAL_IP $SPARK_CONF_DIR"'
        command = ["bash", "-c", script, "spark-class", *arguments]
        return subprocess.run(command, env=variables, capture_output=True, text=True, check=True)

    result = run("org.apache.spark.deploy.SparkSubmit", "pyspark-shell")
    host, folder = result.stdout.split()
    assert host == "127.83.75.1"
    assert folder == str(tmp_path / "spark" / "without-pages" if is_old else tmp_path / "spark")
    assert (said in result.stderr) if said else not result.stderr
    assert result.stderr.count("\n") == bool(said)
    assert not run("--conf", "spark.jars.packages=org.apache.hadoop:hadoop-aws:3.5.0").stderr


@pytest.mark.parametrize(
    ("endpoint", "allowed"),
    [
        ("http://127.0.0.1:8004", "true"),
        ("http://sardonyx-hub:8004", "true"),
        ("http://s3.example.org", None),
        ("https://s3.example.org", None),
    ],
)
def test_only_what_is_near_may_be_without_encryption(endpoint: str, allowed: str | None) -> None:
    """Keys and data stay on the machine there, or in the cluster."""
    assert storage_variables(told(SARDONYX_S3_ENDPOINT=endpoint), "abc").get("AWS_ALLOW_HTTP") == allowed


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_no_token_goes_to_a_proxy(name: str) -> None:
    """The machine's own exceptions stay."""
    found = storage_variables(told(SARDONYX_S3_ENDPOINT="https://s3.example.org", **{name: "intra.example.org"}), "abc")

    assert found["no_proxy"] == found["NO_PROXY"] == "intra.example.org,127.0.0.1,localhost,s3.example.org"


def test_a_place_without_storage_tells_nothing() -> None:
    """Clients then say by themselves that they have no keys."""
    assert storage_variables({}, "abc") == {}


def test_the_token_file_is_for_its_owner_only(tmp_path: Path) -> None:
    """Also where one of a former start lies with other rights."""
    path = tmp_path / "token"
    path.write_text("old and longer than the new one")
    path.chmod(0o644)

    write_token(path, "abc")

    assert path.read_text() == "token abc"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_keys_that_came_with_the_environment_are_taken_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """They would win over those that renew themselves."""
    for name, value in told(SARDONYX_TOKEN_FILE=str(tmp_path / "token"), JUPYTERHUB_API_TOKEN="abc").items():
        monkeypatch.setenv(name, value)
    environment = {"AWS_ACCESS_KEY_ID": "left", "AWS_PROFILE": "left", **told(SARDONYX_TOKEN_FILE=str(tmp_path / "t"))}
    monkeypatch.setattr("os.environ", {**environment, "JUPYTERHUB_API_TOKEN": "abc"})

    give_keys()

    import os  # noqa: PLC0415 - the one that was replaced

    assert "left" not in os.environ.values()
    assert os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"] == "token abc"
    assert (tmp_path / "t").read_text() == "token abc"


@pytest.mark.parametrize(
    ("idle_stop_s", "every"),
    [
        pytest.param(7200, "300", id="as JupyterHub"),
        pytest.param(600, "150", id="sooner"),
        pytest.param(8, "5", id="least"),
    ],
)
def test_the_hub_hears_of_use_before_a_server_is_stopped_for_idleness(idle_stop_s: int, every: str) -> None:
    """However soon that is."""
    told = Surroundings(Path("/tools"), "http://127.0.0.1:8000", idle_stop_s=idle_stop_s).variables()

    assert told["JUPYTERHUB_ACTIVITY_INTERVAL"] == every


def test_where_no_server_is_stopped_for_idleness_nothing_is_said_of_it() -> None:
    """JupyterLab asks nobody whether they are there."""
    told = Surroundings(Path("/tools"), "http://127.0.0.1:8000").variables()

    assert told == {"SARDONYX_TOOLS": "/tools", "SARDONYX_ADDRESS": "http://127.0.0.1:8000"}
