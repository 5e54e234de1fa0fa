from dataclasses import replace

import pytest

from sardonyx_spawner.person import Person
from sardonyx_spawner.profiles import Allowed, Gives, Option, Profile

ANYBODY = Person("p1", "amina")
STAFF = Person("p2", "jonah", frozenset({"staff"}))
ONLY_STAFF = frozenset({"staff"})

SMALL = Allowed("small", "Small", gives=Gives(cpu=1))
LARGE = Allowed("large", "Large", gives=Gives(cpu=8), groups=ONLY_STAFF)
SIZE = Option("size", "Size", choices=(SMALL, LARGE), default="small")


def names(profile: Profile) -> list[str]:
    """Return the questions of a profile."""
    return [question.name for question in profile.questions]


@pytest.mark.parametrize(
    "slug",
    [
        pytest.param("", id="empty"),
        pytest.param("Python", id="capital"),
        pytest.param("a" * 31, id="long"),
        pytest.param("-a", id="dash first"),
        pytest.param("a.b", id="dot"),
        pytest.param("a_b", id="underscore"),
        pytest.param('a"]{}', id="would break out of the form's rules"),
        pytest.param("a\n", id="line end"),
        pytest.param("é", id="not ascii"),
    ],
)
def test_slugs_are_keys_and_never_markup(slug: str) -> None:
    """Profiles of classes do not come through the settings: the core checks by itself."""
    with pytest.raises(ValueError, match="is not a slug: small letters, digits and dashes, at most 30"):
        Profile(slug, "A title")
    with pytest.raises(ValueError, match="is not a slug"):
        Allowed(slug, "A title")


def test_without_groups_everybody_sees_it() -> None:
    """An empty list of groups is no restriction."""
    assert Profile("python", "Python").is_for(ANYBODY)


def test_with_groups_only_their_members_see_it() -> None:
    """Being an administrator of the hub is not being in a group."""
    profile = Profile("gpu", "GPU", groups=ONLY_STAFF)

    assert profile.is_for(STAFF)
    assert not profile.is_for(ANYBODY)
    assert not profile.is_for(replace(ANYBODY, is_admin=True))


def test_groups_that_differ_in_case_are_different_groups() -> None:
    """JupyterHub tells them apart, so whoever may make a group "Staff" is not staff."""
    assert not Profile("gpu", "GPU", groups=ONLY_STAFF).is_for(Person("p3", "eve", frozenset({"Staff"})))


def test_a_choice_of_another_group_is_not_in_what_a_person_sees() -> None:
    """Nothing later can forget to hide it."""
    profile = Profile("python", "Python", options=(SIZE,))

    assert profile.seen_by(ANYBODY).questions[0].choices == (SMALL,)
    assert profile.seen_by(STAFF).questions[0].choices == (SMALL, LARGE)


def test_the_usual_answer_is_one_that_the_person_may_give() -> None:
    """A default that is kept for others gives way to the first choice."""
    profile = Profile("python", "Python", options=(replace(SIZE, default="large"),))

    assert profile.seen_by(ANYBODY).questions[0].usual == "small"
    assert profile.seen_by(STAFF).questions[0].usual == "large"


def test_a_question_of_another_group_is_not_asked_and_its_default_counts() -> None:
    """Only staff choose a size; the others get a small one."""
    seen = Profile("python", "Python", options=(replace(SIZE, groups=ONLY_STAFF),)).seen_by(ANYBODY)

    assert names(seen) == []
    assert seen.settled({}) == {"size": "small"}
    assert seen.settled({"size": "large"}) == {"size": "small"}


def test_a_question_whose_choices_are_all_for_others_is_absent() -> None:
    """There is nothing to ask and no default to take."""
    seen = Profile("python", "Python", options=(replace(SIZE, choices=(LARGE,), default="large"),)).seen_by(ANYBODY)

    assert seen.options == ()
    assert seen.settled({}) == {}


def test_a_question_that_depends_on_a_hidden_choice_is_absent_too() -> None:
    """Its condition would name the hidden choice in the page."""
    gpus = Option("gpus", "GPUs", maximum=4, shown_when={"size": frozenset({"large"})})
    profile = Profile("python", "Python", options=(SIZE, gpus))

    assert names(profile.seen_by(ANYBODY)) == ["size"]
    assert names(profile.seen_by(STAFF)) == ["size", "gpus"]


def test_a_condition_does_not_name_the_choices_of_others() -> None:
    """Of several values that show a question only the person's own are left."""
    branch = Option("branch", "Branch", shown_when={"size": frozenset({"small", "large"})})

    seen = Profile("python", "Python", options=(SIZE, branch)).seen_by(ANYBODY)

    assert seen.questions[1].shown_when == {"size": frozenset({"small"})}


def test_a_question_that_depends_on_one_that_is_not_asked_follows_its_default() -> None:
    """Hidden is not unanswered."""
    hidden = replace(SIZE, groups=ONLY_STAFF)
    seen = Profile(
        "python",
        "Python",
        options=(
            hidden,
            Option("branch", "Branch", shown_when={"size": frozenset({"small"})}),
            Option("repository", "Repository", shown_when={"size": frozenset({"large"})}),
        ),
    ).seen_by(ANYBODY)

    assert names(seen) == ["branch"]


def test_a_question_is_unanswered_while_the_one_it_depends_on_is_not_asked() -> None:
    """Conditions hold along the chain."""
    options = (
        SIZE,
        Option(
            "home",
            "Files",
            choices=(Allowed("kept", "Kept"), Allowed("fresh", "Fresh")),
            shown_when={"size": frozenset({"large"})},
        ),
        Option("branch", "Branch", default="main", shown_when={"home": frozenset({"kept"})}),
    )
    seen = Profile("python", "Python", options=options).seen_by(STAFF)

    assert seen.settled({}) == {"size": "small"}
    assert seen.settled({"size": "large"}) == {"size": "large", "home": "kept", "branch": "main"}
    assert seen.settled({"size": "large", "home": "fresh"}) == {"size": "large", "home": "fresh"}


def test_seeing_twice_changes_nothing() -> None:
    """Every reader may narrow again to be sure."""
    profile = Profile("python", "Python", options=(replace(SIZE, groups=ONLY_STAFF),))

    assert profile.seen_by(ANYBODY).seen_by(ANYBODY) == profile.seen_by(ANYBODY)


def test_what_everybody_sees_is_not_copied() -> None:
    """The form is drawn once for all who see the same."""
    profile = Profile("python", "Python", options=(replace(SIZE, choices=(SMALL,)),))

    assert profile.seen_by(ANYBODY) is profile
