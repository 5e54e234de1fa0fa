"""Who is offered the profile of a class, from which moment to which, and how often the database is asked for it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sardonyx_hub_config.offered import profiles_for_classes
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_hub_config.sources.class_profiles import ClassProfiles
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.database import Place
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.groups import Role, all_groups
from sardonyx_services.people.lessons import WeeklyHours
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.timetable import timetable_of
from sardonyx_spawner.catalogue import Catalogue
from sardonyx_spawner.choice import Choice
from sardonyx_spawner.class_limits import Limits
from sardonyx_spawner.errors import UnknownProfileError
from sardonyx_spawner.group_volume import GroupVolume
from sardonyx_spawner.person import Person
from sardonyx_spawner.planner import plan_server
from sardonyx_spawner.profiles import Allowed, Gives, Option, Profile
from sardonyx_spawner.quotas import Claim, Reserved
from sardonyx_spawner.repository import Material

SIZE = Option(
    "size", "Size", choices=(Allowed("small", "S", gives=Gives(cpu=1)), Allowed("large", "L", gives=Gives(cpu=4)))
)
PYTHON = Profile("python", "Python", options=(SIZE,), gives=Gives(environment="python"))
FIRST = datetime(2026, 9, 6, 22, tzinfo=UTC)
AFTER = datetime(2026, 12, 18, 23, tzinfo=UTC)
FORGE = "https://forge.example/"
MOMENT = timedelta(microseconds=1)
AUTUMN = ClassDetails(
    profile="python",
    answers={"size": "large"},
    first_day=date(2026, 9, 7),
    last_day=date(2026, 12, 18),
    zone="Europe/Paris",
)
"""From midnight to midnight in Paris, where clocks are changed between them."""


class School:
    """A class, its profiles, and a clock; the hub keeps copies of what is on one forge."""

    def __init__(self, place: Place, bases: Mapping[str, Profile]) -> None:
        self.place = place
        self.people = PeopleStore(place)
        self.now = FIRST
        self.asked = 0
        self.course = self.people.groups.add("class", "Statistics 101")
        self.people.classes.change(self.course, AUTUMN)
        self.classes = ClassProfiles(bases, place, self._people, lambda: self.now, mirrored=[FORGE])
        self.catalogue = Catalogue(bases.values(), self.classes)

    def _people(self) -> PeopleStore:
        self.asked += 1
        return self.people

    def person(self, name: str, role: Role | None = None) -> Person:
        """Return somebody, in the class as something."""
        record = self.people.signed_in("university", name, name)
        if role is not None:
            self.people.groups.join(self.course, record.id, role)
        return Person(record.id, name, all_groups((), self.people.groups.of(record.id)))

    def change(self, **changes: Any) -> None:
        """Change the class."""
        details = self.people.classes.details(self.course)
        self.people.classes.change(self.course, replace(details, **changes))

    def offered(self, person: Person) -> list[str]:
        """Return the titles of what somebody may start now."""
        return [profile.title for profile in self.catalogue.offered_to(person)]


@pytest.fixture
def school(people_place: Place) -> Iterator[School]:
    """A class in autumn, made from the one profile that there is."""
    made = School(people_place, {"python": PYTHON})
    yield made
    made.people.close()


@pytest.mark.parametrize(
    ("role", "is_writable"), [("student", False), ("guest", False), ("assistant", True), ("instructor", True)]
)
def test_staff_of_a_class_write_what_it_shares_and_the_others_read(
    school: School, role: Role, *, is_writable: bool
) -> None:
    """By the class's id and the role alone: nobody else's profile has it, and no answer names one."""
    person = school.person("amina", role)
    other = school.people.groups.add("class", "Other")
    school.people.classes.change(other, AUTUMN)
    school.people.groups.join(other, school.person("ben").id, "instructor")
    files = GroupVolume("class", school.course, is_writable=is_writable)
    of_class = next(each for each in school.classes.profiles_for(person))

    assert of_class.volumes == (files,)
    assert plan_server(of_class, Choice(of_class.slug, {"volumes": f"class-{other}"}), person).volumes == (files,)
    assert school.classes.volumes_of(person.id, of_class.slug) == (files,)
    assert school.classes.volumes_of(person.id, f"class-{other}") == ()
    assert school.catalogue.find("python", person).volumes == ()


def test_who_leaves_a_class_has_nothing_of_its_files_any_more(school: School) -> None:
    """Nor does anybody when it is over; who only reads from now on is known, too."""
    tia, profile = school.person("tia", "instructor"), f"class-{school.course}"
    school.people.groups.join(school.course, tia.id, "student")
    assert school.classes.volumes_of(tia.id, profile) == (GroupVolume("class", school.course, is_writable=False),)

    school.people.groups.end(school.course)
    assert school.classes.volumes_of(tia.id, profile) == ()


def test_a_team_writes_what_it_shares_while_its_event_is_on(school: School) -> None:
    """Who is in no team shares nothing; how many are in one is known before they come."""
    begins = datetime.now(UTC)
    details = EventDetails(profile="python", begins=begins, ends=begins + timedelta(days=1))
    event = school.people.events.add("Open data", details)
    school.people.seats.add(event, 1, str, most=9, teams=[("Blue", 1)])
    school.now = begins
    ada, ben = (school.people.entries.by_code(code, name) for code, name in (("1", "Ada"), ("2", "Ben")))
    (team,) = school.people.seats.teams(event)
    found = {each: school.classes.volumes_of(each, f"event-{event}") for each in (ada.person, ben.person)}

    assert sorted(found.values()) == [(), (GroupVolume("team", team.id, is_writable=True),)]
    (offered,) = school.classes.profiles_for(Person(ada.person, ada.name))
    assert offered.ends_at == (begins + timedelta(days=1)).timestamp()
    (expected,) = school.classes.expected()
    assert (expected.count, expected.in_teams, expected.plan.volumes) == (2, 1, ())
    school.now = begins + timedelta(days=1)
    assert [school.classes.volumes_of(each, f"event-{event}") for each in (ada.person, ben.person)] == [(), ()]


@pytest.mark.parametrize(
    ("role", "now", "is_offered"),
    [
        ("student", FIRST - MOMENT, False),
        ("student", FIRST, True),
        ("student", AFTER - MOMENT, True),
        ("student", AFTER, False),
        ("guest", FIRST - MOMENT, False),
        ("guest", FIRST, True),
        ("assistant", FIRST - MOMENT, True),
        ("instructor", FIRST - timedelta(days=100), True),
        ("instructor", AFTER - MOMENT, True),
        ("instructor", AFTER, False),
        (None, FIRST, False),
    ],
)
def test_a_class_is_offered_while_it_is_on(school: School, role: Role | None, now: datetime, is_offered: bool) -> None:  # noqa: FBT001
    """To the moment, in its own time zone; to who prepares it before that, too, and to nobody else ever."""
    person = school.person("amina", role)
    school.now = now

    assert school.offered(person) == (["Statistics 101", "Python"] if is_offered else ["Python"])
    if not is_offered:
        with pytest.raises(UnknownProfileError, match="is not available to you. Choose one of: python."):
            school.catalogue.find(f"class-{school.course}", person)


def test_the_clock_goes_on_while_nothing_is_changed(school: School) -> None:
    """What is remembered of the database is not when it was looked at."""
    amina = school.person("amina", "student")
    seen = []
    for school.now in (FIRST - MOMENT, FIRST, AFTER - MOMENT, AFTER):
        seen.append(len(school.offered(amina)))

    assert seen == [1, 2, 2, 1]


def test_the_database_is_asked_again_when_something_has_changed(tmp_path: Path) -> None:
    """And not before: a start looks several times."""
    school = School(tmp_path / "people.sqlite", {"python": PYTHON})
    amina, bob = school.person("amina", "student"), school.person("bob", "student")
    school.offered(amina)
    school.offered(bob)
    before = school.asked
    for _ in range(20):
        school.offered(amina)
        school.offered(bob)
    assert school.asked == before

    school.change(description="Mondays")

    assert school.catalogue.offered_to(amina)[0].description == "Mondays"
    assert school.asked == before + 1
    school.people.close()


def test_it_is_gone_at_once_when_it_is_over_for_somebody(school: School) -> None:
    """Who left it, and then the others."""
    amina, bob = school.person("amina", "student"), school.person("bob", "student")
    assert school.offered(amina) == school.offered(bob) == ["Statistics 101", "Python"]

    school.people.groups.leave(school.course, amina.id)
    assert [school.offered(amina), school.offered(bob)] == [["Python"], ["Statistics 101", "Python"]]
    school.people.groups.end(school.course)
    assert school.offered(bob) == ["Python"]


@pytest.mark.parametrize("profile", ["", "gone", "class-7mw2kfqd"])
def test_a_class_without_a_profile_of_this_machine_has_no_card(school: School, profile: str) -> None:
    """Its people start what everybody may start."""
    amina = school.person("amina", "student")
    school.change(profile=profile)

    assert school.offered(amina) == ["Python"]


def test_the_oldest_class_comes_first_and_each_is_its_own(school: School) -> None:
    """With what was settled in it."""
    amina = school.person("amina", "student")
    second = school.people.groups.add("class", "Physics")
    school.people.classes.change(second, ClassDetails(profile="python", answers={"size": "small"}))
    school.people.groups.join(second, amina.id, "student")
    team = school.people.groups.add("team", "Team")
    school.people.groups.join(team, amina.id, "member")
    amina = school.person("amina")

    offered = school.catalogue.offered_to(amina)

    assert [profile.slug for profile in offered] == [f"class-{school.course}", f"class-{second}", "python"]
    assert [profile.settled({})["size"] for profile in offered] == ["large", "small", "small"]


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ([], ["plain", "python"]),
        (["python"], ["python"]),
        (["staff", "gone-here"], ["staff"]),
    ],
)
def test_the_operator_says_from_what_classes_are_made(named: list[str], found: list[str]) -> None:
    """Or says nothing: from what everybody may start, and this machine can."""
    python = {"title": "Python", "environment": "python"}
    profiles = {
        "python": python,
        "plain": {**python, "order": -1},
        "staff": {**python, "groups": ["staff"]},
        "gone-here": {**python, "when": {"program": "no-such-program"}},
    }
    environments = {"python": {"title": "Python", "prefix": "/usr"}}
    settings = Settings.model_validate(
        {"environments": environments, "profiles": profiles, "classes": {"profiles": named}}
    )

    assert [profile.slug for profile in profiles_for_classes(settings)] == found


@pytest.mark.parametrize("kind", ["class", "event"])
def test_servers_have_what_is_left_of_their_profile(school: School, kind: str) -> None:
    """From the next start on, in a class as in an event; where the operator has less by now, that."""
    person = school.person("amina", "student")
    limits = Limits(("mlflow", "gone"), "6h")
    if kind == "class":
        school.change(limits=limits)
        slug = f"class-{school.course}"
    else:
        details = EventDetails(FIRST, FIRST + timedelta(hours=9), profile="python", limits=limits)
        made = school.people.events.add("Health", details)
        school.people.groups.join(made, person.id, "participant")
        slug = f"event-{made}"
        person = replace(person, groups=all_groups((), school.people.groups.of(person.id)))
    four = replace(PYTHON, tools=("vscode", "mlflow"), gives=Gives(environment="python", lifetime_s=4 * 3600))
    for base, lifetime in ((replace(PYTHON, tools=("vscode", "mlflow")), 6 * 3600), (four, 4 * 3600)):
        classes = ClassProfiles({"python": base}, school.place, lambda: school.people, lambda: school.now)
        profile = Catalogue([base], classes).find(slug, person)
        plan = plan_server(profile, Choice(slug, {}), person)
        assert (plan.tools, plan.lifetime_s, plan.longest_s) == (("mlflow",), lifetime, lifetime)


LESSONS = WeeklyHours(timetable_of("mon 10:00-12:00"), ahead_min=10, only_then=True)
LESSON = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "role", "is_offered"),
    [
        pytest.param(-11, "student", False, id="before"),
        pytest.param(-10, "student", True, id="minutes-before"),
        pytest.param(119, "student", True, id="in-a-lesson"),
        pytest.param(120, "student", False, id="after"),
        pytest.param(120, "assistant", True, id="staff"),
    ],
)
def test_servers_of_lessons_are_offered_in_lessons(
    school: School, minutes: int, role: Role, *, is_offered: bool
) -> None:
    """To staff always; an instructor changes that, and it counts at once."""
    school.people.lessons.set(school.course, LESSONS)
    school.now = LESSON + timedelta(minutes=minutes)
    amina = school.person("amina", role)

    assert ("Statistics 101" in school.offered(amina)) is is_offered
    school.people.lessons.set(school.course, replace(LESSONS, only_then=False))
    assert "Statistics 101" in school.offered(amina)


def test_room_is_kept_for_a_lesson_from_the_start_of_its_servers_to_its_end(school: School) -> None:
    """For all of its students, with the size that is settled; staff find their own."""
    school.people.lessons.set(school.course, LESSONS)
    roles: dict[str, Role] = {"amina": "student", "bob": "student", "cem": "guest", "ida": "instructor"}
    for name, role in roles.items():
        school.person(name, role)
    school.now = LESSON - timedelta(minutes=11)
    assert school.classes.reserved() == []

    school.now = LESSON

    slug, ends = f"class-{school.course}", (LESSON + timedelta(hours=2)).timestamp()
    each = Claim("", slug, cpu=4, ends_at=ends)
    assert school.classes.reserved() == [Reserved(slug, 3, each)]
    assert len(Reserved(slug, 3, each).not_taken([each, Claim("id", "python")])) == 2
    school.now = LESSON + timedelta(hours=2)
    assert school.classes.reserved() == []


@pytest.mark.parametrize(("minutes", "is_expected"), [(-11, False), (-10, True), (0, True), (14, True), (15, False)])
def test_the_students_of_a_lesson_are_expected_when_it_begins(
    school: School, minutes: int, *, is_expected: bool
) -> None:
    """Whether its servers are started ahead or not; with the size that is settled."""
    school.people.lessons.set(school.course, replace(LESSONS, ahead_min=0))
    roles: dict[str, Role] = {"amina": "student", "bob": "student", "ida": "instructor"}
    for name, role in roles.items():
        school.person(name, role)
    school.now = LESSON + timedelta(minutes=minutes)

    found = [(each.plan.profile, each.plan.cpu, each.count) for each in school.classes.expected()]
    assert found == ([(f"class-{school.course}", 4, 2)] if is_expected else [])


@pytest.mark.parametrize(("minutes", "is_expected"), [(-11, False), (-10, True), (14, True), (15, False)])
def test_everybody_of_an_event_is_expected_when_it_begins(school: School, minutes: int, *, is_expected: bool) -> None:
    """One server for each of its accounts, also of those that nobody has signed in with."""
    details = EventDetails(LESSON, LESSON + timedelta(hours=8), profile="python", answers={"size": "small"})
    event = school.people.events.add("Hackathon", details)
    school.people.seats.add(event, 3, lambda number: f"hash-{number}", most=9)
    school.now = LESSON + timedelta(minutes=minutes)

    found = [(each.plan.profile, each.plan.cpu, each.count) for each in school.classes.expected()]
    assert found == ([(f"event-{event}", 1, 3)] if is_expected else [])


def test_nobody_is_expected_of_an_event_that_was_ended_before(school: School) -> None:
    """Its organiser may end it whenever they want."""
    event = school.people.events.add("Hackathon", EventDetails(LESSON, LESSON + timedelta(hours=8), profile="python"))
    school.people.seats.add(event, 3, lambda number: f"hash-{number}", most=9)
    school.people.events.close(event, LESSON, early=True)
    school.now = LESSON

    assert school.classes.expected() == []


def test_the_hub_keeps_copies_of_what_is_on_a_forge_of_the_operators(school: School) -> None:
    """Of classes and events that go on, and of no other address that somebody names."""
    here, elsewhere = Material(f"{FORGE}course/a"), Material("https://elsewhere.example/b")
    school.change(repositories=(here, elsewhere))
    begins = datetime.now(UTC)
    of_event = (Material(f"{FORGE}course/c"), Material("https://forge.example.evil.example/d"))
    details = EventDetails(profile="python", begins=begins, ends=begins + timedelta(days=1), repositories=of_event)
    school.people.events.add("Open data", details)
    amina = school.person("amina", "student")

    (profile,) = (each for each in school.classes.profiles_for(amina) if each.slug == f"class-{school.course}")

    plan = plan_server(profile, Choice(profile.slug, {}), amina)
    assert [(each.url, each.is_mirrored) for each in plan.repositories] == [(here.url, True), (elsewhere.url, False)]
    assert school.classes.copied() == {here.url, of_event[0].url}
    school.people.groups.end(school.course)
    assert school.classes.copied() == {of_event[0].url}
