"""For the tests of people: each of them is run with both databases."""

from pathlib import Path

import pytest

from sardonyx_services.people.database import Place
from sardonyx_services.people.postgresql import Postgresql


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def people_place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where people are going to be; nobody is there."""
    if request.param == "SQLite":
        return tmp_path / "people.sqlite"
    return Postgresql(request.getfixturevalue("postgresql").empty())
