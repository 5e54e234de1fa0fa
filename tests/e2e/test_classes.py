"""A class from its beginning to its end, with nothing but the pages: an instructor makes it, students join and work."""

import re
import sqlite3
import zipfile
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect
from support.classes import CONF, HAND_IN, TOKEN, ask, hub, id_of, make_class, people_of, token_of
from support.git_server import Forge, serving
from support.kernels import run_in_kernel
from support.material import Material, new_material
from support.waiting import soon

from sardonyx_spawner.class_limits import Limits
from sardonyx_spawner.dates import say_date

pytestmark = pytest.mark.browser
Check = Callable[[Any, str], None]
KEPT = """
import boto3, os
bucket, _, home = os.environ["SARDONYX_S3_HOME"].removeprefix("s3://").partition("/")
s3 = boto3.client("s3")
for each in s3.list_objects_v2(Bucket=bucket, Prefix=home + "kept/").get("Contents", []):
    body = s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read().decode()
    print(each["Key"].removeprefix(home), body)
"""
FETCH = "async (path) => (await fetch(path)).status"
LOOK_INTO = """async (path) => {
  const opened = window.open(path);
  for (let tries = 0; tries < 20; tries++) {
    await new Promise((done) => setTimeout(done, 100));
    try {
      if (opened.location.href !== "about:blank" && opened.document.readyState === "complete") {
        const text = opened.document.body.innerText;
        opened.close();
        return text;
      }
    } catch { return ""; }
  }
  return "";
}"""
"""What a page sees of another one at the same address that it opens; "" = nothing."""
SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python:
    title: Python
    environment: python
    order: 1
    options:
      size: {{choices: {{small: {{title: Small, cpu: 1, memory: 1G}}, large: {{title: Large, cpu: 2, memory: 4G}}}}}}
  plain: {{title: Plain, environment: python, order: 2, tools: [vscode, mlflow], lifetime: 8h}}
