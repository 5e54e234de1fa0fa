"""Links by which what a team of an event has is taken: only that team's, only while there is something, by nobody's guess."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from sardonyx_services.people.database import Place
from sardonyx_services.people.derived import EVENT_LINKS, TEAM_LINKS, derived
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.join_link import JoinLinks
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.configuration import EventRules
from sardonyx_services.people.web.errors import NoTeamLinkError, RefusedError
from sardonyx_services.people.web.events.desks import event_desks
from sardonyx_services.people.web.events.team_links import TeamLinks

NOW = datetime.now(UTC)
SECRET = b"s" * 32
NOWHERE = "This link leads to nothing, or not any more"
ADMIN = Caller("", "root", is_admin=True)


class Days:
    """An event with the teams Kite, in which Ada is, and Heron, in which nobody is yet."""

    def __init__(self, people: PeopleStore) -> None:
        self.people, self.now = people, NOW
        self.id = people.events.add(
            "Days", EventDetails(NOW - timedelta(hours=1), NOW + timedelta(hours=1), read_hours=2)
        )
        people.seats.add(self.id, 0, str, most=9, teams=[("Kite", 1), ("Heron", 1)])
        self.ada = people.entries.by_code("1", "Ada")
        self.teams = {team.title: team.id for team in people.seats.teams(self.id)}
        desk, _seats = event_desks(people, SECRET, (), EventRules(), "http://hub/")
        made = JoinLinks(derived(SECRET, TEAM_LINKS))
        self.links = TeamLinks(desk, people, made, "http://place/people/", lambda: self.now)

    def codes(self) -> dict[str, str]:
        """Return what the links are made of, by the titles of teams."""
        return {each.team.title: each.address.rpartition("/")[2] for each in self.links.of(ADMIN, self.id)}

    def leads_nowhere(self, code: str) -> bool:
        """Tell whether a link is refused, with the same words as all others are."""
        with pytest.raises(NoTeamLinkError, match=NOWHERE):
            self.links.taken(code)
        return True


@pytest.fixture
def days(people_place: Place) -> Iterator[Days]:
    """What is tried, in both kinds of database."""
    store = PeopleStore(people_place)
    yield Days(store)
    store.close()


def test_a_link_leads_to_its_team_and_is_read_with_the_rights_of_somebody_in_it(days: Days) -> None:
    """While it is on, and as long as it is read after its end; that it was used is written down."""
    for days.now in (NOW, NOW + timedelta(hours=3, seconds=-1)):
        taken = days.links.taken(days.codes()["Kite"])
        assert (taken.team.id, taken.event.id) == (days.teams["Kite"], days.id)
        assert days.links.member(taken).id == days.ada.person

    days.links.note(taken)

    assert [(each.what, each.detail) for each in days.people.actions.of(days.id)] == [("team-take", "Kite")]


def test_after_all_is_deleted_or_before_it_begins_it_leads_nowhere(days: Days) -> None:
    """On the second, whether the deletion was late or not; and no link is shown then."""
    code = days.codes()["Kite"]
    days.now = NOW - timedelta(hours=2)
    assert days.leads_nowhere(code)
    days.now = NOW + timedelta(hours=3)
    assert days.leads_nowhere(code)

    days.now = NOW
    days.people.events.close(days.id, NOW, early=True)
    removal = days.people.event_removal
    later = NOW + timedelta(hours=5)
    removal.let_go(days.id, later)
    for owed in days.people.owed():
        days.people.settle(owed)
    removal.end_groups(days.id)
    assert removal.forget(days.id)
    assert days.leads_nowhere(code)
    assert days.links.of(ADMIN, days.id) == []


def test_nobody_makes_a_link_of_another_one(days: Days) -> None:
    """Of another team's, of the id alone, of one of another kind, of what was cut or made longer, or by another place's secret."""
    codes = days.codes()
    kite, sign = codes["Kite"].split("-")
    heron = days.teams["Heron"]
    last = "a" if sign[-1] != "a" else "b"
    for code in (
        f"{heron}-{sign}",
        f"{days.id}-{sign}",
        kite,
        f"{kite}-",
        f"{kite}-{sign[:-1]}",
        f"{kite}-{sign}a",
        f"{kite}-{sign[:-1]}{last}",
        f"{kite}-{sign.upper()}",
        f"{kite} -{sign}",
        "é" * 20,
        "",
        JoinLinks(derived(SECRET, EVENT_LINKS)).code(kite, 1),
        JoinLinks(derived(b"x" * 32, TEAM_LINKS)).code(kite, 1),
        JoinLinks(derived(SECRET, TEAM_LINKS)).code(kite, 2),
        JoinLinks(derived(SECRET, TEAM_LINKS)).code(days.id, 1),
        JoinLinks(derived(SECRET, TEAM_LINKS)).code(days.people.groups.add("team", "Of no event"), 1),
        JoinLinks(derived(SECRET, TEAM_LINKS)).code(days.people.groups.add("class", "Statistics"), 1),
    ):
        assert days.leads_nowhere(code), code


def test_where_nobody_has_come_in_there_is_nothing_to_take(days: Days) -> None:
    """Nobody can have written anything there."""
    taken = days.links.taken(days.codes()["Heron"])
    with pytest.raises(RefusedError, match="Nobody of this team has come in, so there is nothing to take."):
        days.links.member(taken)


def test_only_who_leads_it_is_shown_the_links(days: Days) -> None:
    """Who takes part takes what is theirs on their own page."""
    with pytest.raises(RefusedError, match="This is for the organisers of the event. Ask one of them."):
        days.links.of(Caller(days.ada.person, days.ada.name), days.id)
