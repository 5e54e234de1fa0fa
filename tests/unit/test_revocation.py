import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sardonyx_services.credentials.audit import Issued
from sardonyx_services.credentials.revocation import (
    LONGEST_POLICY,
    Living,
    Person,
    bucket_policy,
    given_place,
    is_still_theirs,
    session_arn,
)
from sardonyx_services.people.groups import Membership

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ID = "abcd2345efgh6789"
HOME, PUBLIC = f"home/{ID}/:rw", "public/:r"
STUDENT = Membership("class", "7mw2kfqd", "student", "Statistics")
STAFF = replace(STUDENT, role="instructor")
OF_STUDENT = ("class/7mw2kfqd/shared/:r", f"class/7mw2kfqd/hand-in/{ID}/:rw")
OF_STAFF = ("class/7mw2kfqd/shared/:rw", "class/7mw2kfqd/hand-in/:r")
ROLE = "arn:aws:iam::role/sardonyx"


def issued(*places: str, session: str = f"{ID}-run1", server: str = "", life_s: int = 3600) -> Issued:
    """Return keys that were given now."""
    return Issued(NOW, "s3", ID, "amina", server, session, places, NOW + timedelta(seconds=life_s))


def refused(living: Living, person_of: Callable[[str], Person | None], now: datetime = NOW) -> tuple[str, ...]:
    """Return the names of the sessions that the store has to refuse."""
    return tuple(each.session for each in living.to_refuse(now, person_of))


@pytest.mark.parametrize(
    ("places", "person", "theirs"),
    [
        pytest.param((HOME, PUBLIC), Person(ID), True, id="own"),
        pytest.param((HOME, PUBLIC), None, False, id="removed"),
        pytest.param((HOME, *OF_STUDENT), Person(ID, memberships=(STUDENT,)), True, id="student"),
        pytest.param((HOME, *OF_STUDENT), Person(ID), False, id="left-the-class"),
        pytest.param((HOME, *OF_STAFF), Person(ID, memberships=(STUDENT,)), False, id="staff-no-more"),
        pytest.param((HOME, *OF_STUDENT), Person(ID, memberships=(STAFF,)), False, id="student-became-staff"),
        pytest.param((f"home/{ID}/data/:r",), Person(ID), True, id="less"),
        pytest.param((HOME, "public/:rw"), Person(ID, is_admin=True), True, id="administrator"),
        pytest.param((HOME, "public/:rw"), Person(ID), False, id="administrator-no-more"),
    ],
)
def test_keys_are_compared_with_what_their_owner_may_reach_now(
    places: tuple[str, ...],
    person: Person | None,
    theirs: bool,  # noqa: FBT001 - pytest passes by name
) -> None:
    """A student who becomes staff gets other keys: what they handed in is not theirs to change any more."""
    assert is_still_theirs(issued(*places), person, NOW) is theirs


def test_places_are_read_as_they_are_written() -> None:
    """The audit log is what is known after a restart."""
    assert given_place(HOME).is_writable
    assert given_place(HOME).prefix == f"home/{ID}/"
    assert not given_place(PUBLIC).is_writable


def test_nothing_is_refused_while_everything_is_theirs() -> None:
    """The usual case costs the store nothing."""
    living = Living([issued(HOME, PUBLIC)], NOW)

    assert refused(living, lambda _: Person(ID)) == ()


def test_the_keys_of_who_was_removed_are_refused_until_they_end() -> None:
    """Also those that were given before a restart."""
    living = Living([issued(HOME)], NOW)

    assert refused(living, lambda _: None) == (f"{ID}-run1",)
    assert refused(living, lambda _: None, NOW + timedelta(hours=1)) == ()


def test_who_leaves_a_class_keeps_the_other_keys() -> None:
    """One's own work goes on."""
    living = Living([], NOW)
    living.add(issued(HOME))
    living.add(issued(HOME, *OF_STUDENT, session=f"{ID}-run1-7mw2kfqd"))

    assert refused(living, lambda _: Person(ID)) == (f"{ID}-run1-7mw2kfqd",)


def test_narrower_keys_of_a_session_do_not_hide_the_wider_ones() -> None:
    """Both are good with the same session."""
    living = Living([], NOW)
    living.add(issued(HOME, "public/:rw"))
    living.add(issued(f"home/{ID}/data/:r"))

    assert refused(living, lambda _: Person(ID)) == (f"{ID}-run1",)


def test_the_keys_of_a_server_that_ended_are_refused_and_not_those_of_its_next_run() -> None:
    """A copy of them would work on somewhere else."""
    living = Living([], NOW)
    living.add(issued(HOME))
    living.add(issued(HOME, session=f"{ID}-other", server="thesis"))

    living.end("amina", "")
    living.add(issued(HOME, session=f"{ID}-run2"))

    assert refused(living, lambda _: Person(ID)) == (f"{ID}-run1",)


