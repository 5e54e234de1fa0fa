"""An event in a browser: an organiser prints cards, people come in with their codes, and at the end nothing of it is left."""

import io
import re
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from e2e.conftest import Check
from playwright.sync_api import Browser, expect
from support.cards import opened, read_codes
from support.classes import CONF, hub, id_of, people_of
from support.events import codes_of, come_in, make_event, start_in_event
from support.stored import administrator_of, only_these_go
from support.visitors import PASSWORD, Visitor
from support.waiting import soon

SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python: {{title: Python, environment: python, order: 1}}
  secret: {{title: Other, environment: python, order: 2}}
events: {{keep_accounts: true}}
quotas: {{each_event: {{storage: 20G}}}}
"""
TEAM = """
import boto3, os
bucket = os.environ["SARDONYX_S3_HOME"].removeprefix("s3://").partition("/")[0]
s3 = boto3.Session(profile_name="team-{team}").client("s3")
"""
WRITE = TEAM + 's3.put_object(Bucket=bucket, Key="team/{team}/plan.txt", Body=b"our plan"); print("written")'
READ = TEAM + 'print(s3.get_object(Bucket=bucket, Key="team/{team}/plan.txt")["Body"].read().decode())'
OWN = """
import boto3, os, pathlib
bucket, _, prefix = os.environ["SARDONYX_S3_HOME"].removeprefix("s3://").partition("/")
boto3.client("s3").put_object(Bucket=bucket, Key=prefix + "own.txt", Body=b"mine")
pathlib.Path("work.txt").write_text("my work")
pathlib.Path("passwd").symlink_to("/etc/passwd")
print("kept")
"""
PHONE = {"width": 390, "height": 844}
NO_ENTRY = "This code is not good, or its event is not on now."


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Any]) -> Any:
    """A place where people may organise events."""
    return place_with(SETTINGS, conf=CONF)


@pytest.fixture
def guests(guests: Callable[..., Visitor]) -> Callable[..., Visitor]:
    """A way to have somebody with a phone who has never been here."""
    return partial(guests, viewport=PHONE)


def days_later(place: Any, event: str) -> None:
    """Let an event have ended two days ago."""
    with closing(sqlite3.connect(place.data / "people.sqlite")) as database:
        ago = "ends = datetime(ends, '-2 days'), closed = datetime(closed, '-2 days')"
        database.execute(f'UPDATE events SET {ago} WHERE "group" = ?', (event,))  # noqa: S608 - ours
        database.commit()


def all_of_it_goes(place: Any, event: str, team: str, people: list[str]) -> AbstractContextManager[None]:
    """See that the two files that there are of an event go from the store meanwhile, and nothing of others."""
    homes = (f"home/{person}/" for person in people)
    return only_these_go(administrator_of(place), [f"event/{event}/", f"team/{team}/", *homes], files=2)


def all_that_is_known(place: Any) -> str:
    """Return the people store as text, but for what operators and organisers did."""
    with closing(sqlite3.connect(place.data / "people.sqlite")) as database:
        return "\n".join(line for line in database.iterdump() if 'INTO "actions"' not in line)


def archive_of(visitor: Visitor) -> zipfile.ZipFile:
    """Return what somebody takes with them from the page where they are."""
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name="Get all of it").click()
    return zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))


def taken_by_link(place: Any, olga: Any, event: str, stranger: Visitor, check: Check) -> str:
    """Let somebody take what the first team has by the link that the organiser copies; return the link."""
    olga.page.goto(f"{place.url}/services/people/events/{event}")
    check(olga.page, "event-read")
    link = str(olga.page.get_by_role("group", name="Team 1").inner_text())
    stranger.page.goto(link)
    stranger.page.get_by_role("heading", name="Team 1").wait_for()
    check(stranger.page, "event-take")
    assert archive_of(stranger).namelist() == ["team/plan.txt"]
    olga.page.get_by_role("link", name="What was done").click()
    said = "somebody with the link took, by its link, what this team has: Team 1"
    olga.page.get_by_role("row", name=said).wait_for()
    return link


def expect_over(guest: Visitor, check: Check) -> None:
    """See that somebody whose event is over is led to what they take with them, where others start a server."""
    page = guest.page
    page.goto(f"{guest.stack.url}/hub/home")
    page.get_by_text("“Two teams” is over. What you have in it is read and copied until").wait_for()
    expect(page.get_by_role("link", name="Start a server")).to_have_count(0)
    expect(page.get_by_text("Your files are kept.")).to_have_count(0)
    check(page, "home-of-participant")
    page.goto(f"{guest.stack.url}/hub/spawn")
    page.get_by_text("The event is over").wait_for()
    page.goto(f"{guest.stack.url}/user/{guest.name}/lab")
    page.get_by_text("The event is over. What you have can be read and copied for a while").wait_for()
    page.get_by_role("link", name="Take it with you").click()
    page.get_by_text("The event is over").wait_for()
    check(page, "event-over")


def expect_nothing_at(visitor: Visitor, link: str) -> None:
    """See that the link of a team leads to nothing."""
    visitor.page.goto(link)
    visitor.page.get_by_text("This link leads to nothing, or not any more").wait_for()


def test_forty_cards_are_printed_and_each_has_its_code(place: Any, olga: Any, tmp_path: Path, check: Check) -> None:
    """The PDF is drawn, and its QR codes are read as a phone does; the typed code says the same."""
    event = make_event(place, olga, "Health data hackathon")
    check(olga.page, "event")
    olga.page.get_by_role("link", name="Print cards").click()
    olga.page.get_by_text("40 cards, eight on a sheet.").wait_for()
    check(olga.page, "event-cards")
    codes = codes_of(place, olga, event)
    expect(olga.page.locator(".sx-card-code")).to_have_text([each["code"] for each in codes])

    olga.page.pdf(path=tmp_path / "cards.pdf", prefer_css_page_size=True)

    pdf = pypdfium2.PdfDocument(tmp_path / "cards.pdf")
    assert len(pdf) == 5
    found = [code for page in pdf for code in read_codes(page)]
    assert sorted(found) == sorted(each["link"] for each in codes)
    assert len({each["code"] for each in codes}) == 40
    made = olga.page.request.get(f"{place.url}/services/people/events/{event}/cards.pdf")
    assert made.headers["content-type"] == "application/pdf"
    assert sorted(code for page in opened(made.body()) for code in read_codes(page)) == sorted(found)


def test_teams_work_and_at_the_end_nothing_is_left(
    place: Any, olga: Any, guests: Callable[[], Visitor], check: Check
) -> None:
    """They come in by code on a phone, share a place, take all with them; then accounts, files and rows are deleted."""
    event = make_event(place, olga, "Two teams", teams=2, team_size=2)
    codes, people = codes_of(place, olga, event), [guests(), guests()]
    come_in(people[0], codes[0]["link"], "Ada")
    people[0].page.get_by_role("heading", name="Two teams").wait_for()
    people[0].page.get_by_role("heading", name="Programme").wait_for()
    assert people[0].page.locator("script:has-text('alert(1)')").count() == 0
    check(people[0].page, "event-of-participant")
    come_in(people[1], codes[1]["link"], "Ben <b>")
    people[1].page.get_by_text("Ada, Ben <b>").wait_for()
    for number, each in enumerate(people, start=1):
        start_in_event(each, f"two-teams-{number}")
    with people_of(place) as store:
        team = store.seats.teams(event)[0].id
        ids = [id_of(store, each.name) for each in people]
    assert people[0].run(WRITE.replace("{team}", team)) == "written\n"
    assert people[1].run(READ.replace("{team}", team)) == "our plan\n"
    assert people[0].run(OWN) == "kept\n"

    olga.page.goto(f"{place.url}/services/people/events/{event}")
    expect(olga.page.get_by_role("region", name="Teams").get_by_role("row", name="Team 1")).to_contain_text("2 of 2")
    olga.page.get_by_role("link", name="Large screen").click()
    check(olga.page, "event-wall")
    olga.page.goto(f"{place.url}/services/people/events/{event}/end")
    check(olga.page, "event-end")
    olga.page.get_by_role("button", name="End the event").click()
    olga.page.get_by_text("Over").first.wait_for()
    soon(lambda: not any(hub(place, "GET", f"/users/{each.name}")["servers"] for each in people), patience_s=60)
    late = guests()
    come_in(late, codes[2]["link"], "Cem")
    late.page.get_by_text(NO_ENTRY).wait_for()

    expect_over(people[0], check)
    archive = archive_of(people[0])
    assert {"team/plan.txt", "data/own.txt", "home/work.txt"} <= set(archive.namelist())
    assert not [name for name in archive.namelist() if "passwd" in name], "a link leads nowhere out of the home"
    assert archive.read("home/work.txt") == b"my work"

    link = taken_by_link(place, olga, event, late, check)

    with all_of_it_goes(place, event, team, ids), people_of(place) as store:
        days_later(place, event)
        soon(lambda: store.events.details(event).deleted is not None, patience_s=60)
        assert store.events.details(event).report == {"objects": 2, "bytes": 12, "accounts": 2, "teams": 2}
    assert not {each.name for each in people} & {user["name"] for user in hub(place, "GET", "/users")}
    assert not [name for name in ids for where in ("homes", "servers") if [*place.data.glob(f"{where}/*{name}*")]]
    assert not [
        word for word in (*ids, "Ada", "two-teams-1", "coffee for Two teams") if word in all_that_is_known(place)
    ]
    people[0].page.goto(f"{place.url}/hub/home")
    people[0].page.get_by_role("button", name="Sign in").wait_for()
    olga.page.goto(f"{place.url}/services/people/events/{event}")
    olga.page.get_by_text("2 files in the data store, 12 B").wait_for()
    check(olga.page, "event-gone")
    expect_nothing_at(late, link)


def test_the_link_gives_each_the_next_account_until_none_is_left(
    place: Any, olga: Any, guests: Callable[[], Visitor]
) -> None:
    """And the organiser sees how many are taken; who came in so has a code to come back."""
    event = make_event(place, olga, "By one link", teams=0, team_size=0, accounts=1)
    olga.page.get_by_role("button", name="Open a link").click()
    link = olga.page.locator(".sx-link a").inner_text()
    first, second = guests(), guests()
    come_in(first, link, "Ada")
    code = first.page.get_by_text("To come back on another device").inner_text().split()[-1]
    come_in(second, link, "Ben")
    second.page.get_by_text("All accounts of this event are taken. Ask its organisers for more.").wait_for()
    olga.page.reload()
    olga.page.get_by_text("1 of 1 is taken").wait_for()

    second.page.goto(f"{place.url}/hub/login")
    second.page.get_by_role("link", name="I have a card with a code").click()
    second.page.get_by_label("Code").fill(code.lower().replace("-", " "))
    second.page.get_by_role("button", name="Come in").click()
    second.page.get_by_role("heading", name="By one link").wait_for()
    assert codes_of(place, olga, event)[0]["name"] == "Ada"


def test_a_lost_card_is_replaced_and_an_account_can_last(
    place: Any, olga: Any, guests: Callable[[], Visitor], check: Check
) -> None:
    """On a phone at the desk: what is done there is in its window, and works; the old card is good for nothing."""
    event = make_event(place, olga, "At the desk", teams=1, team_size=2)
    before = codes_of(place, olga, event)[0]["link"]
    guest = guests()
    come_in(guest, before, "Ada")
    guest.page.get_by_role("heading", name="At the desk").wait_for()
    olga.page.set_viewport_size(PHONE)
    olga.page.get_by_role("link", name="Accounts").click()
    new_card = olga.page.get_by_role("link", name="New card for account 1")
    new_card.scroll_into_view_if_needed()
    expect(new_card).to_be_in_viewport(ratio=1)
    new_card.click()
    olga.page.get_by_role("heading", name="A new card for account 1?").wait_for()
    check(olga.page, "event-new-card")
    assert codes_of(place, olga, event)[0]["link"] == before
    olga.page.get_by_role("button", name="Make a new card").click()
    olga.page.get_by_text("The new code of account 1").wait_for()
    check(olga.page, "event-accounts")
    olga.page.set_viewport_size(PHONE)
    olga.page.get_by_role("button", name="Make them").click()
    olga.page.get_by_text("Nothing was changed. Say how many accounts you want.").wait_for()
    assert olga.page.get_by_label("People in each").input_value() == "2"
    olga.page.get_by_role("button", name="Make as many again: 2 in 1 team").click()
    olga.page.get_by_role("button", name="Make as many again: 4 in 2 teams").wait_for()
    olga.page.get_by_role("button", name="Make one more, without a team").click()
    olga.page.get_by_text("There are 5 accounts by now.").wait_for()
    assert [each["team"] for each in codes_of(place, olga, event)] == ["Team 1", "Team 1", "Team 2", "Team 2", ""]
    other = guests()
    come_in(other, before, "Eve")
    other.page.get_by_text(NO_ENTRY).wait_for()
    check(other.page, "event-no-entry")
    come_in(other, codes_of(place, olga, event)[0]["link"], "")
    other.page.get_by_role("heading", name="At the desk").wait_for()

    olga.page.get_by_role("button", name="Let it last for account 1").click()
    link = olga.page.get_by_role("link", name=re.compile("welcome")).inner_text()
    someone = guests()
    someone.page.goto(link)
    someone.page.get_by_label("Password").fill(PASSWORD)
    someone.page.get_by_role("button", name="Sign in").click()
    someone.page.wait_for_url(lambda url: "welcome" not in url)
    with people_of(place) as people:
        kept = people.by_name("at-the-desk-1")
        assert kept is not None
        assert not kept.is_temporary


def test_who_types_a_code_is_asked_for_a_name_and_changes_it_later(
    place: Any, olga: Any, guests: Callable[..., Visitor], check: Check
) -> None:
    """Enter in the field of the code leads to that of the name; all of it works without a script, too."""
    event = make_event(place, olga, "Names")
    code = codes_of(place, olga, event)[0]["code"]
    page = guests(java_script_enabled=False).page
    page.goto(f"{place.url}/hub/code")
    page.get_by_label("Code", exact=True).fill(code)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your name")).to_be_focused()
    expect(page.get_by_label("Code", exact=True)).to_have_value(code)
    page.keyboard.press("Enter")
    page.get_by_text("You are called names-1 here.").wait_for()

    page.get_by_text("Change your name").click()
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("Your name").press("Enter")
    page.get_by_text("You are called Ada Lovelace here.").wait_for()
    olga.page.goto(f"{place.url}/services/people/events/{event}")
    expect(olga.page.get_by_role("region", name="People")).to_contain_text("Ada Lovelace")

    again = guests().page
    again.goto(f"{place.url}/hub/code")
    again.get_by_label("Code", exact=True).fill(code)
    again.keyboard.press("Enter")
    expect(again.get_by_label("Your name")).to_be_focused()
    again.get_by_label("Your name").fill("Ada")
    again.keyboard.press("Enter")
    again.get_by_text("You are called Ada here.").wait_for()
    again.get_by_text("Change your name").click()
    check(again, "event-of-participant")


def test_what_is_wrong_in_a_new_event_is_said_and_nothing_is_lost(place: Any, olga: Any, check: Check) -> None:
    """The page is shown again as it was sent."""
    page = olga.page
    page.goto(f"{place.url}/services/people/events/new")
    page.get_by_label("Title").fill("Backwards")
    page.get_by_label("Begins").fill("2026-12-02T09:00")
    page.get_by_label("Ends").fill("2026-12-01T09:00")
    page.get_by_label("Welcome").fill("Hello")
    page.get_by_label("How often each code lets somebody in").fill("3")
    page.get_by_label("Hours after its end to read and copy").fill("0")
    page.get_by_label("Room in the data store").fill("5G")
    page.get_by_label("Address of the repository").fill("https://git.example.org/health/a")
    page.get_by_role("button", name="Add a repository").click()
    page.get_by_label("Address of the repository").last.fill("https://git.example.org/health/b")
    page.get_by_role("button", name="Make the event").click()
    said = "An event ends a quarter of an hour after its beginning, or later."
    hours = "People read what they have for 1 to 720 hours after the end of an event."
    page.get_by_role("alert").filter(has_text="No event was made.").wait_for()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_text([said, hours])
    expect(page.get_by_label("Ends")).to_have_accessible_description(said)
    expect(page.locator("[aria-invalid]")).to_have_count(2)
    check(page, "event-new")
    page.get_by_role("link", name=hours).click()
    assert page.url.endswith("#read_hours")
    page.get_by_role("link", name=said).click()
    assert page.url.endswith("#ends")
    page.get_by_role("button", name="See how it looks").click()
    seen = page.get_by_role("region", name="How it looks")
    expect(seen).to_have_text("Hello")
    page.get_by_label("Welcome").fill("Hello, *all* of you: [rules](https://example.org/)")
    expect(seen.get_by_role("emphasis")).to_have_text("all")
    expect(seen.get_by_role("link", name="rules")).to_have_attribute("target", "_blank")
    check(page, "event-welcome-seen")
    page.get_by_label("Welcome").fill("Hello")
    assert (page.get_by_label("Title").input_value(), page.get_by_label("Welcome").input_value()) == (
        "Backwards",
        "Hello",
    )
    day = datetime.now(UTC) + timedelta(days=2)
    page.get_by_label("Begins").fill(f"{day:%Y-%m-%dT09:00}")
    page.get_by_label("Ends").fill(f"{day:%Y-%m-%dT18:00}")
    page.get_by_label("Hours after its end to read and copy").fill("12")
    page.get_by_role("button", name="Make the event").click()
    page.wait_for_url(re.compile("/events/[a-z0-9]+$"))
    event = page.url.rpartition("/")[2]
    page.goto(f"{page.url}/settings")
    page.get_by_role("button", name="Take out repository 1").click()
    expect(page.get_by_label("Address of the repository")).to_have_value("https://git.example.org/health/b")
    page.get_by_role("button", name="Save the changes").click()
    page.wait_for_url(f"**/events/{event}")
    with people_of(place) as people:
        details = people.events.details(event)
    assert [each.url for each in details.repositories] == ["https://git.example.org/health/b"]
    assert (details.sign_ins, details.storage) == (3, "5G")


def test_how_a_welcome_looks_is_seen_without_a_script(place: Any, olga: Any, browser: Browser) -> None:
    """Before there is a title, and nothing that was typed is lost."""
    context = browser.new_context(java_script_enabled=False, storage_state=olga.page.context.storage_state())
    page = context.new_page()
    page.goto(f"{place.url}/services/people/events/new")
    page.get_by_label("Place").fill("Room 2.01")
    page.get_by_label("Welcome").fill("## Programme\n<b>bold</b>")

    page.get_by_role("button", name="See how it looks").click()

    seen = page.get_by_role("region", name="How it looks")
    assert seen.get_by_role("heading", name="Programme").is_visible()
    assert "<b>bold</b>" in seen.inner_text()
    assert page.get_by_label("Place").input_value() == "Room 2.01"
    assert page.get_by_label("Welcome").input_value() == "## Programme\n<b>bold</b>"
    context.close()


def test_who_may_not_make_events_is_told_so(place: Any, newcomer: Callable[..., Any]) -> None:
    """The button is not there, and the address refuses."""
    page = newcomer(place, "nobody").page
    page.goto(f"{place.url}/services/people/")
    page.get_by_text("You are in no class yet.").wait_for()
    assert page.get_by_role("link", name="Make an event").count() == 0
    page.goto(f"{place.url}/services/people/events/zzzzzzzz")
    page.get_by_text("There is no such event, or you are not in it.").wait_for()
