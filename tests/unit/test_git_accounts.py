from collections.abc import Iterator
from pathlib import Path

import pytest

from sardonyx_services.people.database import Place
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.git_accounts import GitAccount, GitAccounts, GitSecret, check_token, forge_address
from sardonyx_services.people.store import PeopleStore

KEY = bytes(range(32))
FORGE = "https://git.example.org"
SECRET = GitSecret("the-token", "amina")


@pytest.fixture
def people(people_place: Place) -> Iterator[PeopleStore]:
    """A people store with Amina in it."""
    store = PeopleStore(people_place)
    store.signed_in("test", "amina", "amina")
    yield store
    store.close()


@pytest.fixture
def amina(people: PeopleStore) -> str:
    """Her id."""
    return people.everybody()[0].id


@pytest.fixture
def accounts(people: PeopleStore) -> GitAccounts:
    """What people have."""
    return people.git_accounts(KEY)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("github.com", "https://github.com"),
        (" https://GitHub.com/ann/stats ", "https://github.com"),
        ("https://git.example.org:443/x", "https://git.example.org"),
        ("git.example.org:8443", "https://git.example.org:8443"),
        ("http://127.0.0.1:3000/x", "http://127.0.0.1:3000"),
    ],
)
def test_a_forge_is_named_as_people_copy_it(text: str, address: str) -> None:
    """The address of a repository says as well which forge it is."""
    assert forge_address(text) == address


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "This is not the address of a place with repositories"),
        ("https://", "This is not the address of a place with repositories"),
        ("two words", "This is not the address of a place with repositories"),
        ("https://[x", "This is not the address of a place with repositories"),
        ("https://x.example:99999", "This is not the address of a place with repositories"),
        ("a\nb", "This is not the address of a place with repositories"),
        ("http://git.example.org", "A token is sent to an address that begins with https:// only"),
        ("ssh://git.example.org", "A token is sent to an address that begins with https:// only"),
        ("https://me:secret@git.example.org", "Take out what stands before the @"),
    ],
)
def test_nothing_else_gets_a_token(text: str, said: str) -> None:
    """With what to write instead."""
    with pytest.raises(PeopleError) as caught:
        forge_address(text)

    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  ", "There is no token"),
        ("two words", "This is not a token"),
        ("a\nb", "This is not a token"),
        ("tökén", "This is not a token"),
        ("x" * 5000, "This is not a token"),
    ],
)
def test_what_cannot_be_a_token_is_refused(text: str, said: str) -> None:
    """Before it is kept."""
    with pytest.raises(PeopleError, match=said):
        check_token(text)


def test_a_token_is_kept_until_it_is_forgotten(accounts: GitAccounts, amina: str) -> None:
    """For one person and one forge."""
    accounts.keep(amina, FORGE, SECRET)
    assert accounts.secret(amina, FORGE) == SECRET
    assert accounts.secret(amina, "https://other.example.org") is None
    assert accounts.secret("somebody-else", FORGE) is None

    accounts.forget(amina, FORGE)
    assert accounts.secret(amina, FORGE) is None
    assert accounts.of(amina) == []


def test_no_file_has_a_token_in_it(tmp_path: Path) -> None:
    """Whoever gets a backup without its secrets gets no token."""
    people = PeopleStore(tmp_path / "people.sqlite")
    person = people.signed_in("test", "amina", "amina")
    people.git_accounts(KEY).keep(person.id, FORGE, SECRET)
    people.close()

    assert all(b"the-token" not in path.read_bytes() for path in tmp_path.iterdir())


def test_a_token_that_cannot_be_opened_any_more_is_asked_for_again(people: PeopleStore, amina: str) -> None:
    """As after a backup whose secrets were lost."""
    people.git_accounts(KEY).keep(amina, FORGE, SECRET)
    other = people.git_accounts(bytes(32))

    assert other.secret(amina, FORGE) is None
    assert [account.is_refused for account in other.of(amina)] == [True]


def test_a_refusal_counts_for_the_token_that_was_refused(accounts: GitAccounts, amina: str) -> None:
    """Somebody may have given a new one meanwhile; that is not marked, and a mark goes with it."""
    accounts.keep(amina, FORGE, SECRET)
    accounts.refuse(amina, FORGE, "another")
    assert not accounts.of(amina)[0].is_refused

    accounts.refuse(amina, FORGE, "the-token")
    assert accounts.of(amina)[0].is_refused

    accounts.keep(amina, FORGE, GitSecret("new"))
    assert not accounts.of(amina)[0].is_refused


def test_the_page_knows_when_a_token_was_used(accounts: GitAccounts, amina: str) -> None:
    """And never shows the token itself."""
    accounts.keep(amina, FORGE, SECRET)
    assert accounts.of(amina)[0].used is None

    accounts.secret(amina, FORGE)

    assert accounts.of(amina)[0].used is not None
    assert set(GitAccount.__dataclass_fields__) == {"address", "made", "used", "is_refused"}


def test_tokens_of_who_was_removed_are_deleted(accounts: GitAccounts, amina: str, people: PeopleStore) -> None:
    """Also where they come back."""
    accounts.keep(amina, FORGE, SECRET)

    people.remove("amina")

    assert accounts.of(amina) == []