"""


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Any]) -> Any:
    """A place where people may be instructors."""
    return place_with(SETTINGS, conf=CONF)


@pytest.fixture
def tia(place: Any, newcomer: Callable[..., Any]) -> Any:
    """Somebody who may make classes."""
    visitor = newcomer(place, "tia")
    with people_of(place) as people:
        people.set_instructor("tia", is_instructor=True)
    return visitor


def count(page: Any, word: str) -> str:
    """Return how many there are of something, as the page says it."""
    return str(page.get_by_role("radio", name=word).locator("xpath=..").inner_text().split()[-1])


def test_a_class_of_thirty(place: Any, tia: Any, newcomer: Callable[..., Any], check: Check, tmp_path: Path) -> None:
    """They join by the link, all servers are started, new material comes, one runs out of memory, all hand in, and it ends.

    What each has handed in is in the archive, and then in the data of each.
    """
    page = tia.page
    with serving(Forge(tmp_path)) as forge:
        material = new_material(forge, task="one\n")
        link = make_class(place, tia, "Statistics 101", **{"Address of the repository": material.url})
        check(page, "class-link")
        students = _join(place, link, newcomer, check)
        page.get_by_role("link", name="Go to the class").click()
        assert count(page, "Everyone") == "30"
        assert page.get_by_role("button", name="Stop everyone").is_disabled()
        page.get_by_role("button", name="Start everyone").click()
        expect(page.get_by_role("radio", name="Running").locator("xpath=..")).to_contain_text("30", timeout=120_000)
        soon(lambda: page.get_by_role("row", name=re.compile("Starting")).count() == 0, patience_s=120)
        expect(page.get_by_role("button", name="Start everyone")).to_be_disabled()
        check(page, "class")
        ids = _bring(place, page, material)

    first = students[0]
    first.page.goto(f"{place.url}/hub/home")
    first.page.get_by_role("link", name="Open").first.click()
    first.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
    # A kernel that is killed at once does not say any more that it has begun.
    first.begin("import time; time.sleep(2); x = bytearray(3 << 30); x[::4096] = b'x' * len(x[::4096])")
    row = page.get_by_role("row", name=re.compile("student0"))
    expect(row).to_contain_text("Something in it, such as a kernel, was ended. It used more than its 1 GB of memory.")
    assert count(page, "With a problem") == "1"
    check(page, "class-problem")

    course = page.url
    assert _collected(place, tia, course, students, [*ids][5:]) == {
        f"{name}/week 1/answer.txt": f"42 by {name}".encode() for name in ids
    }
    page.goto(course)
    page.get_by_role("button", name="Stop everyone").click()
    page.get_by_role("button", name=re.compile("Stop 30 servers")).click()
    expect(page.get_by_role("radio", name="Running").locator("xpath=..")).to_contain_text("0", timeout=60_000)
    expect(page.get_by_role("button", name="Stop everyone")).to_be_disabled()
    expect(page.get_by_role("button", name="Start everyone")).to_be_enabled()
    page.get_by_role("link", name="What was done").click()
    stopped = page.locator("tr", has_text="stopped the server of: 30 people")
    assert stopped.count() == 1
    stopped.locator("summary").click()
    expect(stopped.locator("details")).to_contain_text("student7")
    check(page, "class-log")

    page.goto(f"{course}/end")
    page.get_by_role("button", name="End the class").click()
    copied = page.get_by_role("listitem").filter(has_text="31 of 31 people have it.")
    soon(lambda: page.goto(f"{course}/timeline") is not None and copied.count() == 1, patience_s=120)


def _join(place: Any, link: str, newcomer: Callable[..., Any], check: Check) -> list[Any]:
    """Let five come with browsers, who are returned, and 25 as programs."""
    students = [newcomer(place, f"student{number}") for number in range(5)]
    for each in students:
        each.page.goto(link)
        each.page.get_by_role("button", name="Join the class").click()
        each.page.get_by_role("heading", name="Statistics 101").wait_for()
    check(students[0].page, "class-of-student")
    with people_of(place) as people:
        for number in range(5, 30):
            people.add_account(f"student{number}", "")
    for number in range(5, 30):
        joined = ask(place, token_of(place, f"student{number}"), "POST", "/api/join", {"code": link.rpartition("/")[2]})
        assert joined.json()["role"] == "student"
    return students


def _bring(place: Any, page: Any, material: Material) -> dict[str, str]:
    """Bring what is new in the material, until all have it; return the ids of all, by name."""
    material.write(more="new")
    page.get_by_text("A message or a file for everybody who is here").click()
    page.get_by_role("button", name="Bring new material").click()
    with people_of(place) as people:
        ids = {f"student{number}": id_of(people, f"student{number}") for number in range(30)}
    brought = [place.data / "homes" / each / "course" / "more.txt" for each in ids.values()]
    soon(lambda: all(map(Path.exists, brought)), patience_s=120)
    return ids


def _collected(place: Any, tia: Any, course: str, students: Sequence[Any], others: Sequence[str]) -> dict[str, bytes]:
    """Let everybody hand in, in browsers and as programs; return what is in the archive but the list of it."""
    hand_in = HAND_IN.replace("{course}", course.rpartition("/")[2])
    for each in students:
        each.page.goto(f"{place.url}/user/{each.name}/lab")
    said = {each.run(hand_in) for each in students}
    said |= {run_in_kernel(f"{place.url}/user/{name}/", TOKEN, hand_in) for name in others}
    assert said == {"handed in\n"}
    page = tia.page
    page.goto(f"{course}/hand-ins")
    page.get_by_text("30 of 30 have handed in something.").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Collect all of it").click()
    archive = zipfile.ZipFile(download.value.path())
    return {name: archive.read(name) for name in archive.namelist() if name != "hand-ins.csv"}


@pytest.fixture
def course(place: Any, tia: Any) -> str:
    """The address of the page of a class of tia's."""
    make_class(place, tia, "Statistics 101")
    tia.page.get_by_role("link", name="Go to the class").click()
    return str(tia.page.url)


def test_a_student_finds_the_class_on_top_of_the_form(
    place: Any, tia: Any, newcomer: Callable[..., Any], course: str
) -> None:
    """With the size that the instructor settled, which nobody asks them."""
    page = tia.page
    page.get_by_role("link", name="Settings").click()
    page.get_by_label("Size").select_option("Large")
    page.get_by_label("Description, in one line").fill("Mondays at ten")
    page.get_by_role("button", name="Save the changes").click()
    page.goto(f"{course}/link")
    link = page.get_by_role("link", name=re.compile("people.join")).inner_text()
    nora = newcomer(place, "nora")
    nora.page.goto(link)
    nora.page.get_by_role("button", name="Join the class").click()

    nora.page.get_by_role("link", name="Start a server for this class").click()

    assert nora.page.get_by_role("radio", name="Statistics 101 Mondays at ten").is_checked()
    assert not nora.page.get_by_label("Size").is_visible()
    nora.page.get_by_role("button", name="Start", exact=True).click()
    nora.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
    page.goto(course)
    expect(page.get_by_role("row", name=re.compile("nora"))).to_contain_text("of 4 GB")


