"""What is so in the image of PostgreSQL, in a container as the chart's Pod has it: what is on its volume is made once, and kept."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from support.containers import Container, running
from support.images import about, builder, built_image
from support.ports import free_ports
from support.waiting import soon

VOLUME, SECRETS, SOCKET = "/var/lib/postgresql", "/etc/sardonyx/secrets", "/run/postgresql"
USER = 1000
FIRST, SECOND = "the-first-password", "the-second.password_1~"
PATIENCE_S = 60


class Postgresql:
    """A volume, a Secret, and the containers that have both."""

    def __init__(self, folder: Path) -> None:
        self.volume, self._secret = folder / "volume", folder / "secret"
        for place in (self.volume, self._secret):
            place.mkdir()
        # As Kubernetes has it: the volume's own folder is root's, and open to the Pod's group.
        os.chown(self.volume, 0, USER)
        self.volume.chmod(0o2770)
        self.password(FIRST)

    def password(self, word: str) -> None:
        """Let the Secret have this password."""
        (self._secret / "password").write_text(word)

    @contextmanager
    def container(self) -> Iterator[Container]:
        """Run one, on a port that nobody else has: tests have the network of the machine."""
        self.port = free_ports()
        volumes = [f"{self.volume}:{VOLUME}", f"{self._secret}:{SECRETS}:ro"]
        # PostgreSQL reads it; what the image says otherwise is as it is.
        told = {"PGPORT": str(self.port)}
        with running(built_image("postgresql"), told=told, folders=[SOCKET], volumes=volumes) as found:
            yield found

    @contextmanager
    def running(self) -> Iterator[Container]:
        """Run one, until it answers by the network."""
        with self.container() as found:
            asked = [*builder().engine.command, "exec", found.identity]
            asked += ["pg_isready", "--quiet", "--host=127.0.0.1", "--username=sardonyx", "--dbname=sardonyx"]

            def answers() -> bool:
                return subprocess.run(asked, capture_output=True, check=False).returncode == 0

            soon(answers, PATIENCE_S)
            yield found

    def ended(self) -> str:
        """Run one that does not start; return what it said last."""
        with self.container() as found:
            waited = [*builder().engine.command, "wait", found.identity]
            code = subprocess.run(waited, capture_output=True, text=True, check=True, timeout=PATIENCE_S).stdout
            assert code.strip() == "1", found.said()
            return found.said().splitlines()[-1]

    def ask(self, statement: str, password: str = FIRST, name: str = "sardonyx", database: str = "sardonyx") -> object:
        """Run a statement over the network; return the first thing that there is."""
        address = f"host=127.0.0.1 port={self.port} user={name} dbname={database} password={password}"
        with psycopg.connect(address, autocommit=True) as connection:
            done = connection.execute(statement.encode())
            row = done.fetchone() if done.description else None
            return row[0] if row else None


def stop(container: Container) -> int:
    """Stop a container as a node does; return its exit code."""
    asked = [*builder().engine.command, "stop", "--time=60", container.identity]
    subprocess.run(asked, capture_output=True, check=True)
    shown = [*builder().engine.command, "inspect", "--format={{.State.ExitCode}}", container.identity]
    return int(subprocess.run(shown, capture_output=True, text=True, check=True).stdout)


@pytest.fixture
def postgresql() -> Iterator[Postgresql]:
    """With an empty volume."""
    # Not in the tests' own folder: root closes that to others.
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Postgresql(Path(folder))


@pytest.fixture(scope="module")
def kept() -> Iterator[tuple[Postgresql, Container]]:
    """One that runs for all tests that change nothing."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        found = Postgresql(Path(folder))
        with found.running() as container:
            yield found, container


def test_the_first_start_makes_a_database_for_the_hub(kept: tuple[Postgresql, Container]) -> None:
    """Its own, in which it may make tables; with sums that tell of a bad disk, and safe from a power cut."""
    postgresql, container = kept
    postgresql.ask("CREATE TABLE mine (number integer)")

    assert postgresql.ask("SHOW server_encoding") == "UTF8"
    assert postgresql.ask("SHOW data_checksums") == "on"
    assert postgresql.ask("SHOW fsync") == "on"
    whose = "SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = current_database()"
    assert postgresql.ask(whose) == "sardonyx"
    assert container.run("id").strip() == "uid=1000(postgres) gid=1000(postgres) groups=1000(postgres)"


def test_the_hub_may_nothing_beyond_its_own_database(kept: tuple[Postgresql, Container]) -> None:
    """It is no superuser, and makes no others."""
    postgresql, _container = kept
    may = (
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
        " FROM pg_roles WHERE rolname = current_user"
    )

    assert postgresql.ask(may) is False
    with pytest.raises(psycopg.OperationalError, match="no pg_hba.conf entry"):
        postgresql.ask("SELECT 1", database="postgres")


def test_who_does_not_know_the_password_is_not_let_in(kept: tuple[Postgresql, Container]) -> None:
    """It is asked for in a way that never tells it, and kept in one that cannot be read back."""
    postgresql, container = kept
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        postgresql.ask("SELECT 1", password="another")
    kept_as = "SELECT substr(rolpassword, 1, 13) FROM pg_authid WHERE rolname = 'sardonyx'"

    assert container.run("psql", "-At", "-c", kept_as).strip() == "SCRAM-SHA-256"
    assert FIRST not in container.said()


def test_the_superuser_comes_by_the_socket_alone(kept: tuple[Postgresql, Container]) -> None:
    """As who keeps the container does: for a backup, and nobody over the network."""
    postgresql, container = kept
    with pytest.raises(psycopg.OperationalError, match="no pg_hba.conf entry"):
        postgresql.ask("SELECT 1", name="postgres", database="postgres")

    assert container.run("psql", "-At", "-c", "SELECT current_user").strip() == "postgres"
    assert "PostgreSQL database dump" in container.run("pg_dump", "sardonyx")


