"""A real PostgreSQL for the tests, from Debian's packages: one process, which root may not run itself."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import psycopg
import pytest
from support.authority import Certificate
from support.ports import free_ports
from support.waiting import soon

ADMINISTRATOR = "postgres"
NAME = "sardonyx"
PASSWORD = "p@ss w:/%örd"
"""Has all that an address has to write otherwise."""


def programs() -> Path | None:
    """Return where PostgreSQL is on this machine; Debian keeps each version's programs in a folder that is on no PATH."""
    found = [*Path("/usr/lib/postgresql").glob("*/bin/initdb"), *filter(None, [Path(shutil.which("initdb") or "")])]
    places = [path.parent for path in found if (path.parent / "postgres").exists()]
    return max(places, key=lambda place: int("0" + "".join(filter(str.isdigit, place.parent.name))), default=None)


def as_its_user() -> list[str]:
    """Return what stands before a command that root runs as the user whom the package makes; it has to have a name."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={ADMINISTRATOR}", f"--regid={ADMINISTRATOR}", "--clear-groups"]


@dataclass
class PostgresqlServer:
    """A running PostgreSQL, in which `NAME` owns the database of the same name.

    Args:
        host: address of this machine, where it answers.
        certificate: its own, with which connections are encrypted; None = none is.
    """

    programs: Path
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    host: str = "127.0.0.1"
    certificate: Certificate | None = None

    def make(self) -> None:
        """Make its files; passwords are asked for."""
        password = self.folder / "password"
        password.write_text(PASSWORD)
        if self.certificate is not None:
            self.certificate.write(self.folder)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", ADMINISTRATOR, str(self.folder)], check=True)
        options = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", "--no-sync"]
        who = [f"--username={ADMINISTRATOR}", f"--pwfile={password}"]
        self._run("initdb", "--pgdata", str(self.folder / "data"), *options, *who)
        with (self.folder / "data" / "pg_hba.conf").open("a") as allowed:
            # It lets in who comes over the loopback; now whoever reaches it, with a password as well.
            allowed.write("host all all all scram-sha-256\n")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *as_its_user(),
                    # However the tests end, it does, too.
                    *("setpriv", "--pdeathsig", "KILL"),
                    *(str(self.programs / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)),
                    *("-c", f"listen_addresses={self.host}", "-c", f"unix_socket_directories={self.folder}"),
                    *("-c", "fsync=off"),
                    *self._tls(),
                ],
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        soon(lambda: bool(self.ask("SELECT 1")))

    def end(self) -> None:
        """End it; nobody's connection is waited for."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)
            self.process = None

    def ask(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run a statement as PostgreSQL's administrator; return what there is."""
        with psycopg.connect(self.address(database, ADMINISTRATOR), autocommit=True) as connection:
            done = connection.execute(statement.encode())
            return done.fetchall() if done.description else []

    def address(self, database: str = NAME, name: str = NAME, password: str = PASSWORD) -> str:
        """Return the address of a database, as settings name it."""
        return f"postgresql://{name}:{quote(password, safe='')}@{self.host}:{self.port}/{database}"

    def empty(self) -> str:
        """Return the address of the database, with nothing in it."""
        return self.new_database(NAME)

    def new_database(self, name: str) -> str:
        """Return the address of a database of this name, in the place of one that is there."""
        self.ask(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.ask(f"CREATE DATABASE {name} OWNER {NAME}")
        return self.address(name)

    def _tls(self) -> list[str]:
        if self.certificate is None:
            return []
        files = {"ssl_cert_file": self.folder / "tls.crt", "ssl_key_file": self.folder / "tls.key"}
        return ["-c", "ssl=on", *(part for name, file in files.items() for part in ("-c", f"{name}={file}"))]

    def _run(self, program: str, *arguments: str) -> None:
        command = [*as_its_user(), str(self.programs / program), *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr


@contextmanager
def running_postgresql(host: str = "127.0.0.1", certificate: Certificate | None = None) -> Iterator[PostgresqlServer]:
    """Run one, and leave nothing behind. `host` and `certificate` are those of `PostgresqlServer`."""
    found = programs()
    if found is None:
        pytest.skip("there is no PostgreSQL here: sudo apt-get install postgresql")
    # Not in the tests' own folder: root closes that to others, and root may not run it.
    folder = Path(mkdtemp(prefix="sardonyx-postgresql-"))
    server = PostgresqlServer(found, folder, free_ports(), host=host, certificate=certificate)
    try:
        server.make()
        server.start()
        server.ask(f"CREATE ROLE {NAME} LOGIN PASSWORD '{PASSWORD}'")
        yield server
    finally:
        server.end()
        shutil.rmtree(folder)