def test_what_is_handed_in_is_collected_until_a_deadline(
    place: Any, tia: Any, newcomer: Callable[..., Any], course: str, check: Check
) -> None:
    """As one archive; after the deadline it is only read, but by who has more time."""
    page, class_id = tia.page, course.rpartition("/")[2]
    hand_in = HAND_IN.replace("{course}", class_id)
    students = [newcomer(place, name) for name in ("ada", "ben")]
    with people_of(place) as people:
        for each in students:
            people.groups.join(class_id, id_of(people, each.name), "student")
    page.reload()
    page.get_by_role("button", name="Start everyone").click()
    for each in students:
        expect(page.get_by_role("row", name=re.compile(f"{each.name}.*Running"))).to_be_visible()
        each.page.goto(f"{place.url}/user/{each.name}/lab")
        each.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
        assert each.run(hand_in) == "handed in\n"

    page.get_by_role("link", name="Handed in").click()
    page.get_by_text("2 of 2 have handed in something.").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Collect all of it").click()
    assert download.value.suggested_filename == "Statistics 101.zip"
    archive = zipfile.ZipFile(download.value.path())
    assert set(archive.namelist()) == {"hand-ins.csv", "ada/week 1/answer.txt", "ben/week 1/answer.txt"}
    assert archive.read("ben/week 1/answer.txt") == b"42 by ben"

    ada = students[0].page.context.new_page()
    ada.goto(course)
    ada.get_by_text("You hand in from JupyterLab: choose Hand In … in the menu of a file or folder.").wait_for()
    check(ada, "class-of-student")
    with ada.expect_download() as own:
        ada.get_by_role("link", name="Get all of it").click()
    archive = zipfile.ZipFile(own.value.path())
    assert {name: archive.read(name) for name in archive.namelist()} == {"handed-in/week 1/answer.txt": b"42 by ada"}

    for each, address, count in ((ada, course, "1 file"), (page, f"{course}/hand-ins", "2 files")):
        each.goto(address)
        each.get_by_role("button", name="Copy it into your data").click()
        each.get_by_text(re.compile(f"{count} (is|are) copied")).wait_for()
    check(ada, "class-keep")
    assert students[0].run(KEPT) == f"kept/Statistics 101 ({class_id})/handed-in/week 1/answer.txt 42 by ada\n"

    page.goto(f"{course}/settings")
    page.get_by_label("Hand in until").fill("2026-01-31T18:00")
    page.get_by_role("button", name="Save the changes").click()
    page.get_by_role("link", name="Handed in").click()
    page.get_by_text("Students hand in until 31 January 18:00.").wait_for()
    page.get_by_label("Student").select_option("ben")
    page.get_by_label("Until").fill("2099-01-31T18:00")
    page.get_by_role("button", name="Give more time").click()
    page.get_by_text("has time until 31 January 2099 18:00").wait_for()
    check(page, "class-hand-ins")
    assert "AccessDenied" in students[0].run(hand_in)
    assert students[1].run(hand_in) == "handed in\n"


