"""Jars for an environment's PySpark, by the Ivy in it: known by their hashes wherever they come from, missed without harm."""

import functools
import hashlib
import http.server
import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.environments import clients_environment

from sardonyx_hub_config.environments import (
    AGAIN_S,
    WITHOUT_JARS,
    EnvironmentRecipe,
    is_ready,
    jars_problem,
    make_environment,
)
from sardonyx_hub_config.jars import REPOSITORY, JarsError, give_jars, read_jars

WORDS = b"a jar of the tests"
HASH = hashlib.sha256(WORDS).hexdigest()
POM = """<project><modelVersion>4.0.0</modelVersion>
<groupId>org.example</groupId><artifactId>tiny</artifactId><version>1.0</version></project>"""

pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="Java is not on this machine")


@pytest.fixture(scope="module", autouse=True)
def pyspark() -> Path:
    """An environment with PySpark; made here, before a test sends Ivy to a repository that has nothing for it."""
    return clients_environment()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Files of a folder."""

    def log_message(self, *_arguments: object) -> None:
        """Keep the tests' output short."""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A Maven repository with one jar; Ivy is sent there."""
    root = tmp_path / "repository"
    folder = root / "org" / "example" / "tiny" / "1.0"
    folder.mkdir(parents=True)
    (folder / "tiny-1.0.pom").write_text(POM)
    (folder / "tiny-1.0.jar").write_bytes(WORDS)
    handler = functools.partial(Quiet, directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        monkeypatch.setenv(REPOSITORY, f"http://127.0.0.1:{server.server_port}/")
        yield folder
        server.shutdown()
        thread.join()


def give_pyspark(prefix: Path) -> Path:
    """Put a PySpark with nothing but Ivy into an environment; return the folder of its jars."""
    jars = prefix / "lib" / "python3.11" / "site-packages" / "pyspark" / "jars"
    jars.mkdir(parents=True)
    (ivy,) = clients_environment().glob("lib/python3*/site-packages/pyspark/jars/ivy-*.jar")
    (jars / ivy.name).symlink_to(ivy)
    return jars


def lock(folder: Path, digest: str = HASH, name: str = "tiny") -> Path:
    """Return a lock file with one jar."""
    file = folder / "tiny.jars"
    file.write_text(f"# The only one.\norg.example:{name}:1.0 --hash=sha256:{digest}\n")
    return file


def test_a_jar_is_got_once_and_servers_can_read_it(tmp_path: Path, repository: Path) -> None:
    """A second time nobody is asked for it."""
    jars = give_pyspark(tmp_path / "environment")
    give_jars(lock(tmp_path), tmp_path / "environment", tmp_path / "log")
    assert (jars / "tiny-1.0.jar").read_bytes() == WORDS
    assert (jars / "tiny-1.0.jar").stat().st_mode & 0o777 == 0o644

    shutil.rmtree(repository)
    give_jars(lock(tmp_path), tmp_path / "environment", tmp_path / "log")

    assert sorted(path.name for path in (tmp_path / "environment").iterdir()) == ["lib"]


@pytest.mark.parametrize(
    ("digest", "name", "message"),
    [
        ("0" * 64, "tiny", rf"tiny-1\.0\.jar has the hash {HASH}, and .*tiny\.jars says 0+: it was not taken\."),
        (HASH, "missing", f"cannot be had from the Maven repository. .*, {REPOSITORY} is to have its address."),
    ],
    ids=["another", "missing"],
)
def test_a_jar_that_is_another_or_missing_is_not_taken(
    tmp_path: Path, repository: Path, digest: str, name: str, message: str
) -> None:
    """Whatever the repository says; nothing is left behind."""
    assert repository.exists()
    jars = give_pyspark(tmp_path / "environment")

    with pytest.raises(JarsError, match=message):
        give_jars(lock(tmp_path, digest, name), tmp_path / "environment", tmp_path / "log")

    assert [path.suffix for path in jars.iterdir() if not path.name.startswith("ivy-")] == []
    assert sorted(path.name for path in (tmp_path / "environment").iterdir()) == ["lib"]


def test_a_line_that_is_no_jar_is_shown(tmp_path: Path) -> None:
    """With how to write one."""
    (tmp_path / "x.jars").write_text("https://example.org/x.jar\n")

    with pytest.raises(JarsError, match=r"'https://example.org/x.jar' is no jar. Write GROUP:NAME:VERSION --hash="):
        read_jars(tmp_path / "x.jars")


def test_java_is_named_where_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it."""
    give_pyspark(tmp_path / "environment")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(JarsError, match=r"Java is not on this machine. On Debian and Ubuntu: sudo apt-get install"):
        give_jars(lock(tmp_path), tmp_path / "environment", tmp_path / "log")


def test_an_environment_works_without_its_jars_and_gets_them_later(tmp_path: Path, repository: Path) -> None:
    """The reason is kept, and they are tried again an hour after that, not at each start."""
    (tmp_path / "python.lock").write_text("")
    recipe = EnvironmentRecipe("python", tmp_path / "python.lock", (), lock(tmp_path))
    prefix = make_environment(recipe, tmp_path, tmp_path / "log")
    assert is_ready(prefix)
    assert jars_problem(prefix).startswith(f"there is no PySpark in {prefix} for the jars of ")
    assert jars_problem(prefix).endswith(f"What was said about it is in {tmp_path / 'log'}.")
    assert repository.exists()

    jars = give_pyspark(prefix)
    make_environment(recipe, tmp_path, tmp_path / "log")
    assert not (jars / "tiny-1.0.jar").exists()

    earlier = time.time() - AGAIN_S - 1
    os.utime(prefix / WITHOUT_JARS, (earlier, earlier))
    make_environment(recipe, tmp_path, tmp_path / "log")
    assert (jars / "tiny-1.0.jar").exists()
    assert not jars_problem(prefix)


def test_other_jars_are_another_environment(tmp_path: Path) -> None:
    """Servers that run on the old one keep what they have."""
    (tmp_path / "python.lock").write_text("")
    before = EnvironmentRecipe("python", tmp_path / "python.lock", (), lock(tmp_path)).prefix(tmp_path)

    assert (
        EnvironmentRecipe("python", tmp_path / "python.lock", (), lock(tmp_path, "1" * 64)).prefix(tmp_path) != before
    )
