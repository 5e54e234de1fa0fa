"""People who are to be in a class before they have ever signed in: who is let in by which word, and who never is."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.courses import Opened
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.invitations import MOST, Invitation
from sardonyx_services.people.store import PeopleStore

AMINA: dict[str, Any] = {"mail": "amina@example.org", "mail_is_verified": True}


@pytest.fixture
def course(people: PeopleStore) -> str:
    """The id of a class."""
    return people.groups.add("class", "Statistics")


def invite(people: PeopleStore, course: str, who: str, role: Any = "assistant", mail: str = "") -> None:
    """Invite somebody."""
    people.invitations.invite(course, [Invitation(who, role, mail)])


def come(people: PeopleStore, name: str, *, by_name: bool = True, subject: str = "1", **told: Any) -> dict[str, Any]:
    """Sign somebody in as a provider does; return what they are in classes."""
    person = people.signed_in("university", subject, name, **told).id
    people.invitations.settle(person, by_name=by_name)
    return dict(people.groups.roles_of(person))


def test_who_comes_for_the_first_time_is_in_the_class(people: PeopleStore, course: str) -> None:
    """As what they were invited; it is written down, and nobody is invited any more."""
    invite(people, course, "amina")

    assert come(people, "amina") == {course: "assistant"}

    assert people.invitations.of(course) == []
    (done,) = people.actions.of(course)
    assert (done.what, done.detail) == ("join-invited", "assistant")
    assert people.by_id(done.whom) == people.by_name("amina")


@pytest.mark.parametrize(
    ("who", "mail", "told"),
    [
        pytest.param("amina", "", {}, id="name"),
        pytest.param("amina@example.org", "", AMINA, id="address"),
        pytest.param("amina@example.org", "", {**AMINA, "mail": "Amina@Example.org"}, id="in capital letters"),
        pytest.param("a.berg", "amina@example.org", {**AMINA, "by_name": False}, id="address beside another name"),
        pytest.param("amina", "amina@example.org", {"mail": "amina@example.org"}, id="name and the same address"),
        pytest.param("amina", "amina@example.org", {}, id="name, and the provider tells no address"),
    ],
)
def test_an_invitation_is_for_whoever_the_provider_says(
    people: PeopleStore, course: str, who: str, mail: str, told: dict[str, Any]
) -> None:
    """By the name that it gives, or by an address that it has verified."""
    invite(people, course, who, mail=mail)

    assert come(people, "amina", **told) == {course: "assistant"}
    assert people.invitations.count(course) == 0


@pytest.mark.parametrize(
    ("who", "mail", "told"),
    [
        pytest.param("amina", "", {"by_name": False}, id="a name that they have chosen"),
        pytest.param("amina", "", {"by_name": False, **AMINA}, id="a chosen name, with a verified address"),
        pytest.param("amina@example.org", "", {"mail": "amina@example.org"}, id="an address that they have written"),
        pytest.param("a.berg", "amina@example.org", {"mail": "amina@example.org"}, id="one beside another name"),
        pytest.param("kim@example.org", "", {**AMINA, "mail": "\u212aim@example.org"}, id="a letter that looks alike"),
        pytest.param("amina", "other@example.org", AMINA, id="the name of somebody with another address"),
        pytest.param("bob", "", AMINA, id="somebody else"),
        pytest.param("", "", {"by_name": False, "mail": "", "mail_is_verified": True}, id="nothing at all"),
    ],
)
def test_nobody_takes_the_invitation_of_another(
    people: PeopleStore, course: str, who: str, mail: str, told: dict[str, Any]
) -> None:
    """By nothing that they can choose."""
    invite(people, course, who, mail=mail)

    assert come(people, "amina", **told) == {}
    assert people.invitations.count(course) == 1


def test_another_name_at_the_provider_opens_nothing(people: PeopleStore, course: str) -> None:
    """Some let people change it; the name that counts is the one that they have here."""
    come(people, "bob")
    invite(people, course, "amina")

    assert come(people, "amina") == {}
    assert people.by_name("bob") is not None


def test_an_address_counts_at_a_later_sign_in_too(people: PeopleStore, course: str) -> None:
    """Who invites by an address need not know whether somebody is here by then."""
    come(people, "u1234", **AMINA)
    invite(people, course, "amina@example.org", "student")

    assert come(people, "u1234", **AMINA) == {course: "student"}


def test_a_local_account_is_in_the_class_when_it_is_made(people: PeopleStore, course: str) -> None:
    """Its name is the operator's to give."""
    invite(people, course, "amina", mail="amina@example.org")

    person = people.add_account("amina", "")

    assert people.groups.members(course) == {person.id: "assistant"}


