"""For the tests of people: each of them is run with both databases; those of commands, in a place with files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sardonyx_services.people.database import Place
from sardonyx_services.people.postgresql import Postgresql
from sardonyx_services.people.store import PeopleStore

SETTINGS = (
    "environments: {python: {title: Python, prefix: /usr}}\nprofiles: {python: {title: Python, environment: python}}\n"
)


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def people_place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where people are going to be; nobody is there."""
    if request.param == "SQLite":
        return tmp_path / "people.sqlite"
    return Postgresql(request.getfixturevalue("postgresql").empty())


@pytest.fixture
def people(people_place: Place) -> Iterator[PeopleStore]:
    """Nobody yet, in both kinds of database."""
    store = PeopleStore(people_place)
    yield store
    store.close()


@pytest.fixture
def people_of_a_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PeopleStore]:
    """The people of a place that was started once, as commands find it."""
    (tmp_path / "settings.yaml").write_text(SETTINGS)
    monkeypatch.setenv("SARDONYX_SETTINGS", str(tmp_path / "settings.yaml"))
    monkeypatch.setenv("SARDONYX_DATA", str(tmp_path))
    monkeypatch.setenv("SARDONYX_PORT", "8000")
    store = PeopleStore(tmp_path / "people.sqlite")
    yield store
    store.close()
