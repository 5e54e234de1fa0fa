"""Files between a home, the data store and a class, at a real browser: handed in, seen there and taken back; dragged."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from e2e.conftest import SCREENSHOTS
from playwright.sync_api import Browser, Page, expect
from support.classes import CONF, ONE_PROFILE, ask, id_of, people_of, token_of
from support.desk import Desk
from support.stack import Stack
from support.visitors import PASSWORD, Visitor

pytestmark = pytest.mark.browser
WORK = """
import json, pathlib
week = pathlib.Path.home() / "week 1"
(week / ".git").mkdir(parents=True)
(week / ".git" / "HEAD").write_text("x")
(week / "notes.txt").write_text("notes")
cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "", "outputs": [], "execution_count": None}
kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
book = {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
(week / "answer.ipynb").write_text(json.dumps(book))
"""
"""A student's work, with what programs keep beside it."""
ELSEWHERE = """
import boto3, os
bucket, _, home = os.environ["SARDONYX_S3_HOME"].removeprefix("s3://").partition("/")
key = "class/{course}/hand-in/" + home.removeprefix("home/") + "week 1/answer.ipynb"
boto3.Session(profile_name="class-{course}").client("s3").put_object(Bucket=bucket, Key=key, Body=b"other")
print("handed in")
"""
"""Hands in the same file in another way."""
BOOK = "week 1/answer.ipynb"
FILES = """
import pathlib, os, boto3
home = pathlib.Path.home()
(home / "plan" / "deep").mkdir(parents=True)
(home / "plan" / "deep" / "c.txt").write_text("c")
for name in ("a.txt", "taken.txt"): (home / name).write_text(f"{name} of the home")
bucket, _, prefix = os.environ["SARDONYX_S3_HOME"].removeprefix("s3://").partition("/")
for name in ("box/in.txt", "taken.txt", "move.txt", "give.txt", "full/taken.txt", "a folder/x.txt"):
    boto3.client("s3").put_object(Bucket=bucket, Key=prefix + name, Body=f"{name} of the store".encode())
"""
"""Files of an instructor's, in the home and in the data store."""
COURSE_DATA = "Statistics 101 (data of the class)"


def look(desk: Desk, name: str) -> None:
    """Keep a picture of the dialog, on a phone and at a desk, and find nothing wrong with it."""
    for width in (390, 1280):
        desk.page.set_viewport_size({"width": width, "height": 900})
        desk.page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png")
        assert desk.shown.evaluate("node => node.scrollWidth <= node.clientWidth"), width
    found = Axe().run(desk.page, context=".sx-HandIn").response["violations"]
    assert [(fault["id"], [node["html"][:120] for node in fault["nodes"]]) for fault in found] == []


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Stack]) -> Stack:
    """A place below a path of its host, as addresses of files are made in many places."""
    return place_with(ONE_PROFILE, conf=CONF, path="/datalab")


@pytest.fixture(scope="module")
def course(place: Stack) -> str:
    """A class that takes something for two days, with hana as its student and tia as its instructor."""
    for name in ("hana", "tia", "nobody"):
        place.add_person(name, PASSWORD)
    with people_of(place) as people:
        made = people.groups.add("class", "Statistics 101")
        people.groups.join(made, id_of(people, "hana"), "student")
        people.groups.join(made, id_of(people, "tia"), "instructor")
    deadline(place, made, datetime.now(UTC) + timedelta(days=2))
    return made


def deadline(place: Stack, course: str, until: datetime) -> None:
    """Set until when a class takes something."""
    with people_of(place) as people:
        people.classes.change(course, replace(people.classes.details(course), hand_in_until=until))


@pytest.fixture(scope="module")
def sit(place: Stack, course: str, browser: Browser) -> Iterator[Callable[[str], Desk]]:
    """A way to be somebody in JupyterLab."""
    assert course
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with ExitStack() as open_now:

        def down(name: str) -> Desk:
            context = open_now.enter_context(browser.new_context(viewport={"width": 1280, "height": 900}))
            context.set_default_timeout(20_000)
            visitor = Visitor(place, context.new_page())
            visitor.sign_in(name)
            visitor.start()
            return Desk(visitor)

        yield down


@pytest.fixture(scope="module")
def hana(sit: Callable[[str], Desk]) -> Desk:
    """The student, with some work."""
    found = sit("hana")
    found.visitor.run(WORK)
    return found


