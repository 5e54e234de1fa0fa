"""`sardonyx user export` and `erase`: what an operator types when somebody asks what is kept of them, or wants it gone."""

import json

import pytest
from click.testing import CliRunner

from sardonyx_hub_config.commands.users import user
from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.store import PeopleStore


@pytest.fixture
def people(people_of_a_place: PeopleStore) -> PeopleStore:
    """One person, who signs in elsewhere."""
    people_of_a_place.signed_in("university", "a", "amina", mail="amina@example.org")
    return people_of_a_place


def run(*words: str, stdin: str = "") -> str:
    """Type a command; return what it prints."""
    return CliRunner().invoke(user, words, input=stdin, catch_exceptions=False, standalone_mode=False).output


def test_what_is_known_is_printed_for_programs(people: PeopleStore) -> None:
    """By name, and by id for who was removed."""
    record = people.by_name("amina")
    assert record is not None
    known = json.loads(run("export", "amina"))
    assert (known["mail"], known["credentials"]) == ("amina@example.org", [])
    people.remove("amina")

    assert json.loads(run("export", record.id))["removed"] is not None
    with pytest.raises(OperatorError, match="there is nobody called “amina” here, and nobody with that id."):
        run("export", "amina")


def test_somebody_is_erased_after_a_question(people: PeopleStore) -> None:
    """It is said when, and how to take it back."""
    assert run("erase", "amina", stdin="n\n").endswith("Nothing was changed.\n")
    assert people.by_name("amina") is not None

    said = run("erase", "amina", "--yes")

    assert said.startswith("amina is removed. All that is theirs is deleted from 2")
    assert "and this takes it back: sardonyx user readmit " in said
    assert people.by_name("amina") is None
    assert [(each.who, each.what) for each in people.actions.latest()] == [(OPERATOR, "erase-wish")]
    with pytest.raises(OperatorError, match="There is nobody called “amina” here, .* Nothing was changed."):
        run("erase", "amina", "--yes")
    assert run("readmit", "amina") == "amina can sign in again.\n"