def test_servers_are_there_when_a_lesson_begins_and_only_then(
    place: Any, tia: Any, newcomer: Callable[..., Any], course: str, check: Check
) -> None:
    """An instructor says when it is; a student who opens the hub in time finds theirs running."""
    page = tia.page
    page.goto(f"{course}/link")
    link = page.get_by_role("link", name=re.compile("people.join")).inner_text()
    lea = newcomer(place, "lea")
    lea.page.goto(link)
    lea.page.get_by_role("button", name="Join the class").click()
    # By the clocks of a place where it is about noon, so that the lesson is on one day.
    now = datetime.now(UTC)
    zone = f"Etc/GMT{now.hour - 12:+d}"
    local = now.astimezone(ZoneInfo(zone))
    begins, ends = local + timedelta(minutes=8), local + timedelta(hours=2)
    page.goto(f"{course}/settings")
    page.get_by_label("Time zone").fill(zone)
    page.get_by_role("button", name="Save the changes").click()
    page.get_by_role("link", name="Weekly hours").click()
    page.get_by_label("Day").first.select_option(f"{local:%a}".lower())
    page.get_by_label("from").first.fill(f"{begins:%H:%M}")
    page.get_by_role("button", name="Save the changes").click()
    assert "A lesson has a day, a beginning and an end. Fill in the line, or empty it." in page.inner_text("main")
    page.get_by_label("to", exact=True).first.fill(f"{ends:%H:%M}")
    page.get_by_label("Servers are ready").select_option("10")
    page.get_by_label("Servers run in lessons only").check()

    page.get_by_role("button", name="Save the changes").click()

    when = f"The next lesson is on {local:%A} "
    assert when in page.inner_text("main")
    assert "The 1 server of its students fits, also when it uses all of its 1 GB." in page.inner_text("main")
    check(page, "class-hours")
    lea.page.goto(course)
    assert "Its servers run in lessons only." in lea.page.inner_text("main")
    check(lea.page, "class-of-student-hours")
    lea.page.goto(f"{place.url}/hub/home")
    soon(
        lambda: lea.page.reload() is not None and lea.page.get_by_role("link", name="Open").count() == 1,
        patience_s=120,
    )
    page.goto(f"{course}/log")
    assert page.get_by_role("row", name=re.compile("started the server of: lea")).count() == 1

    # It is over at once where its end was moved to a moment ago.
    page.goto(f"{course}/hours")
    page.get_by_label("from").first.fill(f"{local - timedelta(hours=2):%H:%M}")
    page.get_by_label("to", exact=True).first.fill(f"{local - timedelta(minutes=1):%H:%M}")
    page.get_by_role("button", name="Save the changes").click()

    soon(
        lambda: lea.page.reload() is not None and lea.page.get_by_role("link", name="Open").count() == 0,
        patience_s=120,
    )
    lea.page.goto(f"{place.url}/hub/spawn")
    assert "Statistics 101" not in lea.page.inner_text("form")


def test_weekly_hours_have_single_lessons_and_days_off(
    place: Any, tia: Any, newcomer: Callable[..., Any], course: str, check: Check
) -> None:
    """What cannot be is said, and nothing that was typed is lost; one date is enough for one day. What comes is listed."""
    page, today = tia.page, datetime.now(UTC).date()
    lesson, single, off = (today + timedelta(days=n) for n in (2, 20, 2))
    page.goto(f"{course}/hours")
    page.get_by_label("Day").first.select_option(f"{lesson:%a}".lower())
    weekly, moved = (page.get_by_role("group", name=name) for name in ("Lessons of each week", "Single lessons"))
    weekly.get_by_label("from").first.fill("10:00")
    weekly.get_by_label("to", exact=True).first.fill("12:00")
    moved.get_by_label("on", exact=True).fill(f"{single}")
    moved.get_by_label("from").fill("14:00")
    moved.get_by_label("to", exact=True).fill("13:00")
    page.get_by_role("button", name="Save the changes").click()
    page.get_by_text(f"Nothing was changed. {single} 14:00-13:00 ends before it begins.").wait_for()
    check(page, "class-hours-single")
    moved.get_by_label("to", exact=True).fill("16:00")
    page.get_by_role("button", name="Save the changes").click()
    page.get_by_text(f"The next lesson is on {lesson:%A} {say_date(lesson, today)}, 10:00 to 12:00 (UTC).").wait_for()

    page.get_by_role("group", name="Holidays").get_by_label("from").fill(f"{off}")
    page.get_by_role("button", name="Save the changes").click()

    after = lesson + timedelta(days=7)
    page.get_by_text(f"The next lesson is on {after:%A} {say_date(after, today)}, 10:00 to 12:00 (UTC).").wait_for()
    holidays = page.get_by_role("group", name="Holidays")
    assert holidays.get_by_label("to").first.input_value() == f"{off}"
    assert moved.get_by_label("on", exact=True).first.input_value() == f"{single}"
    days = [lesson + timedelta(days=7 * week) for week in range(1, 6)]
    times = sorted([(single, "14:00 to 16:00"), *((day, "10:00 to 12:00") for day in days)])[:5]
    coming = [f"{day:%A} {say_date(day, today)}, {hours}" for day, hours in times]
    listed = page.get_by_role("region", name="The lessons that come")
    assert listed.get_by_role("listitem").all_inner_texts() == coming
    check(page, "class-hours-coming")

    page.goto(course)
    assert page.get_by_role("button", name="Start everyone").is_disabled()
    page.get_by_text("The lessons that come").click()
    assert page.get_by_role("group").get_by_role("listitem").all_inner_texts() == coming
    check(page, "class-coming")
    tom = newcomer(place, "tom")
    with people_of(place) as people:
        people.groups.join(course.rpartition("/")[2], id_of(people, "tom"), "student")
    tom.page.goto(course)
    assert (
        tom.page.get_by_role("region", name="The lessons that come").get_by_role("listitem").all_inner_texts() == coming
    )
    check(tom.page, "class-of-student-coming")