def test_a_student_hands_in_from_jupyterlab(hana: Desk, place: Stack, course: str) -> None:
    """A folder with a notebook that is not saved yet; its class has what was written."""
    page, dialog = hana.page, hana.dialog
    hana.browser.get_by_role("button", name="Refresh the file browser").click()
    hana.item("week 1").dblclick()
    hana.item("answer.ipynb").dblclick()
    write(page, "answer = 42")
    hana.browser.locator(".jp-BreadCrumbs-home").click()
    hana.item("week 1").click(button="right")
    page.locator(".lm-Menu-item:visible").filter(has_text="Hand In …").click()

    expect(dialog.get_by_role("radio", name=re.compile(r"Statistics 101\s*until \w+day \d"))).to_be_checked()
    expect(dialog.get_by_text(f"Changes in {BOOK} are not saved yet. They are saved first.")).to_be_visible()
    expect(dialog.get_by_text(re.compile("^2 files, "))).to_be_visible()
    dialog.get_by_text(re.compile("^Not handed in: ")).click()
    expect(dialog.get_by_role("listitem").filter(has_text="week 1/.git")).to_contain_text("hidden")
    look(hana, "hand-in")
    hana.button("Hand in").click()

    expect(page.get_by_text(re.compile(r"^Handed in: 2 files, \d+:\d+"))).to_be_visible()
    told = ask(place, token_of(place, "tia"), "GET", f"/api/classes/{course}/hand-ins").json()
    assert [(each["name"], each["path"]) for each in told] == [("hana", BOOK), ("hana", "week 1/notes.txt")]


def write(page: Page, text: str) -> None:
    """Write into the notebook in front, which has a kernel already."""
    page.locator(".jp-Notebook:visible .cm-content").first.click()
    page.keyboard.type(text)


def test_what_was_handed_in_is_seen_got_and_taken_back(hana: Desk) -> None:
    """From the word that it was; to open it, too."""
    page, dialog = hana.page, hana.dialog
    page.get_by_role("button", name="What I Handed In").click()
    expect(hana.row(BOOK)).to_contain_text("today")
    look(hana, "handed-in")
    with page.expect_download() as download:
        dialog.get_by_role("link", name=f"Download {BOOK}").click()
    assert "answer = 42" in download.value.path().read_text()

    hana.button("Remove week 1/notes.txt").click()
    hana.button("Keep week 1/notes.txt").click()
    hana.button("Remove week 1/notes.txt").click()
    hana.button("Remove week 1/notes.txt").click()
    expect(dialog.get_by_text("“week 1/notes.txt” is not handed in any more.")).to_be_visible()
    expect(hana.row("week 1/notes.txt")).to_have_count(0)

    hana.button(f"Open {BOOK}").click()
    expect(page.locator(".jp-Notebook:visible .cm-content").first).to_have_text("answer = 42")


def test_the_file_that_is_open_is_handed_in_from_the_menu(hana: Desk) -> None:
    """It is said what it replaces; what is in the data store already is not handed in from there."""
    hana.menu("Hand In …")
    expect(hana.dialog.get_by_text("This is in the data store already.")).to_be_visible()
    hana.dialog.get_by_role("button").last.click()
    hana.page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab").filter(has_text="answer.ipynb").first.click()

    hana.menu("Hand In …")
    expect(hana.dialog.get_by_text(re.compile("replaces what you handed in: today"))).to_be_visible()
    hana.button("Hand in").click()

    expect(hana.page.get_by_text(re.compile(r"^Handed in: 1 file, \d+:\d+"))).to_be_visible()


def test_what_could_not_be_handed_in_is_explained_and_tried_again(hana: Desk, course: str) -> None:
    """Another window was faster; what is there by now is shown before it is replaced."""
    hana.menu("Hand In …")
    expect(hana.button("Hand in")).to_be_enabled()
    assert hana.visitor.run(ELSEWHERE.replace("{course}", course)) == "handed in\n"

    hana.button("Hand in").click()

    expect(hana.dialog.get_by_text("Nothing was handed in", exact=True)).to_be_visible()
    expect(hana.shown.get_by_role("listitem").filter(has_text=BOOK)).to_contain_text(
        "It was handed in from elsewhere meanwhile. Look at what is there, and hand it in again."
    )
    look(hana, "hand-in-failed")
    hana.button("Try again …").click()
    expect(hana.dialog.get_by_text(re.compile("replaces what you handed in: today"))).to_be_visible()
    hana.button("Hand in").click()
    expect(hana.page.get_by_text(re.compile(r"^Handed in: 1 file, \d+:\d+")).last).to_be_visible()
    expect(hana.dialog).to_have_count(0)


