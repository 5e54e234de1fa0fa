import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from sardonyx_services.people.errors import NameTakenError, PeopleError
from sardonyx_services.people.models import SchemaVersion
from sardonyx_services.people.store import PeopleStore


@pytest.fixture
def people(tmp_path: Path) -> Iterator[PeopleStore]:
    """An empty store."""
    store = PeopleStore(tmp_path / "people.sqlite")
    yield store
    store.close()


def test_the_database_is_for_its_owner_only(people: PeopleStore, tmp_path: Path) -> None:
    """It holds password hashes."""
    assert people.everybody() == []
    assert stat.S_IMODE((tmp_path / "people.sqlite").stat().st_mode) == 0o600


def test_a_person_keeps_the_id_from_the_first_sign_in(people: PeopleStore) -> None:
    """Another name at the provider changes neither id nor name here."""
    first = people.signed_in("university", "subject-1", "amina")

    again = people.signed_in("university", "subject-1", "amina.new")

    assert (again.id, again.name) == (first.id, "amina")


def test_the_name_of_somebody_else_is_never_taken_over(people: PeopleStore) -> None:
    """Whoever calls themselves so at a provider does not become the local account."""
    people.add_account("amina", "hash")

    with pytest.raises(
        NameTakenError, match="The name “amina” is already used here by somebody who signs in another way"
    ):
        people.signed_in("university", "subject-1", "amina")


def test_a_name_that_is_given_again_is_another_person(people: PeopleStore) -> None:
    """Files and data of the one who left never become those of the one who came."""
    before = people.add_account("amina", "hash")
    people.remove("amina")

    after = people.add_account("amina", "hash")

    assert before.id != after.id


def test_who_is_removed_cannot_sign_in(people: PeopleStore) -> None:
    """The password went with the account."""
    people.add_account("amina", "hash")

    people.remove("amina")

    assert people.account("amina") is None
    assert people.by_name("amina") is None


def test_a_name_in_use_is_refused(people: PeopleStore) -> None:
    """The operator chooses another."""
    people.add_account("amina", "hash")

    with pytest.raises(PeopleError, match="There is already somebody called “amina”. Choose another name."):
        people.add_account("amina", "hash")


def test_a_link_is_used_once(people: PeopleStore) -> None:
    """Of two who use it at once, one is too late."""
    people.replace_link("first-administrator", "h", time.time() + 60)

    assert [people.use_link("h"), people.use_link("h")] == [True, False]


def test_a_new_link_ends_the_earlier_one(people: PeopleStore) -> None:
    """A link in an old terminal is worth nothing."""
    people.replace_link("first-administrator", "old", time.time() + 60)

    people.replace_link("first-administrator", "new", time.time() + 60)

    assert [people.link_purpose(h, time.time()) for h in ("old", "new")] == ["", "first-administrator"]


def test_a_link_that_is_too_old_is_over(people: PeopleStore) -> None:
    """A day is enough."""
    people.replace_link("first-administrator", "h", 100.0)

    assert people.link_purpose("h", 101.0) == ""


def test_a_database_of_a_newer_version_is_not_touched(people: PeopleStore, tmp_path: Path) -> None:
    """A step back needs the backup."""
    with Session(people._engine) as session, session.begin():
        session.execute(update(SchemaVersion).values(version=99))

    with pytest.raises(PeopleError, match="was written by a newer Sardonyx"):
        PeopleStore(tmp_path / "people.sqlite")
