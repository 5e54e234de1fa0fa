"""R's own part of the keys, where the service that gives them is away or not wanted."""

import shutil
import subprocess
from pathlib import Path

import pytest
from matrix.conftest import need_r_package

import sardonyx_singleuser

AWAY = {
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/aws",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_REGION": "us-east-1",
    "SARDONYX_S3_BUCKET": "sardonyx",
    "R_PROFILE": str(Path(sardonyx_singleuser.__file__).with_name("site_profile.R")),
}
ASK_DUCKDB = """
connection <- DBI::dbConnect(duckdb::duckdb())
invisible(DBI::dbExecute(connection, "{}"))
stopifnot(connection@driver@told$connections == 1L)
cat(connection@driver@told$statements, sep = "\n")
"""
LOOK = "cat(aws.signature::locate_credentials()$key, Sys.getenv('AWS_ACCESS_KEY_ID'))"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """R packages, with the stand-ins for aws.signature and duckdb in it."""
    if shutil.which("Rscript") is None:
        pytest.skip("R is not on this machine. On Debian: r-base-core")
    found = tmp_path_factory.mktemp("library")
    need_r_package("DBI")
    packages = [str(Path(__file__).with_name(name)) for name in ("aws.signature", "duckdb")]
    subprocess.run(["R", "CMD", "INSTALL", f"--library={found}", *packages], check=True, capture_output=True)
    return found


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the token of a server in it."""
    (tmp_path / "token").write_text("token abc")
    return tmp_path


def run(home: Path, library: Path, code: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run R as a server does."""
    own = {"HOME": str(home), "R_LIBS": str(library), "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(home / "token")}
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **AWAY, **own, **more}
    return subprocess.run(["Rscript", "-e", code], env=environment, check=False, capture_output=True, text=True)


def another_version(name: str, folder: Path) -> None:
    """Install a package of this name that has nothing of what is known of it, into `library`."""
    other = folder / name
    (other / "R").mkdir(parents=True)
    (other / "DESCRIPTION").write_text(f"Package: {name}\nVersion: 9.0\nTitle: X\nDescription: X.\nLicense: MIT\n")
    (other / "NAMESPACE").write_text("export(other)\n")
    (other / "R" / "other.R").write_text("other <- function() 1\n")
    (folder / "library").mkdir()
    install = ["R", "CMD", "INSTALL", f"--library={folder / 'library'}", str(other)]
    subprocess.run(install, check=True, capture_output=True)


def test_r_starts_while_the_keys_service_is_away(home: Path, library: Path) -> None:
    """Nothing is asked before somebody wants keys."""
    result = run(home, library, "cat(search()[2:length(search())])")

    assert (result.returncode, result.stderr) == (0, "")
    assert "sardonyx" in result.stdout.split()


def test_packages_go_into_a_library_of_the_persons_own(home: Path, library: Path) -> None:
    """R would ask first, which a notebook cannot answer; where the home is full it does without."""
    result = run(home, library, "cat(.libPaths()[1:2])")
    assert result.stderr == ""
    assert str(home / "R") in result.stdout

    (home / "R").rename(home / "R-before")
    (home / "R").write_text("in the way")
    result = run(home, library, "cat('goes on')")
    assert (result.returncode, result.stdout, result.stderr) == (0, "goes on", "")


def test_whoever_asks_for_keys_then_is_told_why_there_are_none(home: Path, library: Path) -> None:
    """In a sentence, with what to do."""
    result = run(home, library, "sardonyx_keys()")

    assert result.returncode == 1
    assert "The service that gives keys does not answer now. Try again in a minute." in result.stderr
    assert "127.0.0.1" not in result.stderr


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        pytest.param({"SARDONYX_LANGUAGE": "fr"}, "Le service des clés ne répond pas pour le moment.", id="french"),
        pytest.param(
            {"SARDONYX_LANGUAGE": "fr", "LANG": "C"},
            "The service that gives keys does not answer now.",
            id="ascii-only",
        ),
        pytest.param({"SARDONYX_LANGUAGE": "en"}, "The service that gives keys does not answer now.", id="english"),
    ],
)
def test_that_is_said_in_the_persons_language(home: Path, library: Path, variables: dict[str, str], said: str) -> None:
    """Of ours only: what R says itself stays in the language that it had."""
    ask = "tryCatch(sardonyx_keys(), error = function(e) cat(conditionMessage(e))); cat(Sys.getenv('LANGUAGE', 'none'))"
    result = run(home, library, ask, **variables)

    assert result.stdout.startswith(said)
    assert result.stdout.endswith("none")


