import json

import pytest

from sardonyx_services.credentials.policy import LONGEST, home_prefix, session_policy

PERSON = "abcd2345efgh6789"


BAD = ["", "short", "a/b/c/d/e/f", "..........", "abcd*efgh", "abcd?efgh", "${aws:user}", "ABCDEFGHIJ", "abcdefgh\n"]


@pytest.mark.parametrize("bad", BAD)
def test_only_an_id_of_ours_becomes_a_prefix(bad: str) -> None:
    """A wildcard, a slash or a variable would reach somebody else's place."""
    with pytest.raises(ValueError, match="not a person's id"):
        home_prefix(bad)


def test_objects_are_those_below_the_persons_own_prefix() -> None:
    """The slash at the end keeps `home/abc` from reaching `home/abcd`."""
    policy = json.loads(session_policy("bucket", PERSON))

    objects = next(s for s in policy["Statement"] if "s3:GetObject" in s["Action"])
    assert objects["Resource"] == [f"arn:aws:s3:::bucket/home/{PERSON}/*"]


def test_listing_is_bound_to_the_prefix() -> None:
    """Without the condition a session would list everybody's names."""
    policy = json.loads(session_policy("bucket", PERSON))

    lists = next(s for s in policy["Statement"] if "s3:ListBucket" in s["Action"])
    assert lists["Condition"] == {"StringLike": {"s3:prefix": [f"home/{PERSON}/*", f"home/{PERSON}"]}}


def test_a_session_cannot_change_rights() -> None:
    """No policies, no access lists, no buckets, no STS."""
    actions = {action for s in json.loads(session_policy("bucket", PERSON))["Statement"] for action in s["Action"]}

    assert not [
        a for a in actions if "Acl" in a or "Policy" in a or "CreateBucket" in a or a.startswith("sts") or "*" in a
    ]


def test_the_policy_is_compact_and_fits_every_store() -> None:
    """2,048 characters are the limit everywhere, and one store refuses spaces."""
    text = session_policy("b" * 63, "a" * 64)

    assert " " not in text
    assert len(text) <= LONGEST
