"""Handing in from JupyterLab at a real browser: a student's folder goes to a class, is seen there, and is taken back."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from e2e.conftest import SCREENSHOTS
from playwright.sync_api import Browser, Locator, Page, expect
from support.classes import CONF, ONE_PROFILE, ask, id_of, people_of, token_of
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


class Desk:
    """A student in JupyterLab."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.browser = self.page.locator("#filebrowser")
        self.dialog = self.page.get_by_role("dialog")
        self.shown = self.page.locator(".sx-HandIn")

    def item(self, name: str) -> Locator:
        """Return a file or folder in the home's file browser."""
        return self.browser.locator(f".jp-DirListing-item[title^='Name: {name}']")

    def button(self, name: str) -> Locator:
        """Return a button of the dialog."""
        return self.dialog.get_by_role("button", name=name, exact=True)

    def row(self, name: str) -> Locator:
        """Return a line of what was handed in."""
        return self.shown.get_by_role("row").filter(has_text=name)

    def menu(self, *items: str) -> None:
        """Choose something in the menu above."""
        self.page.get_by_role("menuitem", name="File", exact=True).click()
        for item in items:
            self.page.locator(".lm-Menu-item:visible").filter(has_text=item).first.click()

    def look(self, name: str) -> None:
        """Keep a picture of the dialog, on a phone and at a desk, and find nothing wrong with it."""
        for width in (390, 1280):
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png")
            assert self.shown.evaluate("node => node.scrollWidth <= node.clientWidth"), width
        found = Axe().run(self.page, context=".sx-HandIn").response["violations"]
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
    hana.look("hand-in")
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
    hana.look("handed-in")
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
    hana.look("hand-in-failed")
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
    hana.look("hand-in-over")
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