def test_two_instructors_do_not_write_over_each_other(tia: Any, course: str, check: Check) -> None:
    """The second is told, and keeps what they wrote."""
    pages = [tia.page, tia.page.context.new_page()]
    for page, title in zip(pages, ("One", "Two"), strict=True):
        page.goto(f"{course}/settings")
        page.get_by_label("Title").fill(title)

    for page in pages:
        page.get_by_role("button", name="Save the changes").click()

    pages[1].get_by_text("Somebody else has changed this class meanwhile, and nothing of yours was kept.").wait_for()
    assert pages[1].get_by_label("Title").input_value() == "Two"
    check(pages[1], "class-settings")
    pages[0].reload()
    pages[0].get_by_role("heading", name="One").wait_for()
    pages[1].get_by_role("button", name="Save the changes").click()
    pages[1].get_by_role("heading", name="Two").wait_for()


def test_a_list_of_names_is_looked_at_first(place: Any, tia: Any, course: str, check: Check) -> None:
    """With what is wrong in each line; then it is carried out."""
    with people_of(place) as people:
        for name in ("amina", "bob"):
            people.add_account(name, "")
    page = tia.page
    page.goto(f"{course}/people")
    check(page, "class-people")
    roster = "Name;Role\r\nAmina;\r\nbob;assistant\r\nbob;\r\nzoe;\r\n".encode("utf-16")
    page.get_by_label("Or a file").set_input_files({"name": "list.csv", "mimeType": "text/csv", "buffer": roster})
    page.get_by_role("button", name="See what it changes").click()

    page.get_by_text("2 people join, or get another role.").wait_for()
    page.get_by_role("row", name="4 bob stands in line 3 already.").wait_for()
    page.get_by_text(
        "One has no account here yet: they are in the class as soon as an administrator has made it."
    ).wait_for()
    page.get_by_role("row", name="zoe has no account here yet student").wait_for()
    check(page, "class-roster")
    page.get_by_role("button", name="Put 3 people into the class").click()
    page.get_by_text("2 people have joined, or have another role.").wait_for()
    assert page.get_by_role("group", name="What to ask for").inner_text().endswith(f"{course}/people\n\nzoe")
    page.get_by_role("link", name="Go to the people of the class").click()
    assert page.get_by_label("Role of bob").input_value() == "assistant"

    page.get_by_role("button", name="Take out tia").click()
    page.get_by_text("tia is the only instructor of this class. Make somebody else one first.").wait_for()
    page.get_by_role("button", name="Take out amina").click()
    page.get_by_role("button", name="Take out amina").wait_for(state="hidden")


def test_a_class_is_ended(place: Any, tia: Any, newcomer: Callable[..., Any], course: str, check: Check) -> None:
    """After a page that says what that means; its servers stop, its people still find it, and its data may be kept."""
    page, class_id = tia.page, course.rpartition("/")[2]
    zoe = newcomer(place, "zoe")
    with people_of(place) as people:
        people.groups.join(class_id, id_of(people, "zoe"), "student")
    hub(place, "POST", "/users/zoe/server", {"profile": f"class-{class_id}"})
    page.goto(f"{course}/settings")
    page.get_by_role("link", name="What comes when is on its timeline.").click()
    expect(page.get_by_role("listitem").filter(has_text="The class ends")).to_contain_text("when an instructor ends it")
    check(page, "class-timeline")
    page.get_by_role("link", name="End the class …").click()
    check(page, "class-end")
    page.get_by_role("button", name="End the class").click()

    expect(page.get_by_role("listitem").filter(has_text="Its data is deleted")).to_be_visible()
    check(page, "class-timeline-ended")
    page.get_by_role("button", name="Keep the data of the class").click()
    expect(page.get_by_role("listitem").filter(has_text="Its data is kept")).to_be_visible()
    page.goto(course)
    page.get_by_text("This class has ended. Its data is kept, and nobody reaches it any more.").wait_for()
    check(page, "class-ended")
    page.get_by_role("link", name="Classes and events").click()
    expect(page.get_by_role("row", name="Statistics 101").first).to_contain_text("Over")
    check(page, "classes")
    zoe.page.goto(course)
    zoe.page.get_by_text("This class is over. What is in your home stays yours.").wait_for()
    soon(lambda: hub(place, "GET", "/users/zoe")["servers"] == {}, patience_s=30)


