"""A PostgreSQL that starts together with the hub is waited for, and whoever is in files goes along where that is wanted."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.postgresql import PostgresqlServer

from sardonyx_hub_config.commands.hub import hub
from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.database import place as database_place
from sardonyx_hub_config.database.place import open_people, wait_for_database
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.settings.file import load_settings
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.people.store import PeopleStore

SETTINGS = """
storage: {kind: s3, endpoint: 'http://127.0.0.1:9', role: r}
database: {url: {env: DATABASE}}
profiles: {python: {title: Python, image: python}}
"""


@pytest.fixture
def settings(tmp_path: Path, postgresql: PostgresqlServer, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a place in the Pod of its hub, with a database that has nothing in it."""
    path = tmp_path / "settings.yaml"
    path.write_text(SETTINGS)
    told = {
        "DATABASE": postgresql.empty(),
        "SARDONYX_SETTINGS": str(path),
        "SARDONYX_DATA": str(tmp_path / "data"),
        "SARDONYX_ENGINE": "kubernetes",
        "SARDONYX_NAME": "sardonyx",
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    return load_settings(path)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the command becomes: it is written down, and this process stays what it is."""
    found: list[str] = []
    monkeypatch.setattr(os, "execv", lambda _program, arguments: found.extend(arguments))
    return found


def run(*arguments: str) -> str:
    """Be the hub of a cluster; return what is said of it."""
    result = CliRunner().invoke(hub, [*arguments])
    return f"{result.output}{result.exception or ''}"


def with_somebody(folder: DataFolder) -> str:
    """Let there be somebody in a file; return their id."""
    folder.prepare()
    with closing(PeopleStore(folder.people_database)) as people:
        return people.add_account("amina", "hash").id


def test_a_postgresql_that_starts_later_is_waited_for(settings: Settings, postgresql: PostgresqlServer) -> None:
    """In one line, however long it takes."""
    said: list[str] = []
    postgresql.end()

    # Not the other way round: PostgreSQL ends with the thread that has started it.
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(wait_for_database, settings, said.append)
        time.sleep(1.5)
        is_early = waiting.done()
        postgresql.start()
        waiting.result(30)

    assert not is_early
    assert said == ["The PostgreSQL does not answer yet. The hub waits for it."]


def test_nobody_waits_for_one_that_has_something_to_say(
    settings: Settings, postgresql: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as that the password is wrong."""
    monkeypatch.setenv("DATABASE", postgresql.address(password="wrong"))
    said: list[str] = []
    began = time.monotonic()

    wait_for_database(settings, said.append)

    assert said == []
    assert time.monotonic() - began < database_place.LOOK_AGAIN_S * 5


def test_one_that_does_not_come_is_said_in_the_end(
    settings: Settings, postgresql: PostgresqlServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By who opens it."""
    monkeypatch.setattr(database_place, "WAIT_S", 0.1)
    postgresql.end()
    try:
        wait_for_database(settings, lambda _said: None)
        with pytest.raises(OperatorError, match="no PostgreSQL answers at 127.0.0.1"):
            open_people(settings, DataFolder(tmp_path / "data"))
    finally:
        postgresql.start()


def test_a_hub_leaves_nobody_in_files(settings: Settings, started: list[str]) -> None:
    """It says what to write, and does not start."""
    with_somebody(DataFolder(settings.data_folder))

    assert "Take them along with: hub.moveDatabase: true in the values of the chart" in run()
    assert started == []


def test_a_hub_takes_everybody_along_where_that_is_wanted(settings: Settings, started: list[str]) -> None:
    """Once, by their ids; afterwards it starts as always, whether that is still wanted or not."""
    folder = DataFolder(settings.data_folder)
    identity = with_somebody(folder)

    assert "One person and JupyterHub's tables are in the PostgreSQL now." in run("--move")
    with closing(open_people(settings, folder)) as people:
        found = people.by_name("amina")
    assert found is not None
    assert found.id == identity
    assert "sardonyx_hub_config.hub" in started


@pytest.mark.usefixtures("settings")
def test_a_hub_with_nobody_in_files_has_nothing_to_move(started: list[str]) -> None:
    """It starts, and says nothing of it."""
    assert "PostgreSQL" not in run("--move")
    assert "sardonyx_hub_config.hub" in started
