"""Teams that work in one server each: whose server is a team's, and who is let into it, decided without a hub."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Team:
    """A team whose people work in one server.

    Args:
        id: never given to another one.
        profile: slug of what that server is.
        people: name -> what people call them, of all who are in it now.
        hosts: names of those whose own server can be that of the team.
    """

    id: str
    profile: str
    people: Mapping[str, str] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TeamServer:
    """The server of a team, to somebody of it who is not its owner.

    Args:
        host: what people call its owner.
        address: where it is opened.
    """

    team: str
    host: str
    address: str


def team_of(teams: Iterable[Team], profile: str, name: str) -> Team | None:
    """Return the team whose server somebody's server of a profile can be; None = it is theirs alone.

    Args:
        teams: those that they are in.
    """
    return next((team for team in teams if team.profile == profile and name in team.hosts), None)


def team_to_host(teams: Iterable[Team], profile: str, name: str, taken: Iterable[str]) -> str:
    """Return the id of the team whose server one is that somebody starts; "" = it is theirs alone.

    Args:
        teams: those that they are in.
        taken: ids of the teams that have a server.
    """
    team = team_of(teams, profile, name)
    return team.id if team is not None and team.id not in set(taken) else ""


def let_in(teams: Iterable[Team], profile: str, name: str, hosted: str) -> tuple[str, ...] | None:
    """Return the names of those who are in the server of a team beside its owner; None = it is not the team's any more.

    Args:
        teams: those that the owner is in now.
        hosted: id of the team whose server it was until now.
    """
    team = team_of(teams, profile, name)
    if team is None or team.id != hosted:
        return None
    return tuple(sorted(each for each in team.people if each != name))


def servers_of_teams(teams: Iterable[Team], name: str, hosts: Mapping[str, str], hub: str) -> list[TeamServer]:
    """Return the servers of somebody's teams that are not their own.

    Args:
        teams: those that they are in.
        hosts: id of a team -> name of the owner of its server.
        hub: path of the hub, with a slash at its end.
    """
    found = []
    for team in teams:
        owner = hosts.get(team.id, "")
        if owner in team.people and owner != name:
            found.append(TeamServer(team.id, team.people[owner], f"{hub}team-server/{team.id}"))
    return found
