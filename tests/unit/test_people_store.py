import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sardonyx_services.people.database import Place
from sardonyx_services.people.errors import NameTakenError, PeopleError, RemovedError
from sardonyx_services.people.records import Owed
from sardonyx_services.people.store import PeopleStore


@pytest.fixture
def people(people_place: Place) -> Iterator[PeopleStore]:
    """An empty store."""
    store = PeopleStore(people_place)
    yield store
    store.close()


def test_a_file_is_for_its_owner_only(tmp_path: Path) -> None:
    """It holds password hashes."""
    PeopleStore(tmp_path / "people.sqlite").close()

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


def test_links_end_with_a_new_password_and_with_a_removal(people: PeopleStore) -> None:
    """Whoever finds one later must not get in as the next person of that name."""
    person = people.add_account("amina", "")
    people.one_time_links.replace(person.id, "first", time.time() + 60)
    people.set_password("amina", "hash")
    people.one_time_links.replace(person.id, "second", time.time() + 60)
    people.remove("amina")

    assert [people.one_time_links.purpose(h, time.time()) for h in ("first", "second")] == ["", ""]


def test_the_hub_owes_the_end_of_sessions_until_it_says_that_it_is_done(people: PeopleStore) -> None:
    """Also where the hub does not run when something is changed."""
    amina = people.add_account("amina", "hash")
    assert people.owed() == []
    people.set_password("amina", "other")
    people.remove("amina")
    again = people.add_account("amina", "hash")
    people.set_password("amina", "other")

    assert people.owed("amina") == [Owed(amina.id, "amina", "let-go"), Owed(again.id, "amina", "sign-out")]
    for owed in people.owed():
        people.settle(owed)

    assert people.owed() == []


def test_who_was_removed_does_not_come_back_through_a_provider(people: PeopleStore) -> None:
    """The provider knows nothing of it."""
    people.signed_in("university", "1", "emma")
    people.remove("emma")

    with pytest.raises(RemovedError, match="Your access to this place was ended."):
        people.signed_in("university", "1", "emma")


def test_who_is_readmitted_is_the_same_person(people: PeopleStore) -> None:
    """With the files and data under the same id."""
    before = people.signed_in("university", "1", "emma")
    people.remove("emma")

    assert people.readmit("emma") == before
    assert people.signed_in("university", "1", "emma") == before


def test_nobody_is_readmitted_to_a_name_that_is_in_use(people: PeopleStore) -> None:
    """Or who was never removed."""
    people.add_account("amina", "hash")
    with pytest.raises(PeopleError, match="Nobody called “amina” was removed here."):
        people.readmit("amina")
    people.remove("amina")
    people.add_account("amina", "hash")

    with pytest.raises(PeopleError, match="There is another “amina” here by now."):
        people.readmit("amina")


def test_what_a_provider_calls_somebody_is_kept_as_it_is_now(people: PeopleStore) -> None:
    """A new name or address counts from the next sign-in."""
    people.signed_in("university", "1", "amina", full_name="Amina B.", mail="a@old.example")

    now = people.signed_in("university", "1", "amina", full_name="Amina C.", mail="a@new.example")

    assert (now.full_name, now.mail) == ("Amina C.", "a@new.example")
    assert people.by_name("amina") == now


def test_a_language_is_kept_with_the_person(people: PeopleStore) -> None:
    """Until they choose another one; who comes after them under the same name has chosen none."""
    people.add_account("amina", "hash")
    people.languages.choose("amina", "fr")
    people.languages.choose("nobody", "fr")

    assert people.languages.of("amina") == "fr"
    assert people.languages.of("nobody") == ""
    people.remove("amina")
    people.add_account("amina", "hash")
    assert people.languages.of("amina") == ""


def test_a_new_link_ends_the_earlier_one(people: PeopleStore) -> None:
    """A link in an old terminal is worth nothing."""
    people.one_time_links.replace("first-administrator", "old", time.time() + 60)

    people.one_time_links.replace("first-administrator", "new", time.time() + 60)

    assert [people.one_time_links.purpose(h, time.time()) for h in ("old", "new")] == ["", "first-administrator"]


def test_a_link_that_is_too_old_is_over(people: PeopleStore) -> None:
    """A day is enough."""
    people.one_time_links.replace("first-administrator", "h", 100.0)

    assert people.one_time_links.purpose("h", 101.0) == ""


def test_the_people_of_a_class_are_found_among_all(people: PeopleStore) -> None:
    """By name, and without those who were removed: a page asks for them every few seconds, in a place of thousands."""
    course, other = people.groups.add("class", "Statistics"), people.groups.add("class", "Another")
    for name in ("tom", "amina", "bob", "gone"):
        people.groups.join(other if name == "bob" else course, people.add_account(name, "").id, "student")
    people.remove("gone")

    assert [person.name for person in people.everybody(course)] == ["amina", "tom"]
    assert [person.name for person in people.everybody()] == ["amina", "bob", "tom"]
