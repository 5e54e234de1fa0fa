import json
from dataclasses import replace

import pytest

from sardonyx_services.credentials.errors import BadRequestError
from sardonyx_services.credentials.places import Place, group_places, narrowed, own_places
from sardonyx_services.credentials.policy import LONGEST, session_policy
from sardonyx_services.credentials.wish import Wish
from sardonyx_services.people.groups import Membership, Role

PERSON = "abcd2345efgh6789"
HOME = Place(f"home/{PERSON}/", is_writable=True)
PUBLIC = Place("public/", is_writable=False)


def test_objects_are_those_below_the_persons_own_prefix() -> None:
    """The slash at the end keeps `home/abc` from reaching `home/abcd`."""
    policy = json.loads(session_policy("bucket", [HOME]))

    objects = next(s for s in policy["Statement"] if "s3:GetObject" in s["Action"])
    assert objects["Resource"] == [f"arn:aws:s3:::bucket/home/{PERSON}/*"]


def test_what_is_not_writable_can_be_read_and_listed_only() -> None:
    """Nobody but its staff changes what a class shares."""
    policy = json.loads(session_policy("bucket", [HOME, PUBLIC]))

    public = [s for s in policy["Statement"] if "arn:aws:s3:::bucket/public/*" in s["Resource"]]
    assert [s["Action"] for s in public] == [["s3:GetObject"]]
    assert "public/*" in policy["Statement"][0]["Condition"]["StringLike"]["s3:prefix"]


def test_listing_is_bound_to_the_prefix() -> None:
    """Without the condition a session would list everybody's names."""
    policy = json.loads(session_policy("bucket", [HOME]))

    lists = next(s for s in policy["Statement"] if "s3:ListBucket" in s["Action"])
    assert lists["Condition"] == {"StringLike": {"s3:prefix": [f"home/{PERSON}/*", f"home/{PERSON}"]}}


def test_a_session_cannot_change_rights() -> None:
    """No policies, no access lists, no buckets, no STS, and nobody's unfinished uploads are listed."""
    actions = {action for s in json.loads(session_policy("bucket", [HOME]))["Statement"] for action in s["Action"]}

    assert not [
        a
        for a in actions
        if "Acl" in a or "Uploads" in a or "Policy" in a or "CreateBucket" in a or a.startswith("sts") or "*" in a
    ]


def test_the_policy_is_compact_and_fits_every_store() -> None:
    """2,048 characters are the limit everywhere, and one store refuses spaces."""
    student = Membership("class", "7mw2kfqd", "student", "Statistics")
    text = session_policy("b" * 63, (*own_places(PERSON, is_admin=True), *group_places(PERSON, student)))

    assert " " not in text
    assert len(text) <= LONGEST


def test_letters_of_any_script_take_the_room_that_they_need_and_no_more() -> None:
    """Written as ASCII each would take six characters, and folders of Chinese names would fit no policy."""
    folder = Place(f"home/{PERSON}/{'数据' * 40}/", is_writable=True)
    text = session_policy("b" * 63, [folder])

    assert "数据" in text
    assert len(text.encode()) <= LONGEST


def test_a_space_in_the_name_of_a_folder_is_none_in_the_policy() -> None:
    """In the form that is sent it would be a plus, which one store does not read as a space."""
    text = session_policy("bucket", [Place(f"home/{PERSON}/my data/", is_writable=True)])

    assert " " not in text
    assert f"arn:aws:s3:::bucket/home/{PERSON}/my data/*" in json.loads(text)["Statement"][-1]["Resource"]


def test_a_folder_whose_name_is_too_long_for_a_policy_is_refused_in_a_sentence() -> None:
    """Stores count bytes, and who wrote the name counts letters."""
    folder = Place(f"home/{PERSON}/{'数据' * 110}/", is_writable=True)

    with pytest.raises(BadRequestError) as caught:
        session_policy("bucket", [folder])

    assert caught.value.message == (
        "“prefix” is too long for the data store: letters beyond a to z take more room. Ask for a shorter one."
    )


def test_the_policy_of_who_keeps_something_fits_every_store() -> None:
    """It has the places of a class, and one of one's own."""
    instructor = Membership("class", "7mw2kfqd", "instructor", "Statistics")
    places = (*own_places(PERSON, is_admin=True), *group_places(PERSON, instructor))

    text = session_policy("b" * 63, narrowed(places, Wish("class-7mw2kfqd", keeps=True)))

    assert len(text) <= LONGEST
    assert "public" not in text


def test_what_is_full_is_read_and_deleted_only() -> None:
    """So there is room again; nothing else that is not full loses anything by it."""
    full = replace(HOME, is_full=True)
    policy = json.loads(session_policy("bucket", [full, PUBLIC]))

    [home] = [s for s in policy["Statement"] if f"arn:aws:s3:::bucket/{HOME.prefix}*" in s["Resource"]]
    assert {"s3:GetObject", "s3:DeleteObject"} < set(home["Action"])
    assert "s3:PutObject" not in home["Action"]


def test_the_policy_fits_also_where_one_place_is_full() -> None:
    """The longest that there is: staff and an administrator, with a class that is full and a home that is not."""
    roles: tuple[Role, ...] = ("student", "instructor")
    for role in roles:
        member = Membership("class", "7mw2kfqd", role, "Statistics")
        full = [replace(place, is_full=True) for place in group_places(PERSON, member)]

        text = session_policy("b" * 63, (*own_places(PERSON, is_admin=True), *full))
        assert len(text) <= LONGEST
