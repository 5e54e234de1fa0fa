"""`sardonyx class hours`: the weekly hours of a class, as its instructors change them on its pages."""

from dataclasses import replace
from datetime import UTC, datetime

import click

from sardonyx_hub_config.commands.class_id import class_of_id, id_argument
from sardonyx_hub_config.commands.people_here import people_here
from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.lessons import WeeklyHours
from sardonyx_services.people.timetable import timetable_of
from sardonyx_services.people.web.classes.words import say_lesson


@click.command()
@id_argument
@click.option(
    "--lessons",
    metavar="LESSONS",
    help="Those of each week, single ones and days without those of the week, by the clocks of the class, such as"
    " 'mon 10:15-11:45, 2026-12-04 14:00-16:00, off 2026-12-21/2027-01-03'; '': none.",
)
@click.option(
    "--ahead", type=int, metavar="MINUTES", help="Servers are started so long before each lesson; 0: they are not."
)
@click.option(
    "--only-then/--at-any-time", default=None, help="Whether students have servers of it in its lessons only."
)
def hours(class_id: str, lessons: str | None, ahead: int | None, *, only_then: bool | None) -> None:
    """Show the weekly hours of class ID, or change them; what is not said stays."""
    _settings, people = people_here()
    found = class_of_id(people, class_id)
    before = people.lessons.of(class_id)
    try:
        after = _changed(before, lessons, ahead, only_then=only_then)
        if after != before:
            people.lessons.set(class_id, after, before.changed)
            people.actions.add(OPERATOR, "hours", class_id, detail=found.title)
    except PeopleError as error:
        raise OperatorError(f"{error.message} Nothing was changed.") from error
    details = people.classes.details(class_id)
    click.echo(f"{found.title}: {after.lessons or 'no weekly hours'} ({details.zone})")
    if after.lessons:
        when = f"{after.ahead_min} minutes before each" if after.ahead_min else "not ahead"
        click.echo(
            f"Servers are started {when}, {'and run in lessons only' if after.only_then else 'and run at any time'}."
        )
    now = datetime.now(UTC)
    following = after.next(details, now)
    if following is not None and found.ended is None:
        click.echo(say_lesson(following, details.zone, after, now))


def _changed(before: WeeklyHours, lessons: str | None, ahead: int | None, *, only_then: bool | None) -> WeeklyHours:
    after = before if lessons is None else replace(before, lessons=timetable_of(lessons))
    after = after if ahead is None else replace(after, ahead_min=ahead)
    return after if only_then is None else replace(after, only_then=only_then)