def test_aws_signature_finds_nothing_then_and_says_so(home: Path, library: Path) -> None:
    """It goes on as without us."""
    result = run(home, library, LOOK)

    assert (result.returncode, result.stdout.strip()) == (0, "")
    assert "The service that gives keys does not answer now." in result.stderr


def test_a_key_of_the_persons_own_wins_and_stays(home: Path, library: Path) -> None:
    """They may have set it for another store."""
    result = run(home, library, LOOK, AWS_ACCESS_KEY_ID="mine")

    assert (result.returncode, result.stdout, result.stderr) == (0, "mine mine", "")


def test_the_persons_own_profile_is_read_after_it(home: Path, library: Path) -> None:
    """It can use what is there, and change it."""
    (home / ".Rprofile").write_text("cat(is.function(sardonyx_keys))\n")

    assert run(home, library, "cat('')").stdout == "TRUE"


@pytest.mark.usefixtures("library")
def test_another_version_of_aws_signature_is_named(home: Path, tmp_path: Path) -> None:
    """One that looks for keys by a function of another name; with what to do."""
    another_version("aws.signature", tmp_path)

    result = run(home, tmp_path / "library", "cat(aws.signature::other())")

    assert (result.returncode, result.stdout) == (0, "1")
    assert "aws.signature does not look for keys as it did: take them from sardonyx_keys()." in result.stderr


@pytest.mark.parametrize("statement", ["SELECT 42", "FROM 's3://theirs/x.csv'", "FROM 's3://sardonyx-2/x.csv'"])
def test_duckdb_needs_no_keys_for_what_is_not_in_the_store(home: Path, library: Path, statement: str) -> None:
    """Nobody is asked for any; another bucket is one of a store that the person has told DuckDB of."""
    result = run(home, library, ASK_DUCKDB.format(statement))

    assert (result.returncode, result.stdout, result.stderr) == (0, f"{statement}\n", "")


def test_duckdb_is_told_a_statement_all_the_same_where_there_are_no_keys_now(home: Path, library: Path) -> None:
    """Those of before may be good yet; the reason is said, and is no error where warnings are."""
    result = run(home, library, "options(warn = 2)" + ASK_DUCKDB.format("FROM 's3://sardonyx/x.csv'"))

    assert (result.returncode, result.stdout) == (0, "FROM 's3://sardonyx/x.csv'\n")
    assert "The service that gives keys does not answer now. Try again in a minute." in result.stderr


def test_duckdb_is_left_alone_with_a_key_of_the_persons_own(home: Path, library: Path) -> None:
    """They have made their secret themselves, for another store."""
    result = run(home, library, ASK_DUCKDB.format("FROM 's3://sardonyx/x.csv'"), AWS_ACCESS_KEY_ID="mine")

    assert (result.returncode, result.stdout, result.stderr) == (0, "FROM 's3://sardonyx/x.csv'\n", "")


@pytest.mark.usefixtures("library")
def test_another_version_of_duckdb_is_named(home: Path, tmp_path: Path) -> None:
    """One that is told statements in another way; with what to do."""
    another_version("duckdb", tmp_path)

    result = run(home, tmp_path / "library", "cat(duckdb::other())")

    assert (result.returncode, result.stdout) == (0, "1")
    assert "duckdb does not send statements as it did: give it keys with sardonyx_duckdb_secret()." in result.stderr
