"""What is done with a class at the desk: who may, what is refused and why, and what is written down."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier

import pytest

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.classes import ChangedMeanwhileError
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.groups import Role
from sardonyx_services.people.join_link import JoinLinks
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.desk import Desk
from sardonyx_services.people.web.classes.endings import Endings
from sardonyx_services.people.web.classes.enrolling import Enrolling
from sardonyx_services.people.web.classes.seat import Caller, Level, may_make
from sardonyx_services.people.web.errors import NoLinkError, NotOpenError, NotThereError, RefusedError
from sardonyx_services.people.web.operation.account_desk import AccountDesk
from sardonyx_spawner.profiles import Allowed, Gives, Option, Profile
from sardonyx_spawner.repository import Material

SIZE = Option("size", "Size", choices=(Allowed("small", "Small", gives=Gives(cpu=1)), Allowed("large", "Large")))
PYTHON = Profile("python", "Python", options=(SIZE,))
NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
AUTUMN = ClassDetails(profile="python", answers={"size": "small"}, joining=True, last_day=date(2026, 12, 18))


@pytest.fixture
def people(tmp_path: Path) -> Iterator[PeopleStore]:
    """Some people, none in a class."""
    store = PeopleStore(tmp_path / "people.sqlite")
    for name in ("tia", "tom", "amina", "bob", "root"):
        store.add_account(name, "")
    yield store
    store.close()


@pytest.fixture
def now() -> list[datetime]:
    """The moment that it is."""
    return [NOW]


@pytest.fixture
def desk(people: PeopleStore, now: list[datetime]) -> Desk:
    """The desk."""
    return Desk(people, JoinLinks(b"secret"), (PYTHON,), clock=lambda: now[0])


def caller(people: PeopleStore, name: str) -> Caller:
    """Return somebody who asks; tia and tom may make classes, root is an administrator."""
    person = people.by_name(name)
    assert person is not None
    return Caller(person.id, name, is_admin=name == "root", may_make=name in {"tia", "tom", "root"})


@pytest.fixture
def tia(people: PeopleStore) -> Caller:
    """Who makes the class."""
    return caller(people, "tia")


@pytest.fixture
def course(desk: Desk, tia: Caller) -> str:
    """The id of a class of tia's."""
    return desk.make(tia, "Statistics", AUTUMN)


def done(people: PeopleStore, course: str) -> list[str]:
    """Return what was written down, the earliest first."""
    return [action.what for action in reversed(people.actions.of(course))]


def test_who_makes_a_class_is_its_instructor(desk: Desk, people: PeopleStore, tia: Caller, course: str) -> None:
    """And it is theirs alone until others join."""
    assert [(seen.group.title, seen.role, seen.is_over) for seen in desk.mine(tia)] == [
        ("Statistics", "instructor", False)
    ]
    assert desk.mine(caller(people, "amina")) == []
    assert [seen.group.id for seen in desk.mine(caller(people, "root"))] == [course]
    assert done(people, course) == ["make"]


@pytest.mark.parametrize(
    ("details", "message"),
    [
        (replace(AUTUMN, profile="gone"), "Classes cannot be made from “gone” here."),
        (replace(AUTUMN, answers={"cpu": "64"}), "Python does not ask for cpu."),
        (replace(AUTUMN, answers={"size": "huge"}), "Size: “huge” is not available"),
        (replace(AUTUMN, repositories=(Material("git@example.org:a"),)), "This address needs an SSH key"),
        (
            replace(AUTUMN, repositories=(Material("https://e.org/a"), Material("https://e.org/b", "-x"))),
            "Repository 2: “-x” cannot be the name of a branch.",
        ),
        (replace(AUTUMN, zone="Nowhere"), "“Nowhere” is no time zone."),
    ],
)
def test_a_class_that_cannot_be_is_not_made(
    desk: Desk, people: PeopleStore, tia: Caller, details: ClassDetails, message: str
) -> None:
    """Nothing of it is left."""
    with pytest.raises((RefusedError, PeopleError)) as caught:
        desk.make(tia, "Statistics", details)

    assert caught.value.message.startswith(message)
    assert people.groups.all("class") == []


def test_no_class_is_made_where_its_people_could_start_no_servers(desk: Desk, people: PeopleStore, tia: Caller) -> None:
    """They would learn it in the first lesson."""
    said = "Servers cannot be kept apart on this machine, so people of a class or an event could start none. Ask the"
    before = len(people.groups.all("class"))

    with pytest.raises(NotOpenError, match=f"^{said}"):
        desk.make(replace(tia, could_start=False), "Statistics", ClassDetails())

    assert len(people.groups.all("class")) == before


