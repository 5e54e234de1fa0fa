"""Whose server is that of a team, and who is let into it."""

import pytest

from sardonyx_spawner.teams import Team, TeamServer, let_in, servers_of_teams, team_to_host

KITE = Team(
    "kite2345", "event-days2345", {"days-1": "Ada", "days-2": "Ben", "kim": "Kim"}, frozenset({"days-1", "days-2"})
)
HERON = Team("heron234", "event-more2345", {"days-1": "Ada", "days-9": "Cem"}, frozenset({"days-1", "days-9"}))


@pytest.mark.parametrize(
    ("name", "profile", "taken", "hosted"),
    [
        pytest.param("days-1", KITE.profile, [], KITE.id, id="the first"),
        pytest.param("days-1", KITE.profile, [HERON.id], KITE.id, id="another team has one"),
        pytest.param("days-2", KITE.profile, [KITE.id], "", id="the second"),
        pytest.param("days-1", "python", [], "", id="a server of something else"),
        pytest.param("kim", KITE.profile, [], "", id="whose account is not of the event only"),
        pytest.param("days-8", KITE.profile, [], "", id="who is in no team"),
    ],
)
def test_the_first_of_a_team_who_starts_has_its_server(name: str, profile: str, taken: list[str], hosted: str) -> None:
    """Everybody else's is theirs alone."""
    teams = [team for team in (HERON, KITE) if name in team.people]

    assert team_to_host(teams, profile, name, taken) == hosted


def test_who_is_in_the_team_is_let_in_and_nobody_else() -> None:
    """All but its owner, also those whose account lasts."""
    assert let_in([HERON, KITE], KITE.profile, "days-1", KITE.id) == ("days-2", "kim")


@pytest.mark.parametrize(
    ("teams", "name", "hosted"),
    [
        pytest.param([], "days-1", KITE.id, id="the event is over, or its organiser wants it no more"),
        pytest.param([HERON], "days-1", KITE.id, id="its owner has left"),
        pytest.param([KITE], "days-1", "other234", id="its owner is in another team by now"),
        pytest.param([KITE], "kim", KITE.id, id="its owner has an account that lasts by now"),
    ],
)
def test_a_server_is_the_teams_no_more(teams: list[Team], name: str, hosted: str) -> None:
    """Then nobody is let in."""
    assert let_in(teams, KITE.profile, name, hosted) is None


def test_people_are_told_of_the_server_of_another_one_of_their_team() -> None:
    """By the name that they have for them; not of their own, nor of that of who has left."""
    teams, address = [KITE, HERON], "/hub/team-server/kite2345"

    assert servers_of_teams(teams, "days-2", {KITE.id: "days-1"}, "/hub/") == [TeamServer(KITE.id, "Ada", address)]
    assert servers_of_teams(teams, "days-1", {KITE.id: "days-1", HERON.id: "gone"}, "/hub/") == []