def test_keys_that_are_given_while_it_is_looked_are_looked_at_the_next_time() -> None:
    """A class signs in while somebody is removed: the look goes on, and no keys are forgotten."""
    other = replace(issued(HOME), person="zzzz2345zzzz6789", session="zzzz2345zzzz6789-run1")
    living = Living([issued(HOME)], NOW)

    def removed_meanwhile(_person: str) -> None:
        living.add(other)

    assert refused(living, removed_meanwhile) == (f"{ID}-run1",)
    assert set(refused(living, lambda _person: None)) == {f"{ID}-run1", other.session}


def test_access_to_secrets_is_not_the_stores_matter() -> None:
    """Vault revokes by itself."""
    vault = replace(issued("class-7mw2kfqd"), service="vault")

    assert refused(Living([vault], NOW), lambda _: None) == ()


def test_the_policy_refuses_these_sessions_and_nobody_else() -> None:
    """Everything, in the whole bucket."""
    policy = json.loads(bucket_policy("bucket", ROLE, ["one", "two"]))

    (statement,) = policy["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Principal"]["AWS"] == [
        "arn:aws:sts::assumed-role/sardonyx/one",
        "arn:aws:sts::assumed-role/sardonyx/two",
    ]
    assert statement["Resource"] == ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"]
    assert bucket_policy("bucket", ROLE, []) == ""


@pytest.mark.parametrize(
    ("role", "session"),
    [
        pytest.param("arn:aws:iam::role/sardonyx", "arn:aws:sts::assumed-role/sardonyx/s", id="embedded"),
        pytest.param("arn:aws:iam:::role/sardonyx", "arn:aws:sts:::assumed-role/sardonyx/s", id="ceph"),
        pytest.param(
            "arn:aws:iam::123456789012:role/science/sardonyx",
            "arn:aws:sts::123456789012:assumed-role/sardonyx/s",
            id="aws-with-a-path",
        ),
        pytest.param(
            "arn:aws-cn:iam::123456789012:role/sardonyx",
            "arn:aws-cn:sts::123456789012:assumed-role/sardonyx/s",
            id="aws-in-china",
        ),
    ],
)
def test_a_session_is_named_as_its_store_does(role: str, session: str) -> None:
    """AWS: IAM identifiers, assumed-role sessions; a path of the role is not in there."""
    assert session_arn(role, "s") == session


def test_what_others_wrote_in_the_policy_of_the_bucket_stays() -> None:
    """Such as that nothing is sent unencrypted; also when nobody is refused any more."""
    theirs = {"Sid": "OnlyTls", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    before = json.dumps({"Version": "2012-10-17", "Statement": theirs})

    policy = bucket_policy("bucket", ROLE, ["one"], before)
    after = bucket_policy("bucket", ROLE, ["two"], policy)
    none = bucket_policy("bucket", ROLE, [], after)

    assert [each["Sid"] for each in json.loads(policy)["Statement"]] == ["OnlyTls", "SardonyxRefusesSessions"]
    assert [each["Sid"] for each in json.loads(after)["Statement"]] == ["OnlyTls", "SardonyxRefusesSessions"]
    assert json.loads(after)["Statement"][1]["Principal"]["AWS"] == [session_arn(ROLE, "two")]
    assert json.loads(none)["Statement"] == [theirs]


def test_the_keys_that_were_given_last_tell_when_a_session_was_used() -> None:
    """A store that ends sessions one by one learns that one was begun again."""
    again = replace(issued(f"home/{ID}/data/:r", life_s=900), time=NOW + timedelta(minutes=1))
    living = Living([issued(HOME), again], NOW)

    assert living.to_refuse(NOW, lambda _: None) == (again,)


def test_a_policy_without_room_has_those_who_were_removed() -> None:
    """Servers that ended come last: their owners may have the data anyway."""
    living = Living([], NOW)
    for number in range(600):
        living.add(issued(HOME, session=f"{ID}-ended{number:06d}", server=str(number)))
        living.end("amina", str(number))
    removed = replace(issued(HOME, session="zzzz-removed", life_s=900), person="zzzz", name="bela")
    living.add(removed)

    sessions = refused(living, lambda person: Person(ID) if person == ID else None)
    text = bucket_policy("bucket", ROLE, sessions)

    assert sessions[0] == "zzzz-removed"
    assert len(sessions) == 601
    assert len(text) <= LONGEST_POLICY
    assert "assumed-role/sardonyx/zzzz-removed" in text


def test_a_server_that_is_called_laptop_ends_no_keys_of_a_laptop() -> None:
    """Their sessions are told apart, whatever servers are called."""
    of_laptop = issued(HOME, session=f"{ID}-laptop-0123456789ab", server="laptop")
    of_server = issued(HOME, session=f"{ID}-run1", server="laptop")
    living = Living([of_laptop, of_server], NOW)

    living.end("amina", "laptop")

    assert refused(living, lambda _: Person(ID)) == (of_server.session,)
    assert living.of(ID, NOW) == (of_laptop,)


def test_the_keys_that_somebody_has_are_those_that_still_work() -> None:
    """Nobody else's."""
    short = issued(HOME, session=f"{ID}-run2", life_s=60)
    living = Living([issued(HOME), short, replace(issued(HOME, session="x-run1"), person="x")], NOW)

    assert living.of(ID, NOW + timedelta(minutes=2)) == (issued(HOME),)
