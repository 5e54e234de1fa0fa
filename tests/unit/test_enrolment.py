"""What a roster would change, before anything is changed."""

from dataclasses import dataclass
from typing import Any

import pytest

from sardonyx_services.people.enrolment import enrol
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.invitations import Invitation
from sardonyx_services.people.roster import read_roster


@dataclass(frozen=True)
class Somebody:
    """Somebody who is known here."""

    id: str
    name: str
    mail: str = ""


PEOPLE = (
    Somebody("1", "amina", "amina@example.org"),
    Somebody("2", "bob"),
)


def refuse(name: str) -> str:
    """Refuse names with a star, as the rules for local accounts do."""
    if "*" in name:
        raise PeopleError("A name has no star.")
    return name


def planned(text: str, **more: Any) -> Any:
    """Read a roster with titles, and decide."""
    how: dict[str, Any] = {"members": {}, "usual": "student", "new_name": refuse, **more}
    return enrol(read_roster(f"name,mail,role\n{text}\n".encode()), PEOPLE, **how)


@pytest.mark.parametrize(
    ("line", "members", "step", "role"),
    [
        ("amina,,", {}, "joins", "student"),
        ("amina,AMINA@example.org,", {}, "joins", "student"),
        ("bob,bob@example.org,", {}, "joins", "student"),
        ("amina,,staff", {}, "joins", "instructor"),
        ("amina,,", {"1": "instructor"}, "stays", "instructor"),
        ("amina,,staff", {"1": "instructor"}, "stays", "instructor"),
        ("amina,,student", {"1": "instructor"}, "changes", "student"),
        ("dora,dora@example.org,", {}, "is new", "student"),
    ],
)
def test_a_line_becomes_what_it_says(line: str, members: dict[str, str], step: str, role: str) -> None:
    """Whoever is in the class already keeps what they are, unless the roster names it."""
    (place,) = planned(line, members=members).places

    assert (place.step, place.role) == (step, role)
    assert bool(place.person) == (step != "is new")


@pytest.mark.parametrize(
    ("line", "step", "name", "role"),
    [
        ("Eva,,", "invited", "eva", "student"),
        ("eva@example.org,eva@example.org,assistant", "invited", "eva@example.org", "assistant"),
        ("fay,,", "waits", "fay", "assistant"),
        ("fay,fay@example.org,", "waits", "fay", "assistant"),
        ("fay,new@example.org,", "invited", "fay", "assistant"),
        ("fay,,student", "invited", "fay", "student"),
        ("bob,,", "joins", "bob", "student"),
    ],
)
def test_who_is_not_known_yet_is_invited(line: str, step: str, name: str, role: str) -> None:
    """Where people can be; who was before stays what they are to be, unless the roster says otherwise."""
    invited = {"fay": Invitation("fay", "assistant", "fay@example.org")}

    (place,) = planned(line, new_name=None, invited=invited).places

    assert (place.step, place.name, place.role) == (step, name, role)


def test_a_name_that_nobody_can_have_is_not_invited() -> None:
    """They would never come; the sign of the kelvin is no K."""
    found = planned("Eva Berg,,\n\u212aim,,", new_name=None, invited={})

    said = "A name has the letters a to z, digits, and dots or dashes between them, such as amina or amina-2."
    assert [fault.text for fault in found.faults] == [said, said]


@pytest.mark.parametrize(
    ("line", "new_name", "said"),
    [
        (
            "amina,other@example.org,staff", refuse,
            "amina has another address here: is it somebody else? Without the address the name counts.",
        ),
        ("eva,,", None, "eva is not known here: they sign in once first."),
        ("e*a,,", refuse, "A name has no star."),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_used_says_why(line: str, new_name: Any, said: str) -> None:
    """And changes nothing."""
    found = planned(line, new_name=new_name)

    assert [fault.text for fault in found.faults] == [said]
    assert found.places == ()
