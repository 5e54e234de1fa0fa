"""What a launch says of a course, and of who opens its link."""

from typing import Any

import pytest

from sardonyx_hub_config.sign_in.course import MEMBERSHIP, opened, role_of
from sardonyx_hub_config.sign_in.launch import CLAIM, LaunchRefusedError

SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        ([f"{MEMBERSHIP}#Instructor"], "instructor"),
        (["Instructor"], "instructor"),
        ([f"{MEMBERSHIP}/Instructor#PrimaryInstructor"], "instructor"),
        ([f"{MEMBERSHIP}#Instructor", f"{MEMBERSHIP}/Instructor#TeachingAssistant"], "assistant"),
        ([f"{MEMBERSHIP}#Learner"], "student"),
        (["Learner"], "student"),
        ([f"{MEMBERSHIP}#Learner", f"{INSTITUTION}#Instructor", f"{SYSTEM}#Administrator"], "student"),
        ([f"{MEMBERSHIP}#Learner", f"{MEMBERSHIP}#Mentor"], "student"),
        ([f"{MEMBERSHIP}/Learner#GuestLearner"], "guest"),
        ([f"{MEMBERSHIP}/Learner#NonCreditLearner", f"{MEMBERSHIP}#Mentor"], None),
        ([f"{MEMBERSHIP}#Mentor"], None),
        ([f"{MEMBERSHIP}#ContentDeveloper"], None),
        ([f"{SYSTEM}#Administrator", f"{INSTITUTION}#Instructor"], None),
        ([f"{SYSTEM}#Instructor"], None),
        (["https://evil.example/membership#Instructor"], None),
        ([17, None, {}], None),
        ([], None),
    ],
)
def test_what_somebody_is_in_a_course_is_what_they_are_in_its_class(roles: list[object], role: str | None) -> None:
    """And nothing that they are elsewhere on the platform."""
    assert role_of(roles) == role


def claims(context: object, **changed: object) -> dict[str, Any]:
    """Return claims of a launch in a course."""
    return {f"{CLAIM}context": context, f"{CLAIM}deployment_id": "1", f"{CLAIM}roles": ["Learner"], **changed}


def test_a_course_is_known_by_its_id() -> None:
    """In one deployment of one platform."""
    found = opened(claims({"id": "17", "title": "Statistics  101\n", "label": "STA"}), "moodle")

    assert found is not None
    assert (found.platform, found.deployment, found.key) == ("moodle", "1", "17")
    assert (found.title, found.role) == ("Statistics 101", "student")


@pytest.mark.parametrize(
    ("context", "title"),
    [({"id": "17", "label": "STA"}, "STA"), ({"id": "17"}, "17"), ({"id": "17", "title": 5}, "17")],
)
def test_a_course_without_a_title_has_another_name(context: object, title: str) -> None:
    """So that its teacher knows it."""
    found = opened(claims(context), "moodle")

    assert found is not None
    assert found.title == title


def test_a_long_title_is_cut() -> None:
    """As long as titles of classes are."""
    found = opened(claims({"id": "17", "title": "x" * 500}), "moodle")

    assert found is not None
    assert len(found.title) == 200


@pytest.mark.parametrize("context", [None, "17", []])
def test_a_link_can_be_in_no_course(context: object) -> None:
    """Its people are signed in, and that is all."""
    assert opened(claims(context), "moodle") is None


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (claims({}), "context"),
        (claims({"id": ""}), "context"),
        (claims({"id": 17}), "context"),
        (claims({"id": "x" * 256}), "context"),
        (claims({"id": "1\n7"}), "context"),
        (claims({"id": "17"}, **{f"{CLAIM}deployment_id": "x" * 256}), "deployment"),
    ],
)
def test_an_id_that_is_none_refuses_the_launch(said: dict[str, Any], why: str) -> None:
    """The log says which."""
    with pytest.raises(LaunchRefusedError, match=f"the id of its {why} is none"):
        opened(said, "moodle")


def test_roles_that_are_no_list_are_none() -> None:
    """Nobody is an instructor by a text in which that word is."""
    found = opened(claims({"id": "17"}, **{f"{CLAIM}roles": "Instructor"}), "moodle")

    assert found is not None
    assert found.role is None
