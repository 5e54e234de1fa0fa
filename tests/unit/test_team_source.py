"""Which teams work in one server each, asked of the people."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sardonyx_hub_config.sources.teams import TeamSource
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.teams import Team

NOW = datetime(2026, 12, 11, 9, tzinfo=UTC)
DETAILS = EventDetails(NOW, NOW + timedelta(days=1), profile="python", team_servers=True)


class Days:
    """An event with a team of two, one of whom has an account that lasts."""

    def __init__(self, path: Path, people: PeopleStore) -> None:
        self.people, self.now = people, NOW
        self.source = TeamSource(path, lambda: people, lambda: self.now)
        self.event = people.events.add("Data days", DETAILS)
        people.seats.add(self.event, 0, str, most=10, teams=[("Kite", 2)])
        self.team = people.seats.teams(self.event)[0].id
        self.ada = people.signed_in("event", "days-1", "days-1").id
        self.kim = people.add_account("kim", "").id
        for person in (self.ada, self.kim):
            people.groups.join(self.event, person, "participant")
            people.groups.join(self.team, person, "member")

    def want(self, *, team_servers: bool) -> None:
        """Change what its organiser wants."""
        before = self.people.events.details(self.event)
        self.people.events.change(self.event, replace(before, team_servers=team_servers))


@pytest.fixture
def days(tmp_path: Path) -> Days:
    """What is asked."""
    path = tmp_path / "people.sqlite"
    return Days(path, PeopleStore(path))


def test_a_team_is_told_with_all_who_are_in_it(days: Days) -> None:
    """And with whose server can be that of the team: theirs whose account is of the event only."""
    team = Team(days.team, f"event-{days.event}", {"days-1": "days-1", "kim": "kim"}, frozenset({"days-1"}))

    assert days.source.of(days.ada) == days.source.of(days.kim) == (team,)


def test_who_leaves_is_out_at_the_next_question(days: Days) -> None:
    """Of the team and of its event, whoever changes that."""
    assert days.source.of(days.ada)
    days.people.groups.leave(days.team, days.kim)

    assert set(days.source.of(days.ada)[0].people) == {"days-1"}
    assert days.source.of(days.kim) == ()


@pytest.mark.parametrize("moment", [NOW - timedelta(seconds=1), DETAILS.ends])
def test_there_is_none_before_and_after_the_event(days: Days, moment: datetime) -> None:
    """By the clock, also where nobody has looked yet."""
    days.now = moment

    assert days.source.of(days.ada) == ()


def test_there_is_none_where_its_organiser_wants_none(days: Days) -> None:
    """Nor where it was ended before its time."""
    days.want(team_servers=False)
    assert days.source.of(days.ada) == ()
    days.want(team_servers=True)
    assert days.source.of(days.ada)

    days.people.events.close(days.event, NOW, early=True)

    assert days.source.of(days.ada) == ()


def test_a_team_that_is_of_no_event_has_none(days: Days) -> None:
    """There are such, from before there were events."""
    lone = days.people.groups.add("team", "Lone")
    days.people.groups.join(lone, days.kim, "member")

    assert [team.id for team in days.source.of(days.kim)] == [days.team]
