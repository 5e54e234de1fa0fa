"""What the people of a class or an event are told before its end, and before its data goes: on pages, and once a day in JupyterLab."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from support.ends import FakeHub
from support.people_service import ROOT, parts_in

from sardonyx_hub_config.pages.endings import Endings, EndingShown
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.ending_soon import say_ending
from sardonyx_services.people.errors import AwayError
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.end_notices import EndNotices
from sardonyx_services.people.web.service import create_app
from sardonyx_spawner.dates import say_local

AUTUMN = ClassDetails(
    profile="python", last_day=date(2027, 10, 31), zone="Europe/Paris", kept_days=30, after_end="delete"
)
OVER = datetime(2027, 10, 31, 23, 0, tzinfo=UTC)
"""Midnight in Paris after the last day."""
CLOSES = datetime(2027, 11, 30, 23, 0, tzinfo=UTC)
LAST_DAY = "The last day of “Statistics” is 31 October: its servers stop at the end of it."
READ = "What is in it is read and copied until 30 November."
READ_IN_EVENT = "What you have in it is read and copied until then. Then all of it is deleted."
GOES = "Its data is deleted after 1 December."


@pytest.mark.parametrize(
    ("now", "details", "said"),
    [
        pytest.param(OVER - timedelta(days=7, seconds=1), AUTUMN, "", id="more than a week before"),
        pytest.param(OVER - timedelta(days=7), AUTUMN, f"{LAST_DAY} {READ} {GOES}", id="a week before"),
        pytest.param(OVER, AUTUMN, "", id="over, and a month to copy"),
        pytest.param(CLOSES - timedelta(days=7), AUTUMN, f"“Statistics” is over. {READ} {GOES}", id="a week to copy"),
        pytest.param(CLOSES, AUTUMN, "", id="closed"),
        pytest.param(
            OVER - timedelta(days=1), replace(AUTUMN, after_end="keep"), f"{LAST_DAY} {READ}", id="data is kept"
        ),
        pytest.param(
            OVER - timedelta(days=1),
            replace(AUTUMN, kept_days=0),
            f"{LAST_DAY} Its data is deleted after 1 November.",
            id="no day to copy",
        ),
        pytest.param(OVER, replace(AUTUMN, last_day=None), "", id="no days"),
    ],
)
def test_what_ends_is_said_a_week_before_with_its_days(now: datetime, details: ClassDetails, said: str) -> None:
    """The last ones on which something can be done, by the clocks of the class."""
    assert say_ending("Statistics", details, now) == said


@pytest.fixture
def people(tmp_path: Path) -> Iterator[PeopleStore]:
    """Amina and Bob."""
    store = PeopleStore(tmp_path / "people.sqlite")
    for name in ("amina", "bob"):
        store.add_account(name, "")
    store.languages.choose("bob", "fr")
    yield store
    store.close()


def class_of(people: PeopleStore, details: ClassDetails, *names: str) -> str:
    """Make a class with some students; return its id."""
    made = people.groups.add("class", "Statistics")
    people.classes.change(made, details)
    for name in names:
        person = people.by_name(name)
        assert person is not None
        people.groups.join(made, person.id, "student")
    return made


def test_the_first_page_says_it_to_who_is_in_the_class(people: PeopleStore) -> None:
    """And nothing of classes that have ended, or that others are in; it is there also while the people are away."""
    now = OVER - timedelta(days=2)
    made, ended = class_of(people, AUTUMN, "amina"), class_of(people, AUTUMN, "amina")
    people.groups.end(ended)
    endings = Endings(lambda: people, lambda: now)

    assert endings.of("amina") == (EndingShown(f"classes/{made}", f"{LAST_DAY} {READ} {GOES}"),)
    assert endings.of("bob") == endings.of("nobody") == ()

    def away() -> PeopleStore:
        raise AwayError

    assert Endings(away).of("amina") == ()
    assert Endings(away).over("amina") == ""
    assert Endings(away).files_until("amina") is None


def test_the_first_page_says_to_whom_takes_part_in_an_event_when_all_is_deleted(people: PeopleStore) -> None:
    """Not to who organises it. Who has an account of it alone starts nothing once it is over; who has another one does."""
    ends = datetime.now(UTC) + timedelta(hours=1)
    details = EventDetails(ends - timedelta(days=2), ends, zone="Europe/Paris", profile="python")
    event = people.events.add("Data <days>", details)
    people.seats.add(event, 2, str, most=2)
    ada, now = people.entries.by_code("1", "Ada").name, ends - timedelta(hours=1)
    for name, role in (("amina", "participant"), ("bob", "organiser")):
        person = people.by_name(name)
        assert person is not None
        people.groups.join(event, person.id, role)  # type: ignore[arg-type]  # one of the roles
    endings = Endings(lambda: people, lambda: now)

    (shown,) = endings.of(ada)
    assert shown.path == f"events/{event}"
    moments = re.findall(r'<time datetime="([^"]+)">([^<]+)</time>', shown.said)
    assert moments == [(each.isoformat(), say_local(each, "Europe/Paris", now.date())) for each in (ends, details.goes)]
    said = re.sub("<time.*?</time>", "then", shown.said)
    assert said == f"“Data &lt;days&gt;” ends then: its servers stop then. {READ_IN_EVENT}"
    assert endings.of("amina") == (shown,)
    assert endings.of("bob") == ()
    assert endings.over(ada) == ""
    now = ends
    said = re.sub("<time.*?</time>", "then", endings.of(ada)[0].said)
    assert said == f"“Data &lt;days&gt;” is over. {READ_IN_EVENT}"
    assert endings.over(ada) == f"events/{event}"
    assert endings.over("amina") == endings.over("nobody") == ""


def test_who_has_an_account_of_an_event_alone_has_their_files_until_these_are_deleted(people: PeopleStore) -> None:
    """Where homes cannot be read once no server starts, until then. Files of all others stay, of who takes part, too."""
    ends = datetime.now(UTC) + timedelta(hours=1)
    details = EventDetails(ends - timedelta(days=2), ends, zone="Europe/Paris", profile="python", read_hours=12)
    event = people.events.add("Data days", details)
    people.seats.add(event, 1, str, most=1)
    ada = people.entries.by_code("1", "Ada").name
    amina = people.by_name("amina")
    assert amina is not None
    people.groups.join(event, amina.id, "participant")
    endings, without = Endings(lambda: people), Endings(lambda: people, archives_have_homes=False)
    goes = ends + timedelta(hours=12)

    assert endings.files_until(ada) == goes
    said = say_local(goes, "Europe/Paris", datetime.now(UTC).date())
    assert endings.say_files_until(ada) == f'<time datetime="{goes.isoformat()}">{said}</time>'
    assert without.files_until(ada) == ends
    assert endings.files_until("amina") is endings.files_until("nobody") is None
    assert endings.say_files_until("amina") == ""


async def test_who_starts_a_server_in_the_last_week_is_told_once_a_day(people: PeopleStore) -> None:
    """In their language. Who works since before is not, nor who has another server, nor before that week."""
    made, hub, now = class_of(people, AUTUMN, "amina", "bob"), FakeHub(), [OVER - timedelta(days=8)]
    notices = EndNotices(people, hub, "en", lambda: now[0])  # type: ignore[arg-type]  # as much as is asked of it
    hub.running = dict.fromkeys(("amina", "bob", "cem", "dora"), "running")
    hub.profiles = {**dict.fromkeys(("amina", "bob", "dora"), f"class-{made}"), "cem": "python"}
    hub.since = {**dict.fromkeys(("amina", "bob", "cem"), now[0]), "dora": now[0] - timedelta(hours=1)}
    await notices.look()
    assert hub.said == []

    for day in (6, 6, 5):
        now[0] = OVER - timedelta(days=day)
        hub.since |= dict.fromkeys(("amina", "cem"), now[0])
        await notices.look()
        await notices.look()
    hub.since["bob"] = now[0] - timedelta(minutes=9)
    await notices.look()

    amina = "Statistics: The last day of this class is 31 October: its servers stop at the end of it. What is in your home stays yours."
    assert [said for name, said in hub.said if name == "amina"] == [amina, amina]
    assert [name for name, _said in hub.said] == ["amina", "amina", "bob"]
    assert hub.said[-1][1] != amina


async def test_a_word_that_cannot_be_said_is_tried_again(people: PeopleStore) -> None:
    """And in the last hour it is another word, which all get."""
    made, hub, now = class_of(people, AUTUMN, "amina"), FakeHub(), [OVER - timedelta(days=1)]
    notices = EndNotices(people, hub, "en", lambda: now[0])  # type: ignore[arg-type]  # as above
    hub.running, hub.profiles, hub.since = {"amina": "running"}, {"amina": f"class-{made}"}, {"amina": now[0]}
    say, hub.say = hub.say, None  # type: ignore[assignment, method-assign]
    await notices.look()

    hub.say = say  # type: ignore[method-assign]
    await notices.look()
    now[0] = hub.since["amina"] = OVER - timedelta(minutes=59)
    await notices.look()

    assert len(hub.said) == 1


async def test_the_pages_of_a_student_say_it(
    people: PeopleStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of classes, and the page of the class with a link to what can be taken; not to an administrator who is in none."""
    today = datetime.now(UTC).date()
    made = class_of(people, replace(AUTUMN, last_day=today + timedelta(days=3), zone="UTC"), "amina")
    people.add_account("root", "", is_admin=True)

    def hub(request: httpx.Request) -> httpx.Response:
        name = request.headers["Authorization"].removeprefix("token ")
        known = {"kind": "user", "name": name, "groups": [], "scopes": ["access:services!service=people"]}
        return httpx.Response(200, json={"servers": []} if request.url.path.endswith("servers") else known)

    parts = parts_in(tmp_path, people, httpx.MockTransport(hub), monkeypatch)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(parts)), base_url=f"http://p{ROOT}"
    ) as client:
        amina, root = {"Authorization": "token amina"}, {"Authorization": "token root"}
        page = (await client.get(f"classes/{made}", headers=amina)).text
        listed, of_root = [(await client.get("", headers=who)).text for who in (amina, root)]

    for text in (page, listed):
        assert "The last day of “Statistics” is" in text
    assert '<a href="#copy">' in page
    assert "The last day of" not in of_root
