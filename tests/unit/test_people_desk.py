"""Everybody of the place, for its administrators: who is found, what is done to many, and what is not."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from sardonyx_services.people.database import Place
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.errors import NotOpenError, RefusedError
from sardonyx_services.people.web.operation import people_desk
from sardonyx_services.people.web.operation.people_desk import PeopleDesk


@pytest.fixture
def people(people_place: Place) -> Iterator[PeopleStore]:
    """Amina, Béla and Cleo of a provider, an administrator, and Dora, who was removed; in both kinds of database."""
    store = PeopleStore(people_place)
    for number, (name, full_name) in enumerate([("amina", "Amina A"), ("bela", "Béla_B"), ("cleo", "Cleo C")]):
        store.signed_in("university", str(number), name, full_name=full_name, mail=f"{name}@example.org")
    for name in ("root", "dora"):
        store.add_account(name, "", is_admin=name == "root")
    store.set_instructor("amina", is_instructor=True)
    store.set_organiser("bela", is_organiser=True)
    store.remove("dora")
    yield store
    store.close()


@pytest.fixture
def root(people: PeopleStore) -> Caller:
    """The administrator."""
    return Caller(ids(people, "root")[0], "root", is_admin=True)


@pytest.fixture
def desk(people: PeopleStore) -> PeopleDesk:
    """What is tried."""
    return PeopleDesk(people)


def ids(people: PeopleStore, *names: str) -> list[str]:
    """Return the ids of all who have or had these names."""
    return [person for name in names for person in people.directory.called(name)]


def found(desk: PeopleDesk, caller: Caller, show: str = "", text: str = "", after: str = "") -> list[str]:
    """Return the names of who is found."""
    return [each.name for each in desk.find(caller, show, text, after).people]


@pytest.mark.parametrize(
    ("show", "names"),
    [
        ("", ["amina", "bela", "cleo", "root"]),
        ("administrators", ["root"]),
        ("instructors", ["amina"]),
        ("organisers", ["bela"]),
        ("event", []),
        ("removed", ["dora"]),
        ("what is none", ["amina", "bela", "cleo", "root"]),
    ],
)
def test_people_are_shown_by_what_they_are(desk: PeopleDesk, root: Caller, show: str, names: list[str]) -> None:
    """By name."""
    assert found(desk, root, show) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [("AMI", ["amina"]), ("cleo c", ["cleo"]), ("example.org", ["amina", "bela", "cleo"]), ("_", ["bela"]), ("%", [])],
)
def test_people_are_found_by_a_part_of_what_they_are_called(
    desk: PeopleDesk, root: Caller, text: str, names: list[str]
) -> None:
    """Or of their address; no sign stands for others."""
    assert found(desk, root, text=text) == names


def test_a_long_list_goes_on(desk: PeopleDesk, root: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the page before it ended, whoever has come or gone since."""
    monkeypatch.setattr(people_desk, "AT_ONCE", 2)
    first = desk.find(root, "", "", "")

    assert [each.name for each in first.people] == ["amina", "bela"]
    second = desk.find(root, "", "", first.after)
    assert [each.name for each in second.people] == ["cleo", "root"]
    assert second.after == ""


def test_a_person_comes_with_their_hours_and_groups(people: PeopleStore, desk: PeopleDesk, root: Caller) -> None:
    """Of the last 30 days."""
    [amina] = ids(people, "amina")
    people.hours.add(datetime.now(UTC).date(), {(amina, "python"): 7200})
    people.groups.join(people.groups.add("class", "Statistics"), amina, "instructor")

    page = desk.find(root, "instructors", "", "")

    assert page.people[0].groups == 1
    assert page.seconds[amina] == 7200


