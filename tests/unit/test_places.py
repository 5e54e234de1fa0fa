from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sardonyx_services.credentials.errors import BadRequestError, NotAllowedError
from sardonyx_services.credentials.places import (
    Place,
    group_places,
    home_prefix,
    narrowed,
    own_places,
    seconds_left,
    wished_groups,
)
from sardonyx_services.credentials.wish import Wish, usual_wish, wish_of
from sardonyx_services.people.groups import Membership, Role, group_names

UNTIL = datetime(2026, 12, 11, 17, 0, tzinfo=UTC)
PERSON = "abcd2345efgh6789"
STUDENT = Membership("class", "7mw2kfqd", "student", "Statistics")
STAFF = Membership("class", "7mw2kfqd", "instructor", "Statistics")
TEAM = Membership("team", "k3qd9zzz", "member", "Team 3")
OWN = own_places(PERSON, is_admin=False)
BAD = ["", "short", "a/b/c/d/e/f", "..........", "abcd*efgh", "abcd?efgh", "${aws:user}", "ABCDEFGHIJ", "abcdefgh\n"]


@pytest.mark.parametrize("bad", BAD)
def test_only_an_id_of_ours_becomes_a_prefix(bad: str) -> None:
    """A wildcard, a slash or a variable would reach somebody else's place."""
    with pytest.raises(ValueError, match="not an id of ours"):
        home_prefix(bad)
    with pytest.raises(ValueError, match="not an id of ours"):
        group_places(PERSON, Membership("class", bad, "student", ""))


def test_everybody_has_a_place_of_their_own_and_reads_what_is_published() -> None:
    """Publishing is for administrators."""
    assert (Place(f"home/{PERSON}/", is_writable=True), Place("public/", is_writable=False)) == OWN
    assert own_places(PERSON, is_admin=True)[1] == Place("public/", is_writable=True)


@pytest.mark.parametrize(
    ("membership", "places"),
    [
        pytest.param(
            STUDENT, [("class/7mw2kfqd/shared/", False), (f"class/7mw2kfqd/hand-in/{PERSON}/", True)], id="student"
        ),
        pytest.param(STAFF, [("class/7mw2kfqd/shared/", True), ("class/7mw2kfqd/hand-in/", False)], id="staff"),
        pytest.param(TEAM, [("team/k3qd9zzz/", True)], id="team"),
    ],
)
def test_what_a_member_reaches(membership: Membership, places: list[tuple[str, bool]]) -> None:
    """A student hands in and reads what is shared; staff share and read what was handed in; a team shares all."""
    assert [(place.prefix, place.is_writable) for place in group_places(PERSON, membership)] == places


def test_a_group_is_found_by_its_id() -> None:
    """Among two hundred as among one."""
    many = [Membership("class", f"{number:08d}", "student", "") for number in range(200)]

    assert wished_groups(Wish(group="class-00000123"), many) == (many[123],)
    assert wished_groups(Wish(), many) == ()


@pytest.mark.parametrize(
    "name",
    [
        "class-k3qd9zzz",
        "team-7mw2kfqd",
        "class-7mw2kfqd-staff",
        "class-*",
        "7mw2kfqd",
        "Class-7mw2kfqd",
        "class-7mw2kfqd/",
    ],
)
def test_a_group_that_one_is_not_in_does_not_exist(name: str) -> None:
    """The sentence is the same whether there is such a class or not."""
    with pytest.raises(
        NotAllowedError, match="You are in no class or team “.*”, or it has ended. See what you can reach"
    ):
        wished_groups(Wish(group=name), [STUDENT, TEAM])
    # A server that was of it goes on with what is its person's own, and with no more.
    assert wished_groups(usual_wish(name), [STUDENT, TEAM]) == ()


def test_a_server_of_an_event_has_the_place_of_the_team_in_it_too() -> None:
    """And of no other team or event; who asks for the event by name gets the event."""
    event = Membership("event", "evnt2345", "participant", "Hackathon")
    ours, other = replace(TEAM, within="evnt2345"), Membership("team", "other234", "member", "Elsewhere", within="x")
    memberships = [STUDENT, event, other, ours, TEAM]

    assert wished_groups(usual_wish("event-evnt2345"), memberships) == (event, ours)
    assert wished_groups(usual_wish("class-7mw2kfqd"), memberships) == (STUDENT,)
    assert wished_groups(Wish(group="event-evnt2345"), memberships) == (event,)


def test_staff_are_in_a_group_of_their_own_too() -> None:
    """A policy for staff does not have to know their names."""
    assert group_names([STUDENT, TEAM]) == ("class-7mw2kfqd", "team-k3qd9zzz")
    assert group_names([STAFF]) == ("class-7mw2kfqd", "class-7mw2kfqd-staff")