def test_a_deadline_that_passes_while_the_dialog_is_open_counts(hana: Desk, place: Stack, course: str) -> None:
    """Nothing is sent, and that is said."""
    hana.menu("Hand In …")
    expect(hana.button("Hand in")).to_be_enabled()
    deadline(place, course, datetime.now(UTC) - timedelta(minutes=1))

    hana.button("Hand in").click()

    expect(hana.dialog.get_by_text("The time to hand in is over. Ask those who lead the class")).to_be_visible()
    hana.dialog.get_by_role("button").last.click()


def test_after_the_deadline_it_is_said_and_what_was_handed_in_stays(hana: Desk, place: Stack, course: str) -> None:
    """At once, not only when somebody has tried."""
    deadline(place, course, datetime.now(UTC) - timedelta(minutes=1))

    hana.menu("Hand In …")
    expect(hana.dialog.get_by_role("radio", name=re.compile("The time to hand in is over."))).to_be_disabled()
    expect(hana.button("Hand in")).to_be_disabled()
    look(hana, "hand-in-over")
    hana.button("Cancel").click()
    hana.menu("What I Handed In")
    expect(hana.row(BOOK)).to_be_visible()
    expect(hana.dialog.get_by_role("button", name=re.compile("Remove"))).to_have_count(0)
    hana.button("Close").click()


def test_who_is_in_no_class_has_nothing_to_hand_in(sit: Callable[[str], Desk]) -> None:
    """No menu shows what would only be refused."""
    nobody: Any = sit("nobody")
    nobody.visitor.run("import pathlib; (pathlib.Path.home() / 'x.txt').write_text('x')")
    nobody.browser.get_by_role("button", name="Refresh the file browser").click()
    nobody.item("x.txt").click(button="right")

    expect(nobody.page.locator(".lm-Menu-item:visible").filter(has_text="Rename")).to_be_visible()
    expect(nobody.page.locator(".lm-Menu-item:visible").filter(has_text="Hand In")).to_have_count(0)


@pytest.fixture(scope="module")
def tia(sit: Callable[[str], Desk]) -> Desk:
    """The instructor, with files in the home and in the data store."""
    found = sit("tia")
    assert found.visitor.run(FILES) == ""
    found.browser.get_by_role("button", name="Refresh the file browser").click()
    return found


def test_a_file_is_dragged_to_a_folder_beside_it_and_back_to_the_one_above(tia: Desk) -> None:
    """In the data store; it is moved."""
    tia.open("My place")
    tia.drag(tia.stored("move.txt"), tia.stored("box"))
    expect(tia.stored("move.txt")).to_have_count(0)
    found = tia.in_store()
    assert "move.txt" not in found
    assert found["box/move.txt"] == "move.txt of the store"

    tia.open("My place", "box")
    tia.drag(tia.stored("move.txt"), tia.store.locator(".jp-BreadCrumbs-item").first)

    expect(tia.stored("move.txt")).to_have_count(0)
    assert tia.in_store()["move.txt"] == "move.txt of the store"


def test_what_is_dragged_from_the_home_into_the_data_store_is_copied(tia: Desk) -> None:
    """Held over the tab of the other file browser, which comes in front; a folder with all in it."""
    tia.open("My place")
    for name in ("a.txt", "plan"):
        tia.show("filebrowser")
        tia.drag(tia.item(name), tia.stored("box"), "sardonyx-data")
        said = f"{name} was copied into the data store. It is in your home, too."
        expect(tia.page.get_by_text(said)).to_be_visible()

    found = tia.in_store()
    assert (found["box/a.txt"], found["box/plan/deep/c.txt"]) == ("a.txt of the home", "c")
    assert (
        tia.visitor.run("import os; print(os.path.exists('a.txt'), os.path.exists('plan/deep/c.txt'))") == "True True\n"
    )


def test_what_is_dragged_from_the_data_store_into_the_home_is_copied(tia: Desk) -> None:
    """To a folder of it."""
    tia.open("My place")

    tia.drag(tia.stored("box"), tia.item("plan"), "filebrowser")

    expect(tia.page.get_by_text("box was copied into your home. It is in the data store, too.")).to_be_visible()
    assert tia.visitor.run("print(open('plan/box/in.txt').read())") == "box/in.txt of the store\n"
    assert "box/in.txt" in tia.in_store()