def test_a_class_from_its_beginning_to_its_deletion(place: Any, tia: Any, newcomer: Callable[..., Any]) -> None:
    """The archive has what was handed in, and so has its student's own data, by itself; a day later nothing else of it is left."""
    link, page = make_class(place, tia, "Statistics 102"), tia.page
    page.get_by_role("link", name="Go to the class").click()
    course = page.url
    class_id = course.rpartition("/")[2]
    eve = newcomer(place, "eve")
    eve.page.goto(link)
    eve.page.get_by_role("button", name="Join the class").click()
    eve.page.get_by_role("link", name="Start a server for this class").click()
    eve.page.get_by_role("button", name="Start", exact=True).click()
    eve.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
    hand_in = HAND_IN.replace("{course}", class_id)
    assert eve.run(hand_in) == "handed in\n"
    page.goto(f"{course}/timeline")
    with page.expect_download() as download:
        page.get_by_role("link", name="Collect what was handed in").click()
    archive = zipfile.ZipFile(download.value.path())
    assert archive.read("eve/week 1/answer.txt") == b"42 by eve"

    page.get_by_role("link", name="End the class …").click()
    page.get_by_role("button", name="End the class").click()
    expect(page.get_by_role("listitem").filter(has_text="Its data is deleted")).to_be_visible()
    copied = page.get_by_role("listitem").filter(has_text="2 of 2 people have it.")
    soon(lambda: page.reload() is not None and copied.count() == 1, patience_s=60)
    soon(lambda: hub(place, "GET", "/users/eve")["servers"] == {}, patience_s=30)
    # Two days are waited for by another clock: that of the end.
    with closing(sqlite3.connect(place.data / "people.sqlite")) as people:
        people.execute("UPDATE groups SET ended = datetime(ended, '-2 days') || '.000000' WHERE id = ?", (class_id,))
        people.commit()

    gone = page.get_by_role("listitem").filter(has_text="1 file, 9 bytes")
    soon(lambda: page.reload() is not None and gone.count() == 1, patience_s=60)
    assert ask(place, token_of(place, "tia"), "GET", f"/api/classes/{class_id}").json()["report"]["objects"] == 1
    page.goto(f"{course}/log")
    page.get_by_role("row", name="deleted the data of the class").wait_for()
    eve.start()
    said = eve.run(f"import boto3; print(boto3.Session(profile_name='class-{class_id}').client('s3').list_buckets())")
    assert "could not be found" in said
    assert eve.run(KEPT) == f"kept/Statistics 102 ({class_id})/handed-in/week 1/answer.txt 42 by eve\n"


def test_a_page_elsewhere_does_nothing_in_somebodys_name(tia: Any, course: str) -> None:
    """Nor does one in somebody's server, which has the same address on the web: it cannot read what signs our forms."""
    page = tia.page
    sent = page.context.request.post(f"{course}/end")
    assert sent.status == 403
    assert "This did not come from a page of this place, or the page is old. Load it again." in sent.text()

    page.goto(f"{course.partition('/services')[0]}/hub/home")
    assert [page.evaluate(FETCH, f"{course}{path}") for path in ("", "/rows", "/settings")] == [403] * 3
    assert "tia" in page.evaluate(LOOK_INTO, page.url), "pages that do not say so are looked into"
    assert page.evaluate(LOOK_INTO, course) == ""
    assert "people/join" not in page.evaluate(LOOK_INTO, course.replace("/classes/", "/api/classes/") + "/link")
    page.goto(course)
    assert page.get_by_role("button", name="Start everyone").is_visible()


def test_what_is_wrong_in_a_new_class_is_said_and_nothing_is_lost(place: Any, tia: Any, check: Check) -> None:
    """The form is there again, with all that was written."""
    page = tia.page
    page.goto(f"{place.url}/services/people/new")
    check(page, "class-new")
    page.get_by_label("Title").fill("Statistics")
    page.get_by_label("Address of the repository").fill("git@git.example.org:statistics/material")
    page.get_by_role("button", name="Make it, and show the link").click()

    page.get_by_text("No class was made. This address needs an SSH key, and your server has none.").wait_for()
    expect(page.get_by_label("Address of the repository")).to_have_accessible_description(re.compile("an SSH key"))
    assert page.get_by_label("Title").input_value() == "Statistics"
    assert page.get_by_label("Address of the repository").input_value() == "git@git.example.org:statistics/material"


