"""What is remembered of people is as fresh as the database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sardonyx_services.people.lookup import Lookup
from sardonyx_services.people.store import PeopleStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The database of a place that was started once."""
    return tmp_path / "people of ours%20.sqlite"


@pytest.fixture
def people(path: Path) -> Iterator[PeopleStore]:
    """Who changes it."""
    found = PeopleStore(path)
    found.signed_in("test", "amina", "amina")
    yield found
    found.close()


def test_somebody_is_looked_up_once_while_nothing_changes(people: PeopleStore, path: Path) -> None:
    """However often keys are asked for."""
    asked = []

    def find(name: str) -> str | None:
        asked.append(name)
        found = people.by_name(name)
        return found.id if found else None

    lookup = Lookup(path, find)

    assert len({lookup("amina") for _ in range(5)}) == 1
    assert lookup("bela") is lookup("bela") is None
    assert asked == ["amina", "bela"]
    lookup.close()


def test_every_change_is_seen_at_once(people: PeopleStore, path: Path) -> None:
    """Also one that another process makes."""
    lookup = Lookup(path, lambda name: people.by_name(name) is not None)
    assert lookup("amina")

    other = PeopleStore(path)
    other.remove("amina")
    other.close()
    assert not lookup("amina")

    people.signed_in("test", "bela", "bela")
    assert lookup("bela")
    lookup.close()
