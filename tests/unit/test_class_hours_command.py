"""`sardonyx class hours`: shown and changed as on the page."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from sardonyx_hub_config.commands.classes import class_
from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.store import PeopleStore


@pytest.fixture
def course(people_of_a_place: PeopleStore, tmp_path: Path) -> str:
    """The id of a class."""
    (tmp_path / "settings.yaml").write_text(
        "environments: {python: {title: Python, prefix: /usr}}\nprofiles: {python: {title: Python, environment: python}}\n"
    )
    return people_of_a_place.groups.add("class", "Statistics")


def run(course: str, *words: str) -> list[str]:
    """Run the command; return the lines that it prints."""
    result = CliRunner().invoke(class_, ["hours", course, *words])
    if result.exception:
        raise result.exception
    return str(result.output).splitlines()


def test_hours_are_changed_and_shown(people_of_a_place: PeopleStore, course: str) -> None:
    """What is not said stays; each change is written down, a look is not."""
    assert run(course) == ["Statistics: no weekly hours (UTC)"]

    first = run(course, "--lessons", "thu 08:00-10:00, mon 10:15-11:45", "--ahead", "10")
    second = run(course, "--only-then")

    assert first[:2] == [
        "Statistics: mon 10:15-11:45, thu 08:00-10:00 (UTC)",
        "Servers are started 10 minutes before each, and run at any time.",
    ]
    assert second[1] == "Servers are started 10 minutes before each, and run in lessons only."
    assert second == run(course)
    assert [(each.who, each.what) for each in people_of_a_place.actions.of(course)] == [(OPERATOR, "hours")] * 2


def test_what_cannot_be_changes_nothing(course: str) -> None:
    """With the reason."""
    run(course, "--lessons", "mon 10:15-11:45")

    with pytest.raises(OperatorError, match=r"“noon” is no lesson\. .* Nothing was changed\."):
        run(course, "--lessons", "noon", "--only-then")
    with pytest.raises(
        OperatorError, match="Servers are started 0 to 60 minutes before a lesson. Nothing was changed."
    ):
        run(course, "--ahead", "90")

    assert run(course)[0] == "Statistics: mon 10:15-11:45 (UTC)"