def test_a_class_has_some_of_the_tools_and_less_time(place: Any, tia: Any, check: Check) -> None:
    """Those of the profile that is chosen, and never more than it allows: the form says how much that is."""
    page = tia.page
    page.goto(f"{place.url}/services/people/new")
    page.get_by_label("Title").fill("Statistics")
    page.get_by_role("radio", name="None of its own").check()
    expect(page.get_by_text("Tools and time")).to_be_hidden()
    page.get_by_role("radio", name="Plain").check()
    page.get_by_text("Tools and time").click()
    expect(page.get_by_role("checkbox", name="RStudio")).to_be_hidden()
    page.get_by_role("checkbox", name="MLflow").uncheck()
    page.get_by_label("A server runs at most for").fill("9h")
    page.get_by_role("button", name="Make it, and show the link").click()

    page.get_by_text("No class was made. A server of “Plain” runs for 8 hours at most.").wait_for()
    expect(page.get_by_role("checkbox", name="VS Code")).to_be_checked()
    expect(page.get_by_role("checkbox", name="MLflow")).not_to_be_checked()
    expect(page.get_by_label("A server runs at most for")).to_have_accessible_description(re.compile("8 hours at most"))
    check(page, "class-limits")
    page.get_by_label("A server runs at most for").fill("2h")
    page.get_by_label("A server that nobody uses is stopped after").fill("30m")
    page.get_by_role("button", name="Make it, and show the link").click()
    page.wait_for_url("**/link")
    with people_of(place) as people:
        assert people.classes.details(page.url.split("/")[-2]).limits == Limits(("vscode",), "2h", "30m")


def test_a_class_has_several_repositories(place: Any, tia: Any, check: Check) -> None:
    """Rows come and go by keys and without a script, what is wrong stands in its row, and Enter keeps the class."""
    page = tia.page
    page.goto(f"{place.url}/services/people/new")
    page.get_by_label("Title").fill("Statistics")
    page.get_by_label("Address of the repository").fill("https://git.example.org/course/stats")
    page.get_by_role("button", name="Add a repository").press("Enter")
    second = page.get_by_role("group", name="Repository 2", exact=True)
    expect(second.get_by_label("Address of the repository")).to_be_focused()
    page.keyboard.type("https://git.example.org/lab/tools")
    second.get_by_text("Commit, folder and history").click()
    second.get_by_label("Folder in the home").fill("stats")
    page.get_by_label("Title").press("Enter")

    said = "Its place in the home, “stats”, is that of another one. Give it a folder of its own."
    page.get_by_text(f"No class was made. Repository 2: {said}").wait_for()
    expect(second.get_by_label("Folder in the home")).to_have_accessible_description(re.compile(re.escape(said)))
    check(page, "class-repositories")
    second.get_by_label("Folder in the home").fill("lib/tools")
    second.get_by_label("Commits of its history").fill("1")
    page.get_by_label("Title").press("Enter")
    page.wait_for_url("**/link")

    settings = f"{page.url.removesuffix('link')}settings"
    page.goto(settings)
    page.get_by_role("button", name="Take out repository 1").click()
    expect(page.get_by_label("Address of the repository")).to_have_value("https://git.example.org/lab/tools")
    course = page.url.split("/")[-2]
    with people_of(place) as people:
        first, other = people.classes.details(course).repositories
        assert (first.url, other.place, other.depth) == ("https://git.example.org/course/stats", "lib/tools", 1)
    page.get_by_role("button", name="Save the changes").click()
    page.wait_for_url(f"**/classes/{course}")
    with people_of(place) as people:
        assert people.classes.details(course).repositories == (other,)


def test_who_may_not_make_classes_is_told_so(place: Any, newcomer: Callable[..., Any]) -> None:
    """On the page that they come to."""
    uma = newcomer(place, "uma")
    uma.page.goto(f"{place.url}/services/people/")

    uma.page.get_by_text("You are in no class yet.").wait_for()
    uma.page.get_by_text("Whoever teaches asks the people who run this place to let them make classes.").wait_for()
    assert uma.page.get_by_role("link", name="Choose who may").count() == 0
    assert uma.page.get_by_role("link", name="Make a class").count() == 0