@pytest.mark.parametrize(("act", "show"), [("instructor", "instructors"), ("organiser", "organisers")])
def test_many_are_made_something_and_not_any_more(
    people: PeopleStore, desk: PeopleDesk, root: Caller, act: str, show: str
) -> None:
    """Each is written down."""
    both = ids(people, "amina", "cleo")

    assert desk.act(root, act, both) == {}
    assert {"amina", "cleo"} <= set(found(desk, root, show))
    assert desk.act(root, f"{act}-end", both) == {}
    assert not {"amina", "cleo"} & set(found(desk, root, show))
    assert [each.who for each in people.actions.latest(both)] == [root.id] * 4


def test_many_are_removed_and_let_back(people: PeopleStore, desk: PeopleDesk, root: Caller) -> None:
    """To the same ids."""
    both = ids(people, "amina", "cleo")

    desk.act(root, "remove", both)
    assert found(desk, root) == ["bela", "root"]
    assert {owed.person for owed in people.owed()} >= set(both)
    desk.act(root, "readmit", both)
    assert found(desk, root) == ["amina", "bela", "cleo", "root"]
    assert ids(people, "amina", "cleo") == both


def test_what_cannot_be_done_to_one_is_said_and_done_to_the_others(
    people: PeopleStore, desk: PeopleDesk, root: Caller
) -> None:
    """A name is in use again; somebody is gone since the page was loaded."""
    [dora], [amina] = ids(people, "dora"), ids(people, "amina")
    people.add_account("dora", "")
    desk.act(root, "remove", [amina])

    faults = desk.act(root, "readmit", [dora, amina])
    assert faults == {
        dora: "There is another “dora” here by now. Two people cannot have one name. What the first had is kept."
    }
    assert "amina" in found(desk, root)
    people.remove("amina")
    assert desk.act(root, "instructor", [amina]) == {amina: "“amina” was removed already."}


@pytest.mark.parametrize(
    ("act", "who", "why"),
    [
        ("remove", ("amina", "root"), "You cannot remove yourself. Another administrator can."),
        ("promote", ("amina",), "Choose what is to be done. Nothing was changed."),
        ("remove", (), "One of these people is not known here any more"),
    ],
)
def test_what_cannot_be_done_is_done_to_nobody(
    people: PeopleStore, root: Caller, act: str, who: tuple[str, ...], why: str
) -> None:
    """With what to do."""
    desk = PeopleDesk(people)

    with pytest.raises(RefusedError, match=why):
        desk.act(root, act, ids(people, *who))
    assert "amina" in found(desk, root)


def test_somebody_who_is_nobody_stops_all_of_it(people: PeopleStore, desk: PeopleDesk, root: Caller) -> None:
    """The page is of another place, or old."""
    with pytest.raises(RefusedError, match="One of these people is not known here any more"):
        desk.act(root, "remove", [*ids(people, "amina"), "nobody"])
    assert "amina" in found(desk, root)


def test_only_administrators_look_and_do(people: PeopleStore, desk: PeopleDesk) -> None:
    """Whatever they are else."""
    amina = Caller(ids(people, "amina")[0], "amina", may_make=True)

    with pytest.raises(NotOpenError, match="This is for administrators of this place"):
        desk.find(amina, "", "", "")
    with pytest.raises(NotOpenError, match="This is for administrators of this place"):
        desk.act(amina, "remove", ids(people, "cleo"))


def test_it_is_known_what_nobody_leads_without_somebody(people: PeopleStore, desk: PeopleDesk, root: Caller) -> None:
    """Before they are removed, which nothing keeps an administrator from."""
    course = people.groups.add("class", "Statistics")
    (amina,) = ids(people, "amina")
    people.groups.join(course, amina, "instructor")

    assert [group.title for group in desk.left_alone(root, [amina, *ids(people, "bela")])] == ["Statistics"]
    assert desk.left_alone(root, ids(people, "bela")) == []
    with pytest.raises(NotOpenError, match="This is for administrators of this place. Ask one of them."):
        desk.left_alone(Caller(amina, "amina"), [amina])
    assert desk.act(root, "remove", [amina]) == {}
