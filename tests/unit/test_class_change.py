"""`sardonyx class change`: what an operator changes in a class, all of it or nothing, and with everything explained."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from sardonyx_hub_config.commands.classes import class_
from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.repository import Material

MATERIAL = "https://git.example.org/statistics/material"
SETTINGS = """
environments: {python: {title: Python, prefix: /usr}}
profiles:
  python:
    title: Python
    environment: python
    options:
      size: {choices: {small: {title: Small, cpu: 1}, large: {title: Large, cpu: 4}}}
      memory: {minimum: 1, maximum: 8}
  plain: {title: Plain, environment: python}
  staff: {title: Staff, environment: python, groups: [staff]}
"""
AUTUMN = ClassDetails(
    profile="python",
    answers={"size": "large"},
    repositories=(Material(MATERIAL, "2026"),),
    last_day=date(2026, 12, 18),
)


@pytest.fixture
def people(people_of_a_place: PeopleStore, tmp_path: Path) -> PeopleStore:
    """Nobody, in a place with three profiles."""
    (tmp_path / "settings.yaml").write_text(SETTINGS)
    return people_of_a_place


@pytest.fixture
def course(people: PeopleStore) -> str:
    """The id of a class."""
    made = people.groups.add("class", "Statistics")
    people.classes.change(made, AUTUMN)
    return made


def run(course: str, *words: str) -> str:
    """Run the command; return what it prints."""
    result = CliRunner().invoke(class_, ["change", course, *words])
    if result.exception:
        raise result.exception
    return str(result.output)


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        (["--description", "Mondays"], {"description": "Mondays"}),
        (["--profile", "plain"], {"profile": "plain", "answers": {}}),
        (["--profile", ""], {"profile": "", "answers": {}}),
        (["--set", "memory=4.0"], {"answers": {"size": "large", "memory": "4"}}),
        (["--set", "size=small", "--set", "memory=2"], {"answers": {"size": "small", "memory": "2"}}),
        (["--set", "size="], {"answers": {}}),
        (["--repository", f"{MATERIAL}-2"], {"repositories": (Material(f"{MATERIAL}-2"),)}),
        (
            [
                "--repository",
                f"{MATERIAL} branch=2027",
                "--repository",
                f"{MATERIAL}-2 commit={'a' * 40} 'folder=courses/week 1' depth=1",
            ],
            {
                "repositories": (
                    Material(MATERIAL, "2027"),
                    Material(f"{MATERIAL}-2", commit="a" * 40, folder="courses/week 1", depth=1),
                )
            },
        ),
        (["--repository", ""], {"repositories": ()}),
        (
            ["--first-day", "2026-09-07", "--zone", "Europe/Paris"],
            {"first_day": date(2026, 9, 7), "zone": "Europe/Paris"},
        ),
        (["--last-day", ""], {"last_day": None}),
        (["--kept-days", "0"], {"kept_days": 0}),
        (
            ["--zone", "Europe/Paris", "--hand-in-until", "2026-12-11T18:00"],
            {"zone": "Europe/Paris", "hand_in_until": datetime(2026, 12, 11, 17, 0, tzinfo=UTC)},
        ),
        (["--hand-in-until", ""], {"hand_in_until": None}),
        (["--joining"], {"joining": True}),
        (["--joining", "--new-link"], {"joining": True, "join_round": 2}),
    ],
    ids=" ".join,
)
def test_what_is_said_changes_and_the_rest_stays(
    people: PeopleStore, course: str, words: list[str], changes: dict[str, object]
) -> None:
    """One thing or several, at once."""
    assert run(course, *words).startswith("“Statistics” is changed.\n")

    assert people.classes.details(course) == replace(AUTUMN, changed=2, **changes)  # type: ignore[arg-type]
    assert people.groups.get("class", course).title == "Statistics"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "nothing was said that is to change. See what can be with: sardonyx class change --help"),
        (["--title", "  "], "A class needs a title, of 200 characters at most. Nothing was changed."),
        (["--description", "x" * 501], "The description has more than 500 characters. Shorten it. Nothing was"),
        (["--profile", "ruby"], "Classes cannot be made from “ruby” here. Profiles for them are: plain, python."),
        (["--profile", "staff"], "Classes cannot be made from “staff” here."),
        (["--set", "gpus=1"], "Python does not ask for gpus. Nothing was changed."),
        (["--set", "gpus="], "Python does not ask for gpus. Nothing was changed."),
        (["--set", "size=huge"], "Size: “huge” is not available to you. Choose one of: small, large."),
        (["--set", "memory=9"], "Memory: 9 is outside what can be had: from 1 to 8 GB. Nothing was changed."),
        (["--set", "size"], "“size” settles nothing. Write --set OPTION=VALUE, such as --set size=large."),
        (["--profile", "", "--set", "size=small"], "The class has no profile of its own that could ask anything."),
        (["--repository", "git@git.example.org:a/b"], "This address needs an SSH key"),
        (["--repository", f"{MATERIAL} branch=a..b"], "“a..b” cannot be the name of a branch. Leave it"),
        (["--repository", f"{MATERIAL} tag=v1"], "“tag=v1” says nothing of a repository. Write WORD=VALUE, with one"),
        (["--repository", f"{MATERIAL} main"], "“main” says nothing of a repository."),
        (["--repository", f"{MATERIAL} depth=all"], "“all” is no number of commits. Write depth=1, or leave it out"),
        (["--repository", f"{MATERIAL} depth=0"], "So many commits of its history is a number from 1 to 1,000,000"),
        (["--repository", f"{MATERIAL} folder=a folder=b"], f"folder is said twice of {MATERIAL}. Say it once."),
        (["--repository", f"{MATERIAL} 'folder=a"], "has a quote that is not closed."),
        (
            ["--repository", MATERIAL, "--repository", f"{MATERIAL}-2 folder=material"],
            "Repository 2: Its place in the home, “material”, is that of another one. Give it a folder of its own.",
        ),
        (["--first-day", "7.9.2026"], "“7.9.2026” is no day. Write it as 2026-09-07. Nothing was changed."),
        (["--first-day", "2027-01-01"], "The last day is before the first one. Nothing was changed."),
        (["--zone", "Paris"], "“Paris” is no time zone. Write one such as Europe/Paris."),
        (["--hand-in-until", "soon"], "“soon” is no day and time. Write it as 2026-12-11T18:00."),
        (["--last-day", "2026-01-01", "--first-day", ""], "With that last day the class would end at once, for good."),
        (["--kept-days", "-1"], "People reach the data of a class for 0 to 3,650 days after its last one."),
        (["--new-link"], "Nobody joins by a link now. Add --joining. Nothing was changed."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_changed(
    people: PeopleStore, course: str, words: list[str], said: str
) -> None:
    """Not even what could be, in the same line."""
    also = [] if not words or words[0] == "--title" else ["--title", "Another"]
    with pytest.raises(OperatorError) as caught:
        run(course, *words, *also)

    assert said in str(caught.value)
    assert str(caught.value).endswith(("Nothing was changed.", "--help"))
    assert people.classes.details(course) == replace(AUTUMN, changed=1)
    assert people.groups.get("class", course).title == "Statistics"
    assert people.actions.of(course) == []


def test_a_class_that_is_not_there_or_has_ended_is_named(people: PeopleStore, course: str) -> None:
    """With where to look."""
    with pytest.raises(OperatorError, match=r"See which there are with: sardonyx class list"):
        run("xyz", "--title", "Physics")
    people.groups.end(course)
    with pytest.raises(
        OperatorError, match=r"“Statistics” has ended: only --after-end and --copy change for it. Nothing was changed."
    ):
        run(course, "--title", "Physics")


def test_the_data_of_a_class_that_has_ended_is_kept_after_all(people: PeopleStore, course: str) -> None:
    """Until it begins to be deleted."""
    people.groups.end(course)
    assert run(course, "--after-end", "delete") == "The data of “Statistics” is deleted a day after its end.\n"
    assert run(course, "--after-end", "keep") == "The data of “Statistics” is kept.\n"

    assert [each.what for each in people.actions.of(course)] == ["data-keep", "data-delete"]
    assert run(course, "--copy") == "What was handed in is copied to its people.\n"
    assert run(course, "--no-copy") == "What was handed in is copied to nobody.\n"
    assert [each.what for each in people.actions.of(course)][:2] == ["copies-off", "copies-on"]
    people.class_removal.decide(course, "delete")
    assert people.class_removal.begin(course, datetime.now(UTC) + timedelta(days=2))
    with pytest.raises(OperatorError, match=r"is being deleted, or is gone: .* Nothing was changed\."):
        run(course, "--after-end", "keep")


def test_an_answer_stays_with_another_profile_that_allows_it(people: PeopleStore, course: str, tmp_path: Path) -> None:
    """What it does not allow is named, because each student chooses it now."""
    sizes = "{size: {choices: {medium: {title: Medium, cpu: 2}, large: {title: Large, cpu: 4}}}}"
    plain = f"plain: {{title: Plain, environment: python, options: {sizes}}}"
    (tmp_path / "settings.yaml").write_text(SETTINGS.replace("plain: {title: Plain, environment: python}", plain))
    run(course, "--set", "memory=2")

    said = run(course, "--profile", "plain")

    assert said.splitlines()[1:] == ["Not settled any more, because “plain” does not allow it so: memory."]
    assert people.classes.details(course).answers == {"size": "large"}


def test_a_day_can_be_changed_when_the_profile_is_gone(people: PeopleStore, course: str, tmp_path: Path) -> None:
    """The operator took it away; the class ends all the same when it should."""
    (tmp_path / "settings.yaml").write_text(SETTINGS.replace("  python:\n", "  renamed:\n"))

    run(course, "--last-day", "2026-11-30")

    found = people.classes.details(course)
    assert (found.last_day, found.profile, found.answers) == (date(2026, 11, 30), "python", {"size": "large"})


def test_the_link_is_shown_where_it_is(course: str) -> None:
    """What it is made from is a secret of the pages."""
    assert run(course, "--joining").splitlines()[1:] == [
        f"The link to join is at http://127.0.0.1:8000/services/people/classes/{course}/link"
    ]
    assert run(course, "--no-joining").splitlines()[1:] == []


def test_what_was_done_is_written_down(people: PeopleStore, course: str) -> None:
    """As from the pages, where the instructors read it: by the operator."""
    run(course, "--title", "Physics")
    run(course, "--joining")
    run(course, "--new-link", "--kept-days", "3")
    run(course, "--no-joining")

    done = people.actions.of(course)
    assert {action.who for action in done} == {OPERATOR}
    assert sorted((action.what, action.detail) for action in done) == [
        ("change", "Physics"),
        ("change", "Physics"),
        ("link-close", ""),
        ("link-open", ""),
        ("link-renew", ""),
    ]