def test_what_is_kept_of_a_class_is_read_there_and_written_in_one_folder_of_ones_own() -> None:
    """Neither the rest of one's own place, nor what is published, nor anything of the class is changed."""
    places = narrowed((*OWN, *group_places(PERSON, STUDENT)), Wish("class-7mw2kfqd", keeps=True))

    assert {place.prefix for place in places if place.is_writable} == {f"home/{PERSON}/kept/"}
    assert {place.prefix for place in places if not place.is_writable} == {
        "class/7mw2kfqd/shared/",
        f"class/7mw2kfqd/hand-in/{PERSON}/",
    }


def test_what_staff_keep_is_all_that_was_handed_in() -> None:
    """They read it, and their folder is their own."""
    places = narrowed((*OWN, *group_places(PERSON, STAFF)), Wish("class-7mw2kfqd", keeps=True))

    assert {(place.prefix, place.is_writable) for place in places} == {
        (f"home/{PERSON}/kept/", True),
        ("class/7mw2kfqd/shared/", False),
        ("class/7mw2kfqd/hand-in/", False),
    }


def test_keys_can_be_narrowed_to_a_folder_and_to_reading() -> None:
    """For a program that one does not trust with everything."""
    folder = f"home/{PERSON}/data/"

    assert narrowed(OWN, Wish(prefix=folder)) == (Place(folder, is_writable=True),)
    assert narrowed(OWN, Wish(prefix=folder, read_only=True)) == (Place(folder, is_writable=False),)
    assert narrowed(OWN, Wish(prefix="public/maps/")) == (Place("public/maps/", is_writable=False),)
    assert not any(place.is_writable for place in narrowed(OWN, Wish(read_only=True)))


@pytest.mark.parametrize(
    "prefix", ["home/", "home/zzzz2345efgh6789/", f"home/{PERSON}x/", "class/7mw2kfqd/shared/", "/"]
)
def test_nobody_narrows_to_what_is_not_theirs(prefix: str) -> None:
    """Narrower is not elsewhere."""
    with pytest.raises(NotAllowedError, match=f"is none of your places. Yours is home/{PERSON}/"):
        narrowed(OWN, Wish(prefix=prefix))


@pytest.mark.parametrize(
    "prefix",
    [
        "home/*/",
        "home/a?c/",
        "home/${aws:userid}/",
        "home//x/",
        "home/../x/",
        "../",
        "./",
        "home/a\\b/",
        "home/a\n/",
        "no-slash",
        "x/" * 200,
    ],
)
def test_a_prefix_that_stores_would_read_otherwise_is_refused(prefix: str) -> None:
    """Wildcards, variables, and what some stores resolve."""
    with pytest.raises(BadRequestError, match="“prefix” has to be a folder of the bucket, with a slash at its end"):
        wish_of("", [("prefix", prefix)])


@pytest.mark.parametrize(
    ("query", "said"),
    [
        pytest.param([("access", "write")], "“access” can be “read”; leave it out", id="write"),
        pytest.param([("lifetime", "899")], "“lifetime” is a number of seconds, 900 at least", id="short"),
        pytest.param([("lifetime", "-1")], "“lifetime” is a number of seconds", id="negative"),
        pytest.param([("lifetime", "9" * 400)], "“lifetime” is a number of seconds", id="huge"),
        pytest.param([("access", "read"), ("access", "read")], "something is said twice", id="twice"),
        pytest.param([("person", "bela")], "“person” is not known here. Ask with “access=read”", id="person"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(query: list[tuple[str, str]], said: str) -> None:
    """With what to write instead."""
    with pytest.raises(BadRequestError, match=said):
        wish_of("", query)


def test_a_wish_is_read_from_a_request() -> None:
    """Everything in it is optional."""
    whole: Any = [("access", "read"), ("prefix", "public/"), ("lifetime", "900")]

    assert wish_of("", []) == Wish()
    assert wish_of("team-k3qd9zzz", whole) == Wish("team-k3qd9zzz", read_only=True, prefix="public/", lifetime_s=900)


@pytest.mark.parametrize(
    ("role", "now", "is_writable", "left_s"),
    [
        ("student", UNTIL - timedelta(seconds=90), True, 90),
        ("student", UNTIL, False, 0),
        ("student", UNTIL + timedelta(days=1), False, 0),
        ("student", None, True, None),
        ("instructor", UNTIL + timedelta(days=1), False, None),
    ],
)
def test_what_was_handed_in_is_only_read_after_the_deadline(
    role: Role,
    now: datetime | None,
    is_writable: bool,  # noqa: FBT001 - pytest passes by name
    left_s: int | None,
) -> None:
    """By who handed it in, and as before by staff."""
    membership = Membership("class", "7mw2kfqd", role, "Statistics", writes_until=UNTIL if role == "student" else None)

    own = group_places(PERSON, membership, now)[1]
    assert (own.is_writable, own.writes_until) == (is_writable, membership.writes_until)
    if now is not None:
        assert seconds_left(membership.writes_until, now) == left_s
