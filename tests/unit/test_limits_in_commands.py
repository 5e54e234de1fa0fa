"""`sardonyx class change` and `sardonyx event`: tools and time of their servers, within what the operator's profiles allow."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from sardonyx_hub_config.commands.classes import class_
from sardonyx_hub_config.commands.events import event
from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.class_limits import NO_LIMITS, Limits

SETTINGS = """
environments: {python: {title: Python, prefix: /usr}}
tools: {pluto: {title: Pluto, description: Notebooks in Julia, command: [pluto, "{socket}"]}}
profiles:
  python: {title: Python, order: -1, environment: python, lifetime: 4h, longest_lifetime: 8h}
  plain: {title: Plain, environment: python, tools: [vscode, mlflow]}
  bare: {title: Bare, environment: python, tools: [], lifetime: 1h}
"""
TOMORROW = datetime.now(UTC) + timedelta(days=1)
DAYS = ("--begins", f"{TOMORROW:%Y-%m-%dT09:00}", "--ends", f"{TOMORROW:%Y-%m-%dT18:00}")
NEW = ("event", "create", "Data days", "--organiser", "olga", "--accounts", "1", *DAYS)


@pytest.fixture
def people(people_of_a_place: PeopleStore, tmp_path: Path) -> PeopleStore:
    """Olga, who leads events, in a place with three profiles and a tool of its own."""
    (tmp_path / "settings.yaml").write_text(SETTINGS)
    (tmp_path / "secrets").mkdir()
    people_of_a_place.add_account("olga", "")
    return people_of_a_place


@pytest.fixture
def course(people: PeopleStore) -> str:
    """The id of a class."""
    made = people.groups.add("class", "Statistics")
    people.classes.change(made, ClassDetails(profile="python"))
    return made


def run(*words: str) -> str:
    """Run a command; return what it prints."""
    result = CliRunner().invoke({"class": class_, "event": event}[words[0]], words[1:])
    if result.exception:
        raise result.exception
    return str(result.output)


def made(*more: str) -> str:
    """Make an event; return its id."""
    said = run(*NEW, *more)
    found = re.search(r"has the id (\w+)\.", said)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("words", "limits"),
    [
        (["--tool", "vscode", "--tool", "pluto"], Limits(("vscode", "pluto"))),
        (["--tool", "vscode", "--tool", "vscode"], Limits(("vscode",))),
        (["--no-tools"], Limits(())),
        (["--lifetime", "2h"], Limits(None, "2h")),
        (["--tool", "spark", "--lifetime", "8h"], Limits(("spark",), "8h")),
        (["--idle-stop", "30m"], Limits(None, "", "30m")),
        (["--profile", "plain", "--tool", "mlflow", "--lifetime", "2d"], Limits(("mlflow",), "2d")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_they_are_said_kept_shown_and_taken_back(
    people: PeopleStore, course: str, words: list[str], limits: Limits
) -> None:
    """Of a class as of an event."""
    run("class", "change", course, *words)
    of_event = made(*words)

    assert people.classes.details(course).limits == people.events.details(of_event).limits == limits
    for kind, group in (("class", course), ("event", of_event)):
        shown = run(kind, "show", group)
        tools = None if limits.tools is None else f"Tools: {', '.join(limits.tools) or 'none'}\n"
        assert (tools or "Tools") in shown if tools else "Tools" not in shown
        assert ("at most." in shown) == bool(limits.lifetime)
        assert ("A server that nobody uses is stopped after 30 minutes." in shown) == bool(limits.idle_stop)
        run(kind, "change", group, "--title", "Physics")
    assert people.classes.details(course).limits == people.events.details(of_event).limits == limits
    for kind, group in (("class", course), ("event", of_event)):
        run(kind, "change", group, "--tool", "", "--lifetime", "", "--idle-stop", "")
    assert people.classes.details(course).limits == people.events.details(of_event).limits == NO_LIMITS


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--tool", "stata"],
            "“Python” has no tool “stata”. It has: vscode, rstudio, mlflow, tensorboard, spark, pluto.",
        ),
        (["--profile", "plain", "--tool", "rstudio"], "“Plain” has no tool “rstudio”. It has: vscode, mlflow."),
        (["--profile", "bare", "--tool", "vscode"], "“Bare” has no tool “vscode”: it has none at all."),
        (["--lifetime", "9h"], "A server of “Python” runs for 8 hours at most. Write no more than that, or nothing."),
        (["--idle-stop", "3h"], "A server of “Python” goes unused for 2 hours at most. Write no more than that, or"),
        (["--lifetime", "4 hours"], "“4 hours” is no time for a server. Write it as in 4h, 90m or 2d."),
        (["--tool", "vscode", "--no-tools"], "Some tools and none were said. Write --tool, or --no-tools."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_the_profile_does_not_allow_is_refused(
    people: PeopleStore, course: str, words: list[str], said: str
) -> None:
    """With what it does, and nothing is changed."""
    before = made()
    for command in (("class", "change", course), ("event", "change", before), NEW):
        with pytest.raises(OperatorError) as caught:
            run(*command, *words)
        assert str(caught.value).startswith(said)
    assert people.classes.details(course) == ClassDetails(profile="python", changed=1)
    assert len(people.groups.all("event")) == 1


def test_a_class_without_servers_of_its_own_has_nothing_to_limit(people: PeopleStore, course: str) -> None:
    """And loses what it had settled with its profile."""
    run("class", "change", course, "--lifetime", "1h", "--no-tools")
    run("class", "change", course, "--profile", "")

    assert people.classes.details(course).limits == NO_LIMITS
    with pytest.raises(OperatorError, match="The class has no servers of its own that could have less. Add --profile"):
        run("class", "change", course, "--lifetime", "1h")


def test_what_another_profile_does_not_allow_is_named(people: PeopleStore, course: str) -> None:
    """What it allows, stays."""
    run("class", "change", course, "--tool", "vscode", "--tool", "spark", "--lifetime", "2h")

    said = run("class", "change", course, "--profile", "plain")
    assert said.splitlines()[1:] == ["Not settled any more, because “plain” does not allow it so: tools."]
    assert people.classes.details(course).limits == Limits(None, "2h")
    said = run("class", "change", course, "--profile", "bare", "--no-tools")
    assert said.splitlines()[1:] == ["Not settled any more, because “bare” does not allow it so: lifetime."]
    assert people.classes.details(course).limits == Limits(())


def test_a_title_can_be_changed_when_the_operator_allows_less_by_now(
    people: PeopleStore, course: str, tmp_path: Path
) -> None:
    """What is kept is what the instructor wants; less is had."""
    run("class", "change", course, "--lifetime", "8h")
    (tmp_path / "settings.yaml").write_text(SETTINGS.replace("longest_lifetime: 8h", "longest_lifetime: 4h"))

    run("class", "change", course, "--no-tools")

    assert people.classes.details(course).limits == Limits((), "8h")
    with pytest.raises(OperatorError, match="4 hours at most"):
        run("class", "change", course, "--lifetime", "5h")