def test_an_account_of_an_event_and_somebody_of_a_platform_are_not_those(people: PeopleStore, course: str) -> None:
    """Nobody settles for them; by a course they are in its class in their own way."""
    invite(people, course, "amina")

    platform = people.signed_in("lti:moodle", "1", "amina", mail="amina@example.org")

    assert people.groups.roles_of(platform.id) == {}
    assert people.invitations.count(course) == 1


def test_inviting_again_changes_the_role_and_never_doubles(people: PeopleStore, course: str) -> None:
    """The address stays where the new list has none."""
    invite(people, course, "amina", "student", "amina@example.org")
    invite(people, course, "amina", "guest")

    assert people.invitations.of(course) == [Invitation("amina", "guest", "amina@example.org")]
    assert people.invitations.count(course) == 1


def test_of_two_invitations_the_latest_counts(people: PeopleStore, course: str) -> None:
    """By a name, and by an address of the same person; other classes have their own."""
    other = people.groups.add("class", "Geometry")
    invite(people, course, "amina", "student")
    invite(people, course, "amina@example.org", "instructor")
    invite(people, other, "amina", "guest")

    assert come(people, "amina", **AMINA) == {course: "instructor", other: "guest"}
    assert (people.invitations.of(course), people.invitations.of(other)) == ([], [])


def test_who_is_in_the_class_by_hand_stays_what_they_are(people: PeopleStore, course: str) -> None:
    """Somebody has put them there since; a group or a course of a platform says less than an invitation."""
    come(people, "amina", **AMINA)
    amina = people.by_name("amina")
    assert amina is not None
    people.groups.join(course, amina.id, "instructor")
    invite(people, course, "amina@example.org", "student")
    by_group = people.groups.add("class", "Of a group")
    people.classes.change(by_group, ClassDetails(provider_group="year-1"))
    people.following.follow(amina.id, {"year-1"})
    invite(people, by_group, "amina@example.org", "assistant")

    assert come(people, "amina", **AMINA) == {course: "instructor", by_group: "assistant"}
    # It is theirs from here on, also without the group.
    people.following.follow(amina.id, ())
    assert people.groups.role(by_group, amina.id) == "assistant"


def test_the_only_instructor_by_a_course_stays_one(people: PeopleStore, course: str) -> None:
    """Nobody else leads the class."""
    teacher = people.signed_in("university", "1", "amina", **AMINA).id
    opened = Opened("moodle", "1", "c", "Statistics", "instructor")
    people.courses.link(people.courses.arrive(opened, teacher, datetime.now(UTC)).course, teacher, course)
    people.courses.arrive(opened, teacher, datetime.now(UTC))
    invite(people, course, "amina@example.org", "student")

    assert come(people, "amina", **AMINA) == {course: "instructor"}


def test_who_is_put_into_the_class_is_not_invited_any_more(people: PeopleStore, course: str) -> None:
    """By the link, by hand or by a list."""
    person = people.signed_in("elsewhere", "1", "amina").id
    invite(people, course, "amina")
    invite(people, course, "bob")

    people.groups.join(course, person, "student")

    assert [each.who for each in people.invitations.of(course)] == ["bob"]


def test_an_end_takes_the_invitations_with_it(people: PeopleStore) -> None:
    """However the class ends; then nobody is invited any more."""
    ends: dict[str, Any] = {
        "by hand": people.groups.end,
        "as read": lambda group: people.classes.end(group, 1),
        "by itself": lambda group: people.classes.close(group, datetime(2026, 12, 1, tzinfo=UTC)),
    }
    for title, end in ends.items():
        made = people.groups.add("class", title)
        people.classes.change(made, ClassDetails(last_day=date(2026, 11, 1), kept_days=0))
        invite(people, made, "amina")

        end(made)

        assert people.invitations.of(made) == [], title
        with pytest.raises(PeopleError, match="There is no such class, or it has ended"):
            invite(people, made, "amina")
    assert come(people, "amina") == {}


def test_what_cannot_be_is_refused(people: PeopleStore, course: str) -> None:
    """A role that no class has, and more than any class has; then nobody of the list is invited."""
    with pytest.raises(PeopleError, match="Nobody is “organiser” there; write one of: student, guest, assistant"):
        people.invitations.invite(course, [Invitation("bob", "student"), Invitation("amina", "organiser")])
    with pytest.raises(PeopleError, match="No more than 10,000 people can be invited into a class"):
        people.invitations.invite(course, [Invitation(f"s{number}", "student") for number in range(MOST + 1)])

    assert people.invitations.count(course) == 0
    with pytest.raises(PeopleError, match="There is no such class"):
        invite(people, people.groups.add("team", "Reds"), "amina")