def test_nothing_can_be_written_but_on_what_is_mounted(kept: tuple[Postgresql, Container]) -> None:
    """And no program in it gives more rights than who starts it has."""
    _postgresql, container = kept
    look = "touch /usr/here 2>/dev/null || touch /etc/here 2>/dev/null || echo shut; find / -xdev -type f -perm /6000 2>/dev/null || true"

    assert container.run("sh", "-c", look).strip() == "shut"


def test_it_has_what_it_takes_and_hardly_more(kept: tuple[Postgresql, Container]) -> None:
    """No compiler of queries, no Perl; and it lists its parts as others do."""
    _postgresql, container = kept
    parts = container.parts()

    assert {"pkg:deb/debian/postgresql-17", "pkg:deb/debian/tini"} <= parts
    assert not {"pkg:deb/debian/libllvm19", "pkg:deb/debian/perl", "pkg:deb/debian/postgresql-common"} & parts
    said = about(built_image("postgresql"))
    assert said["Size"] < 300_000_000
    assert said["Config"]["Labels"]["sardonyx.parts"] == "/usr/share/sardonyx/parts.cdx.json"


def test_what_is_there_is_there_after_each_start(postgresql: Postgresql) -> None:
    """Also after one that was killed; and a password of the Secret takes the place of the one before."""
    with postgresql.running() as container:
        postgresql.ask("CREATE TABLE mine AS SELECT 42 AS number")
        # A hub is there, and is not waited for.
        with psycopg.connect(f"host=127.0.0.1 port={postgresql.port} user=sardonyx password={FIRST}"):
            assert stop(container) == 0
        assert "database system is shut down" in container.said()
    postgresql.password(SECOND)
    with postgresql.running() as container:
        assert postgresql.ask("SELECT number FROM mine", SECOND) == 42
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            postgresql.ask("SELECT 1", FIRST)
        postgresql.ask("INSERT INTO mine VALUES (43)", SECOND)
        subprocess.run([*builder().engine.command, "kill", container.identity], capture_output=True, check=True)
    with postgresql.running() as container:
        assert postgresql.ask("SELECT sum(number)::integer FROM mine", SECOND) == 85
        assert "database system was not properly shut down" in container.said()


def test_a_backup_takes_the_place_of_what_is_there(postgresql: Postgresql) -> None:
    """By the commands of the docs; what was made since is gone, and all of it is the hub's again."""
    write, read = (
        "pg_dump --format=custom sardonyx",
        "pg_restore --clean --if-exists --create --exit-on-error --dbname=postgres",
    )
    page = (Path(__file__).parents[2] / "docs/how-to/use-postgresql.md").read_text()
    with postgresql.running() as container:
        postgresql.ask("CREATE SCHEMA people; CREATE TABLE people.mine AS SELECT 42 AS number")
        container.run("sh", "-c", f"{write} > /tmp/sardonyx.dump")
        postgresql.ask("CREATE TABLE newer (number integer)")
        postgresql.ask("UPDATE people.mine SET number = 43")

        container.run("sh", "-c", f"{read} < /tmp/sardonyx.dump")

        assert postgresql.ask("SELECT number FROM people.mine") == 42
        assert postgresql.ask("SELECT to_regclass('newer')") is None
        postgresql.ask("CREATE TABLE newer (number integer)")
    assert f"{write} > sardonyx.dump" in page
    assert f"{read} < sardonyx.dump" in page


def test_a_first_start_that_was_cut_off_is_done_anew(postgresql: Postgresql) -> None:
    """It left no database that is not whole."""
    unfinished = postgresql.volume / "data.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("17")
    os.chown(unfinished, USER, USER)
    os.chown(unfinished / "PG_VERSION", USER, USER)

    with postgresql.running():
        assert postgresql.ask("SELECT 1") == 1
    assert not unfinished.exists()


@pytest.mark.parametrize(
    ("file", "said"),
    [
        pytest.param("PG_VERSION", "was made by PostgreSQL 16, and this is 17: nothing was changed.", id="another version"),
        pytest.param("letters", "is no database of PostgreSQL, and nothing was changed.", id="something else"),
    ],
)  # fmt: skip
def test_what_another_has_made_is_refused_and_left_as_it_is(postgresql: Postgresql, file: str, said: str) -> None:
    """With a sentence that says what to do."""
    data = postgresql.volume / "data"
    data.mkdir()
    (data / file).write_text("16\n")
    for path in (data, data / file):
        os.chown(path, USER, USER)

    assert said in postgresql.ended()
    assert [path.name for path in data.iterdir()] == [file]


@pytest.mark.parametrize("word", ["", "p@ss", "two words"], ids=["empty", "of an address", "with a space"])
def test_a_password_that_no_address_can_have_is_refused(postgresql: Postgresql, word: str) -> None:
    """The hub could not sign in with it."""
    postgresql.password(word)

    assert "may have letters, digits and . _ ~ - in it" in postgresql.ended()


def test_two_never_use_one_volume(postgresql: Postgresql) -> None:
    """The second waits until the first has ended; here for as long as it is looked at."""
    with postgresql.running() as first, postgresql.container() as second:
        asked = [*builder().engine.command, "exec", second.identity, "sh", "-c", "test -e /run/postgresql/.s.PGSQL.*"]

        assert subprocess.run(asked, capture_output=True, check=False).returncode != 0
        assert "ready to accept connections" not in second.said()
        assert stop(first) == 0
        soon(lambda: second.said().count("ready to accept connections") >= 2, PATIENCE_S)
