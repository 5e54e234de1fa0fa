"""The rows for repositories in the forms of classes and events."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from starlette.datastructures import FormData, UploadFile

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.groups import Group
from sardonyx_services.people.web.classes.desk import Seen
from sardonyx_services.people.web.classes.form import ClassForm, read_class_form
from sardonyx_services.people.web.classes.seat import Level
from sardonyx_services.people.web.events.desk import EventSeen
from sardonyx_services.people.web.events.form import EventForm, read_event_form
from sardonyx_services.people.web.material_form import MaterialRow
from sardonyx_spawner.material import MOST
from sardonyx_spawner.profiles import Profile
from sardonyx_spawner.repository import Material, Repository

STATS, TOOLS = "https://git.example.org/course/stats", "https://git.example.org/lab/tools"
TWO = (Material(STATS, "2026"), Material(TOOLS, commit="a" * 40, folder="lib/tools", depth=1))
BASE = Profile("python", "Python", repositories=(Repository("https://e.org/stats", folder="stats"),))


def sent(*rows: MaterialRow, **more: str) -> FormData:
    """Return what a browser sends."""
    found: list[tuple[str, str | UploadFile]] = [
        *(("title", "Statistics"), ("profile", "python"), ("kept_days", "30"), ("changed", "1")),
        *more.items(),
    ]
    for row in rows:
        found += [(f"repository_{name}", value) for name, value in vars(row).items()]
    return FormData(found)


def class_of(form: ClassForm) -> ClassDetails:
    """Return the class of a form."""
    return form.read(ClassDetails()).details


def test_a_class_comes_out_of_its_form_as_it_went_in() -> None:
    """With all that is said of its repositories, whatever the row."""
    group = Group("class", "c1", "Statistics", is_exam=False, created=datetime.now(UTC), ended=None)
    seen = Seen(group, ClassDetails(repositories=TWO), "instructor", Level.INSTRUCTOR, is_over=False)

    form = ClassForm.of(seen)

    assert class_of(form).repositories == TWO
    assert class_of(read_class_form(sent(*form.repositories), (BASE,))).repositories == TWO


def test_an_event_comes_out_of_its_form_as_it_went_in() -> None:
    """As a class does."""
    now = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    group = Group("event", "e1", "Health", is_exam=False, created=now, ended=None)
    details = EventDetails(now, now + timedelta(days=1), profile="python", repositories=TWO)

    form = EventForm.of(EventSeen(group, details, "organiser", Level.INSTRUCTOR, "on"))

    assert form.read(details).details.repositories == TWO
    read = read_event_form(sent(*form.repositories, begins=form.begins, ends=form.ends, zone="UTC"), (BASE,))
    assert read.read(details).details.repositories == TWO


def test_a_row_in_which_nothing_stands_counts_for_nothing() -> None:
    """Also between two others; a form has one at least, in which to write."""
    read = read_class_form(sent(MaterialRow(STATS), MaterialRow(), MaterialRow(" "), MaterialRow(TOOLS)), ())

    assert class_of(read).repositories == (Material(STATS), Material(TOOLS))
    assert read_class_form(sent(), ()).repositories == (MaterialRow(),)


def test_a_row_is_added_and_nothing_kept_yet() -> None:
    """Up to as many as there may be."""
    read = read_class_form(sent(MaterialRow(STATS), do="add-repository"), ())

    assert read.is_unfinished
    assert read.repositories == (MaterialRow(STATS), MaterialRow())
    assert read.title == "Statistics"
    full = [MaterialRow(f"https://e.org/{number}") for number in range(MOST)]
    assert read_class_form(sent(*full, do="add-repository"), ()).repositories == tuple(full)


def test_a_row_is_taken_out_by_its_number() -> None:
    """The last one that is left becomes empty."""
    rows = (MaterialRow(STATS), MaterialRow(TOOLS, depth="1"))

    assert read_class_form(sent(*rows, do="remove-repository-0"), ()).repositories == rows[1:]
    assert read_class_form(sent(rows[0], do="remove-repository-0"), ()).repositories == (MaterialRow(),)


@pytest.mark.parametrize(
    "do", ["", "keep", "remove-repository-", "remove-repository-2", "remove-repository--1", "remove-repository-²"]
)
def test_what_is_no_such_button_changes_no_row(do: str) -> None:
    """Whatever a program sends."""
    rows = (MaterialRow(STATS), MaterialRow(TOOLS))
    read = read_class_form(sent(*rows, do=do), ())

    assert (read.repositories, read.is_unfinished) == (rows, False)


@pytest.mark.parametrize("depth", ["much", "1.5", "-1", "²", "9" * 5000])
def test_what_is_no_number_is_refused_as_one(depth: str) -> None:
    """In words of the form, at its place."""
    form = read_class_form(sent(MaterialRow(STATS, folder="a", depth=depth)), (BASE,))

    assert form.row_faults((BASE,)) == {
        (0, "depth"): "So many commits of its history is a number from 1 to 1,000,000, or nothing for all of it."
    }


def test_what_is_wrong_stands_in_its_row() -> None:
    """Counted as they are shown, with those that are empty; also what only the profile forbids."""
    form = read_class_form(sent(MaterialRow(), MaterialRow("file:///etc"), MaterialRow(STATS)), (BASE,))

    faults = form.row_faults((BASE,))
    assert list(faults) == [(2, "folder"), (1, "url")]
    assert faults[2, "folder"].endswith("is that of a repository of the profile. Give it a folder of its own.")
    assert list(replace(form, profile="").row_faults((BASE,))) == [(1, "url")]


def test_more_than_there_may_be_are_not_forgotten_in_silence() -> None:
    """They are refused with the rest."""
    rows = [MaterialRow(f"https://e.org/{number}") for number in range(MOST + 5)]

    assert len(class_of(read_class_form(sent(*rows), ())).repositories) == MOST + 1