def test_an_administrator_sees_the_whole_place_and_stops_many(
    place: Any, tia: Any, newcomer: Callable[..., Any], course: str, check: Check
) -> None:
    """Servers, classes, and what was done, on pages that nobody else gets."""
    class_id = course.rpartition("/")[2]
    root = newcomer(place, "root")
    with people_of(place) as people:
        people.set_admin("root", is_admin=True)
        for name in ("oda", "ove"):
            people.add_account(name, "")
            people.groups.join(class_id, id_of(people, name), "student")
    for name in ("oda", "ove"):
        token_of(place, name)
        hub(place, "POST", f"/users/{name}/server", {"profile": f"class-{class_id}"})
    soon(
        lambda: all(hub(place, "GET", f"/users/{name}")["servers"].get("", {}).get("ready") for name in ("oda", "ove"))
    )
    tia.page.goto(f"{place.url}/services/people/operation")
    tia.page.get_by_text("This is for administrators of this place. Ask one of them.").wait_for()

    page = root.page
    page.goto(f"{place.url}/services/people/")
    check(page, "classes-administrator")
    page.get_by_role("link", name="Choose who may").click()
    page.get_by_role("heading", name="People").wait_for()
    page.goto(f"{place.url}/services/people/operation")
    check(page, "operation")
    for name in ("oda", "ove"):
        page.get_by_role("checkbox", name=name).check()
    page.get_by_role("button", name="Stop").click()
    soon(lambda: not any(hub(place, "GET", f"/users/{name}")["servers"] for name in ("oda", "ove")))
    page.get_by_role("link", name="What was done").click()
    page.get_by_role("row", name="root stopped the server of: oda").wait_for()
    check(page, "operation-log")

    page.goto(f"{place.url}/services/people/operation/people?text=ov")
    page.get_by_role("checkbox", name="Tick all").check()
    assert page.get_by_role("checkbox", checked=True).count() == 2
    page.goto(f"{place.url}/services/people/operation/people")
    for name in ("oda", "ove"):
        page.get_by_role("checkbox", name=name).check()
    check(page, "operation-people")
    page.get_by_label("The ticked people:").select_option(label="remove them …")
    page.get_by_role("button", name="Do it").click()
    page.get_by_role("heading", name="Remove these 2 people?").wait_for()
    check(page, "operation-people-remove")
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_role("link", name="Removed", exact=True).click()
    page.get_by_role("row", name="ove removed").wait_for()
    page.goto(f"{place.url}/services/people/operation/log?name=oda")
    page.get_by_role("row", name="root removed: oda, removed").wait_for()
    with people_of(place) as people:
        people.add_account("ora", "")
    token_of(place, "ora")
    hub(place, "DELETE", "/users/ora")
    page.goto(f"{place.url}/services/people/operation/log?name=ora")
    page.get_by_role("row", name="the operator removed: ora, removed").wait_for()
    soon(lambda: not {"oda", "ove"} & {user["name"] for user in hub(place, "GET", "/users")})


def test_a_class_that_nobody_leads_is_found_and_led_again(
    place: Any, newcomer: Callable[..., Any], check: Check
) -> None:
    """It is said before its only instructor is removed, and to administrators until somebody leads it."""
    page = newcomer(place, "rita").page
    with people_of(place) as people:
        people.set_admin("rita", is_admin=True)
        for name in ("ilja", "inga"):
            people.add_account(name, "")
        people.groups.join(people.groups.add("class", "Left alone"), id_of(people, "ilja"), "instructor")
    page.goto(f"{place.url}/services/people/operation/people?text=ilja")
    page.get_by_role("checkbox", name="ilja").check()
    page.get_by_label("The ticked people:").select_option(label="remove them …")
    page.get_by_role("button", name="Do it").click()
    page.get_by_text("Without them, nobody leads these").wait_for()
    expect(page.get_by_role("listitem")).to_have_text(["ilja", "Left alone, a class: name an instructor of Left alone"])
    check(page, "operation-people-leading")
    page.get_by_role("button", name="Remove", exact=True).click()
    page.goto(f"{place.url}/services/people/operation")
    page.get_by_text("Nobody leads these").wait_for()
    check(page, "operation-leaderless")

    page.get_by_role("link", name="name an instructor of Left alone").click()
    page.get_by_label("The name with which they sign in").fill("inga")
    page.get_by_label("They are", exact=True).select_option("instructor")
    page.get_by_role("button", name="Put into the class").click()

    page.get_by_role("row", name="inga").wait_for()
    page.goto(f"{place.url}/services/people/operation")
    page.get_by_role("heading", name="The whole place").wait_for()
    expect(page.get_by_text("Nobody leads these")).to_have_count(0)
