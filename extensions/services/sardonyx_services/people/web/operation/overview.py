"""All of a place as its operator sees it: servers, classes, events and hours. Decided from what others have found."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sardonyx_services.people.groups import Group
from sardonyx_services.people.hours import Use
from sardonyx_services.people.web.hub import Server
from sardonyx_services.people.web.store_use import Amount

ORDER = ("failed", "running", "starting", "stopping")
DAYS = 30
"""Hours of so many days are shown."""
MOST = 20


@dataclass(frozen=True)
class ServerLine:
    """A server.

    Args:
        what: title of the class or event whose profile it is, else the slug of its profile.
        problem: what is wrong, in words; "" = nothing.
    """

    server: Server
    what: str
    problem: str

    @property
    def key(self) -> str:
        """What a form says of it."""
        return f"{self.server.name}/{self.server.server}"


@dataclass(frozen=True)
class GroupLine:
    """A class or an event.

    Args:
        people: how many are in it; running: how many of its servers run; seconds: for how long they ran.
    """

    id: str
    people: int
    running: int
    seconds: int


@dataclass(frozen=True)
class StoredLine:
    """Somebody or something that has nearly as much in the data store as it may.

    Args:
        kind: "home" = of a person.
        id: of the class or event that leads there: of a team, its event; "" = none does.
    """

    kind: str
    title: str
    id: str
    amount: Amount


@dataclass(frozen=True)
class Figures:
    """The whole in numbers; memory in bytes."""

    people: int
    here: int
    running: int
    memory: int
    problems: int


def server_lines(servers: Iterable[Server], titles: Mapping[str, str]) -> list[ServerLine]:
    """Return a line for each server, those with a problem first, then the largest.

    Args:
        titles: slug of a profile -> title of the class or event that it is of.
    """
    lines = [ServerLine(each, titles.get(each.profile, each.profile), each.trouble) for each in servers]
    return sorted(
        lines, key=lambda line: (not line.problem, ORDER.index(line.server.state), -(line.server.memory or 0))
    )


def group_lines(
    kind: str, groups: Iterable[str], counts: Mapping[str, int], servers: Iterable[Server], uses: Iterable[Use]
) -> dict[str, GroupLine]:
    """Return what is counted of classes or events, by id."""
    running = Counter(each.profile for each in servers if each.is_on)
    seconds: Counter[str] = Counter()
    for use in uses:
        seconds[use.profile] += use.seconds
    return {
        group: GroupLine(group, counts.get(group, 0), running[slug := f"{kind}-{group}"], seconds[slug])
        for group in groups
    }


def stored_lines(
    amounts: Mapping[str, Amount], names: Mapping[str, str], groups: Mapping[str, Group]
) -> list[StoredLine]:
    """Return what is full, or nearly, the fullest first.

    Args:
        amounts: by place in the data store.
        names: of people who are here, by id; groups: classes, events and teams, by id.
    """
    lines = []
    for whole, amount in amounts.items():
        kind, _, key = whole.rstrip("/").partition("/")
        if not amount.is_nearly_full:
            continue
        if kind == "home" and key in names:
            lines.append(StoredLine(kind, names[key], "", amount))
        elif key in groups and groups[key].kind == kind:
            group = groups[key]
            lines.append(StoredLine(kind, group.title, group.within if kind == "team" else key, amount))
    return sorted(lines, key=lambda line: (-line.amount.share, line.title))


def by_person(uses: Iterable[Use]) -> list[tuple[str, int]]:
    """Return for how long each person's servers ran, the longest first."""
    seconds: Counter[str] = Counter()
    for use in uses:
        seconds[use.person] += use.seconds
    return seconds.most_common()


def figures(people: int, lines: Sequence[ServerLine]) -> Figures:
    """Return the whole in numbers."""
    on = [line.server for line in lines if line.server.is_on]
    return Figures(
        people=people,
        here=len({server.name for server in on}),
        running=len(on),
        memory=sum(server.memory or 0 for server in on),
        problems=sum(bool(line.problem) for line in lines),
    )