def test_who_may_not_makes_none(desk: Desk, people: PeopleStore) -> None:
    """The operator says who may."""
    with pytest.raises(NotOpenError, match="You cannot make classes here"):
        desk.make(caller(people, "amina"), "Mine", AUTUMN)


@pytest.mark.parametrize(
    ("makers", "plain", "instructor"),
    [("administrators", False, False), ("instructors", False, True), ("everybody", True, True)],
)
def test_who_may_make_classes(makers: str, plain: bool, instructor: bool) -> None:  # noqa: FBT001 - pytest passes by name
    """As the settings say; administrators always."""
    assert may_make(makers, is_admin=False, is_instructor=False) is plain  # type: ignore[arg-type]  # of the settings
    assert may_make(makers, is_admin=False, is_instructor=True) is instructor  # type: ignore[arg-type]  # as above
    assert may_make(makers, is_admin=True, is_instructor=False)  # type: ignore[arg-type]  # as above


def test_settings_are_changed_and_the_link_stays(desk: Desk, tia: Caller, course: str) -> None:
    """What a form does not say of the link is as it was."""
    code = desk.join_code(tia, course)
    before = desk.seen(tia, course, Level.INSTRUCTOR).details

    desk.change(tia, course, "Statistics 101", replace(before, profile="", joining=False, join_round=99))

    seen = desk.seen(tia, course, Level.MEMBER)
    assert (seen.group.title, seen.details.profile, dict(seen.details.answers)) == ("Statistics 101", "", {})
    assert desk.join_code(tia, course) == code
    with pytest.raises(ChangedMeanwhileError):
        desk.change(tia, course, "Mine", before)


def test_people_join_by_the_link_and_stay_what_they_are(
    desk: Desk, people: PeopleStore, tia: Caller, course: str
) -> None:
    """Also who opens it twice, and who is staff."""
    code = desk.join_code(tia, course)

    assert [desk.join(caller(people, "amina"), code) for _ in range(2)] == [course] * 2
    desk.join(tia, code)

    assert {member.person.name: member.role for member in desk.members(tia, course)} == {
        "amina": "student",
        "tia": "instructor",
    }
    assert done(people, course) == ["make", "join"]


@pytest.fixture(params=["other", "closed", "renewed", "ended", "over", "nonsense", "another place"])
def old_code(request: pytest.FixtureRequest, desk: Desk, tia: Caller, course: str, now: list[datetime]) -> str:
    """A code that leads into no class, for each reason that there is."""
    code, why = desk.join_code(tia, course), request.param
    if why == "other":
        code = f"{desk.make(tia, 'Other', AUTUMN)}-{code.partition('-')[2]}"
    elif why == "closed":
        desk.open_link(tia, course, joining=False)
    elif why == "renewed":
        desk.open_link(tia, course, joining=True, renew=True)
    elif why == "ended":
        desk._people.groups.end(course)
    elif why == "over":
        now[0] = datetime(2026, 12, 19, tzinfo=UTC)
    else:
        code = "é" if why == "nonsense" else JoinLinks(b"other").code(course, 1)
    return code


def test_a_link_that_is_not_good_leads_nowhere(desk: Desk, people: PeopleStore, old_code: str, course: str) -> None:
    """The answer is the same, so that nobody learns which classes there are."""
    with pytest.raises(NoLinkError) as caught:
        desk.join(caller(people, "amina"), old_code)

    assert caught.value.message == (
        "This link leads into no class, or not any more. Ask who gave it to you for a new one."
    )
    assert "amina" not in {people.by_id(person).name for person in people.groups.members(course)}  # type: ignore[union-attr]  # nobody was removed


@pytest.mark.parametrize("role", ["student", "guest", "assistant"])
def test_who_is_not_an_instructor_changes_nothing(
    desk: Desk, people: PeopleStore, tia: Caller, course: str, role: Role
) -> None:
    """They are told who may."""
    desk.set_role(tia, course, "amina", role)
    amina = caller(people, "amina")

    acts: list[Callable[[], object]] = [
        lambda: desk.change(amina, course, "Mine", AUTUMN),
        lambda: Endings(desk, people).end(amina, course),
        lambda: Endings(desk, people).decide(amina, course, "keep"),
        lambda: desk.set_role(amina, course, "amina", "instructor"),
        lambda: desk.remove(amina, course, "tia"),
        lambda: desk.open_link(amina, course, joining=False),
        lambda: enrolling_at(desk, people).bring_in(amina, course, b"bob"),
    ]
    for act in acts:
        with pytest.raises(NotOpenError, match="This is for the instructors of the class. Ask one of them."):
            act()


def enrolling_at(desk: Desk, people: PeopleStore) -> Enrolling:
    """Return what lets people into classes, where who is not known signs in once first."""
    return Enrolling(desk, people, AccountDesk(people, "http://place/hub/", has_passwords=False), "unknown")


