"""The fields for tools and time in the forms of classes and events: what is ticked comes back, and all is all of later, too."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.datastructures import FormData

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.groups import Group
from sardonyx_services.people.web.classes.desk import Seen
from sardonyx_services.people.web.classes.form import ClassForm, read_class_form
from sardonyx_services.people.web.classes.seat import Level
from sardonyx_services.people.web.events.desk import EventSeen
from sardonyx_services.people.web.events.form import EventForm, read_event_form
from sardonyx_spawner.class_limits import NO_LIMITS, Limits
from sardonyx_spawner.profiles import Profile

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
PROFILES = (Profile("python", "Python", tools=("vscode", "mlflow")), Profile("r", "R", tools=("rstudio",)))
LESS = Limits(("mlflow",), "4h", "30m")


def sent(*ticked: str, marker: str | None = "", lifetime: str = "", idle_stop: str = "") -> FormData:
    """Return what a browser sends of the profile Python."""
    shown = [] if marker is None else [("python.tools", marker)]
    return FormData(
        [
            *(("title", "Statistics"), ("profile", "python"), ("kept_days", "30"), ("changed", "1")),
            *(("r.tools", ""), ("r.tools", "rstudio"), ("lifetime", lifetime), ("idle_stop", idle_stop)),
            *shown,
            *(("python.tools", tool) for tool in ticked),
        ]
    )


@pytest.mark.parametrize(
    ("form", "tools"),
    [
        pytest.param(sent("vscode", "mlflow"), None, id="all: whatever comes later, too"),
        pytest.param(sent("vscode", "mlflow", marker="="), ("vscode", "mlflow"), id="all that are left of those named"),
        pytest.param(sent("mlflow"), ("mlflow",), id="some"),
        pytest.param(sent(), (), id="none"),
        pytest.param(sent(marker=None), None, id="nothing was shown"),
        pytest.param(sent("vscode", "rstudio"), ("vscode", "rstudio"), id="one that is refused later"),
    ],
)
def test_what_is_ticked_is_read(form: FormData, tools: tuple[str, ...] | None) -> None:
    """Of the profile that is chosen alone."""
    assert read_class_form(form, PROFILES).read(ClassDetails()).details.limits == Limits(tools)


def test_a_class_comes_out_of_its_form_as_it_went_in() -> None:
    """And has all of another profile when it changes to that."""
    group = Group("class", "c1", "Statistics", is_exam=False, created=NOW, ended=None)
    seen = Seen(group, ClassDetails(profile="python", limits=LESS), "instructor", Level.INSTRUCTOR, is_over=False)

    form = ClassForm.of(seen)

    assert form.read(ClassDetails()).details.limits == LESS
    assert (form.tools, form.lifetime, form.idle_stop) == ({"python": ("mlflow",)}, "4h", "30m")
    again = sent("mlflow", lifetime=" 4h ", idle_stop="30m")
    assert read_class_form(again, PROFILES).read(ClassDetails()).details.limits == LESS
    other = FormData([*sent("mlflow").multi_items(), ("profile", "r")])
    assert read_class_form(other, PROFILES).read(ClassDetails()).details.limits == NO_LIMITS


def test_an_event_comes_out_of_its_form_as_it_went_in() -> None:
    """As a class does."""
    group = Group("event", "e1", "Health", is_exam=False, created=NOW, ended=None)
    details = EventDetails(NOW, NOW + timedelta(days=1), profile="python", limits=LESS)

    form = EventForm.of(EventSeen(group, details, "organiser", Level.INSTRUCTOR, "on"))

    assert form.read(details).details.limits == LESS
    days = [("begins", form.begins), ("ends", form.ends), ("zone", "UTC")]
    read = read_event_form(FormData([*sent("mlflow", lifetime="4h", idle_stop="30m").multi_items(), *days]), PROFILES)
    assert read.read(details).details.limits == LESS
