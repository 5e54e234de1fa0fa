"""Accounts that administrators make on a page: who can, for whom, and the link that opens them."""

import time

import pytest

from sardonyx_services.people.enrolment import enrol
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.roster import Fault, read_pasted
from sardonyx_services.people.sign_in_links import hashed
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.usernames import NameRefusedError
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.errors import NotOpenError, RefusedError
from sardonyx_services.people.web.operation.account_desk import AccountDesk
from sardonyx_services.people.web.operation.people_words import PeopleWords

DAY_S = 24 * 3600.0
HUB = "https://lab.example.org/hub/"


@pytest.fixture
def root(people: PeopleStore) -> Caller:
    """The administrator."""
    return Caller(people.add_account("root", "", is_admin=True).id, "root", is_admin=True)


@pytest.fixture
def desk(people: PeopleStore) -> AccountDesk:
    """What is tried."""
    return AccountDesk(people, HUB, has_passwords=True)


def opened_by(people: PeopleStore, link: str) -> str:
    """Return the id of whose password a link lets choose; "" = nobody's."""
    assert link.startswith(f"{HUB}welcome?token=")
    return people.one_time_links.purpose(hashed(link.partition("=")[2]), time.time())


def test_an_account_comes_with_the_link_to_choose_its_password(
    people: PeopleStore, desk: AccountDesk, root: Caller
) -> None:
    """It is that of the person alone; without it nobody signs in."""
    links = desk.add(root, " Nils ", is_instructor=False)

    person = people.by_name("nils")
    account = people.account("nils")
    assert person is not None
    assert account is not None
    assert (account.password_hash, person.is_instructor, person.is_admin) == ("", False, False)
    assert {name: opened_by(people, link) for name, link in links.items()} == {"nils": person.id}


def test_who_is_to_teach_may_make_classes_at_once(people: PeopleStore, desk: AccountDesk, root: Caller) -> None:
    """Both are written down."""
    desk.add(root, "tia", is_instructor=True)

    person = people.by_name("tia")
    assert person is not None
    assert person.is_instructor
    found = people.actions.latest([person.id])
    assert {(each.who, each.what) for each in found} == {(root.id, "account"), (root.id, "instructor")}


def test_a_new_link_takes_the_place_of_the_last_one(people: PeopleStore, desk: AccountDesk, root: Caller) -> None:
    """Until its person has chosen another password, theirs counts."""
    first = desk.add(root, "nils", is_instructor=False)["nils"]
    person = people.local("nils")
    people.set_password("nils", "kept")

    links = desk.links(root, [person.id])

    assert (opened_by(people, first), opened_by(people, links["nils"])) == ("", person.id)
    account = people.account("nils")
    assert account is not None
    assert account.password_hash == "kept"


def test_who_was_made_since_a_list_was_looked_at_gets_no_link(
    people: PeopleStore, desk: AccountDesk, root: Caller
) -> None:
    """The others of the list do."""
    looked = enrol(read_pasted("nils\numa\n"), [], {}, "student", desk.new_name)
    people.add_account("nils", "theirs")

    made = desk.make(root, looked.new)

    assert [each.name for each in made.accounts] == ["uma"]
    assert made.faults == (Fault(1, "There is already somebody called “nils”. Choose another name."),)
    account = people.account("nils")
    assert account is not None
    assert account.password_hash == "theirs"


def test_links_to_new_accounts_are_good_for_two_weeks(people: PeopleStore, desk: AccountDesk, root: Caller) -> None:
    """They are handed out first; those to accounts that are in use are good for a day."""
    (made,) = desk.add_list(root, "nils", is_instructor=False).accounts
    link = hashed(made.link.partition("=")[2])
    assert [bool(people.one_time_links.purpose(link, time.time() + days * DAY_S)) for days in (13, 15)] == [True, False]

    again = hashed(desk.links(root, [made.person])["nils"].partition("=")[2])
    assert [bool(people.one_time_links.purpose(again, time.time() + days * DAY_S)) for days in (0.9, 2)] == [
        True,
        False,
    ]


def test_what_cannot_be_made_is_refused_with_the_reason(people: PeopleStore, desk: AccountDesk, root: Caller) -> None:
    """And nothing is written down."""
    with pytest.raises(PeopleError, match="There is already somebody called “root”"):
        desk.add(root, "Root", is_instructor=False)
    with pytest.raises(NameRefusedError, match="A name has the letters a to z"):
        desk.add(root, "Nils Holgersson", is_instructor=True)
    stranger = people.signed_in("lab", "4711", "otto")
    with pytest.raises(RefusedError, match="One of these people has no password here. Nothing was changed."):
        desk.links(root, [root.id, stranger.id])
    with pytest.raises(RefusedError, match="One of these people has no password here. Nothing was changed."):
        desk.links(root, [])
    assert people.actions.latest([root.id]) == []


def test_only_administrators_make_accounts_and_only_where_passwords_are_used(
    people: PeopleStore, desk: AccountDesk, root: Caller
) -> None:
    """Whoever asks."""
    tia = Caller("id", "tia", may_make=True)
    with pytest.raises(NotOpenError, match="This is for administrators of this place"):
        desk.add(tia, "nils", is_instructor=False)
    with pytest.raises(NotOpenError, match="This is for administrators of this place"):
        desk.add_list(tia, "nils", is_instructor=False)
    with pytest.raises(NotOpenError, match="This is for administrators of this place"):
        desk.make(tia, [])
    with pytest.raises(NotOpenError, match="This is for administrators of this place"):
        desk.links(tia, [root.id])
    with pytest.raises(RefusedError, match="Nobody signs in with a password here."):
        AccountDesk(people, HUB, has_passwords=False).add(root, "nils", is_instructor=False)
    assert people.by_name("nils") is None


def test_links_are_offered_where_passwords_are_used() -> None:
    """Before what takes somebody away; what is asked of one person alone is the last."""
    words = PeopleWords()

    def acts(*, of_removed: bool = False, has_passwords: bool = True) -> list[str]:
        return [*words.acts(of_removed, has_passwords, "instructors", "organisers")]

    assert acts()[-4:] == ["password", "remove", "export", "erase"]
    assert "password" not in acts(has_passwords=False)
    assert acts(of_removed=True) == ["readmit", "export", "erase"]