def test_for_others_there_is_no_such_class(desk: Desk, people: PeopleStore, course: str) -> None:
    """Whether there is one or not; an administrator has it, and is told where there is none."""
    for asked in (course, "other"):
        with pytest.raises(NotThereError, match="There is no such class, or you are not in it"):
            desk.seen(caller(people, "tom"), asked, Level.MEMBER)
    root = caller(people, "root")
    assert desk.seen(root, course, Level.INSTRUCTOR).role is None
    with pytest.raises(NotThereError):
        desk.seen(root, "other", Level.INSTRUCTOR)


def test_of_the_last_two_instructors_one_stays(desk: Desk, people: PeopleStore, tia: Caller) -> None:
    """Also when both leave at the same moment."""
    tom, start = caller(people, "tom"), Barrier(2)

    def leave(course: str, who: Caller) -> None:
        start.wait()
        with suppress(RefusedError):
            desk.remove(who, course, who.name)

    with ThreadPoolExecutor(2) as both:
        for _again in range(20):
            course = desk.make(tia, "Statistics", AUTUMN)
            desk.set_role(tia, course, "tom", "instructor")
            list(both.map(leave, (course, course), (tia, tom)))
            assert len(people.groups.members(course)) == 1


def test_a_class_keeps_an_instructor(desk: Desk, people: PeopleStore, tia: Caller, course: str) -> None:
    """By whatever way the last one would go."""
    enrolling = enrolling_at(desk, people)
    only = "tia is the only instructor of this class. Make somebody else one first."
    with pytest.raises(RefusedError, match=only):
        desk.remove(tia, course, "tia")
    with pytest.raises(RefusedError, match=only):
        desk.set_role(tia, course, "tia", "student")
    with pytest.raises(RefusedError, match="No instructor would be left. Nothing was changed."):
        enrolling.bring_in(tia, course, b"name,role\ntia,student\n")

    with pytest.raises(RefusedError, match="No instructor would be left. Nothing was changed."):
        enrolling.bring_in(caller(people, "root"), course, b"name,role\ntia,student\n")

    desk.set_role(tia, course, "tom", "instructor")
    desk.remove(tia, course, "tia")

    assert [member.person.name for member in desk.members(caller(people, "tom"), course)] == ["tom"]


def test_students_may_leave(desk: Desk, people: PeopleStore, tia: Caller, course: str) -> None:
    """And take out nobody else."""
    for name in ("amina", "bob"):
        desk.set_role(tia, course, name, "student")
    amina = caller(people, "amina")

    with pytest.raises(NotOpenError):
        desk.remove(amina, course, "bob")
    desk.remove(amina, course, "amina")

    assert {member.person.name for member in desk.members(tia, course)} == {"bob", "tia"}


def test_a_roster_makes_no_accounts(desk: Desk, people: PeopleStore, tia: Caller, course: str) -> None:
    """That is the operator's to do; who is known joins, after a look that changes nothing."""
    roster = "name;role\namina;\nbob;assistant\ncem;\n".encode("utf-8-sig")
    enrolling = enrolling_at(desk, people)

    looked = enrolling.look(tia, course, roster)
    assert len(desk.members(tia, course)) == 1
    found = enrolling.bring_in(tia, course, roster).found

    assert found == looked
    assert [fault.text for fault in found.faults] == ["cem is not known here: they sign in once first."]
    assert {m.person.name: m.role for m in desk.members(tia, course)} == {
        "amina": "student",
        "bob": "assistant",
        "tia": "instructor",
    }
    assert people.by_name("cem") is None
    assert done(people, course) == ["make", "import"]


def test_somebody_who_is_not_here_is_named(desk: Desk, tia: Caller, course: str) -> None:
    """With what they have to do."""
    with pytest.raises(RefusedError, match="There is nobody called “cem” here. People sign in once before"):
        desk.set_role(tia, course, "cem", "student")


def test_a_class_is_over_after_its_last_day_or_when_it_was_ended(
    desk: Desk, people: PeopleStore, tia: Caller, course: str, now: list[datetime]
) -> None:
    """Its people still find it in their list."""
    now[0] = datetime(2026, 12, 18, 23, 59, tzinfo=UTC)
    assert not desk.seen(tia, course, Level.MEMBER).is_over
    now[0] = datetime(2026, 12, 19, tzinfo=UTC)
    assert desk.seen(tia, course, Level.MEMBER).is_over

    now[0] = NOW
    Endings(desk, people).end(tia, course)
    assert [seen.is_over for seen in desk.mine(tia)] == [True]
    with pytest.raises(PeopleError):
        desk.set_role(tia, course, "amina", "student")