def test_a_file_is_moved_from_ones_own_place_to_a_class(tia: Desk) -> None:
    """By Cut and Paste, as only one of them is shown at a time; and dragged from the home onto it."""
    tia.open("My place")
    tia.cut_and_paste("give.txt", COURSE_DATA)
    expect(tia.stored("give.txt")).to_be_visible()
    found = tia.in_store()
    assert "give.txt" not in found
    assert found["class/give.txt"] == "give.txt of the store"

    tia.store.locator(".jp-BreadCrumbs-home").click()
    tia.show("filebrowser")
    tia.drag(tia.item("a.txt"), tia.stored(COURSE_DATA), "sardonyx-data")
    expect(tia.page.get_by_text("a.txt was copied into the data store. It is in your home, too.").last).to_be_visible()
    assert tia.in_store()["class/a.txt"] == "a.txt of the home"


def test_over_a_name_that_is_taken_nothing_goes_without_a_question(tia: Desk) -> None:
    """Nor over a folder at all."""
    tia.open("My place")
    before = tia.in_store()
    tia.drag(tia.stored("taken.txt"), tia.stored("full"))
    tia.button("Cancel").click()
    expect(tia.dialog).to_contain_text("File not renamed")
    tia.dialog.get_by_role("button").last.click()
    assert tia.in_store() == before

    tia.show("filebrowser")
    tia.drag(tia.item("taken.txt"), tia.stored("full"), "sardonyx-data")
    tia.dialog.get_by_role("button", name="Overwrite").click()
    expect(tia.dialog).to_have_count(0)
    expect(tia.page.get_by_text("taken.txt was copied into the data store.")).to_be_visible()
    assert tia.in_store() == {**before, "full/taken.txt": "taken.txt of the home"}

    tia.visitor.run("import pathlib; pathlib.Path('box').write_text('a file by the name of a folder')")
    tia.show("filebrowser")
    tia.browser.get_by_role("button", name="Refresh the file browser").click()
    tia.show("sardonyx-data")
    tia.store.locator(".jp-BreadCrumbs-home").click()
    tia.show("filebrowser")
    tia.drag(tia.item("box"), tia.stored("My place"), "sardonyx-data")
    expect(tia.dialog).to_contain_text("There is a “box” here already. Choose another name.")
    tia.dialog.get_by_role("button").last.click()
    assert tia.in_store() == {**before, "full/taken.txt": "taken.txt of the home"}


def test_a_folder_that_goes_into_itself_stays_where_it_is(tia: Desk) -> None:
    """Dropped on itself nothing happens; by Cut and Paste it is said."""
    tia.open("My place")
    before = tia.in_store()

    tia.drag(tia.stored("a folder"), tia.stored("a folder"))
    expect(tia.dialog).to_have_count(0)
    tia.cut_and_paste("a folder", "My place", "a folder")

    expect(tia.dialog).to_contain_text("“a folder” cannot be put into itself.")
    tia.dialog.get_by_role("button").last.click()
    assert tia.in_store() == before


def test_where_somebody_may_only_read_nothing_goes_in_or_out(hana: Desk) -> None:
    """A student of the class, by the mouse and by Cut and Paste; all stays where it is, and that is said."""
    said = f"You can read in “{COURSE_DATA}”, and not change anything. Copy it to My place to work on it."
    hana.visitor.run("import pathlib; pathlib.Path('mine.txt').write_text('mine')")
    hana.show("filebrowser")
    hana.browser.locator(".jp-BreadCrumbs-home").click()
    hana.browser.get_by_role("button", name="Refresh the file browser").click()
    hana.drag(hana.item("mine.txt"), hana.stored(COURSE_DATA), "sardonyx-data")
    expect(hana.dialog).to_contain_text(said)
    hana.dialog.get_by_role("button").last.click()
    assert hana.visitor.run("print(open('mine.txt').read())") == "mine\n"

    before = hana.in_store()
    hana.open(COURSE_DATA)
    hana.cut_and_paste("give.txt", "My place")
    expect(hana.dialog).to_contain_text(said)
    hana.dialog.get_by_role("button").last.click()
    assert hana.in_store() == before
    assert before["class/give.txt"] == "give.txt of the store"
