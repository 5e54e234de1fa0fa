"""A class that is made after another one, such as for the next term: what is taken over of that, which is nothing of its people."""

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.lessons import WeeklyHours
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.timetable import Timetable


def as_new(details: ClassDetails) -> ClassDetails:
    """Return what a class begins with that is made after another one: its servers, its material, and what comes at its end.

    Nobody is in it, and no day of the other one holds for it.
    """
    return ClassDetails(
        description=details.description,
        profile=details.profile,
        answers=details.answers,
        repositories=details.repositories,
        limits=details.limits,
        zone=details.zone,
        kept_days=details.kept_days,
        after_end=details.after_end,
        exporting=details.exporting,
    )


def hours_as_new(hours: WeeklyHours) -> WeeklyHours:
    """Return the hours of such a class: those of each week, without what has a date."""
    return WeeklyHours(Timetable(hours.lessons.weekly), hours.ahead_min, hours.only_then)


def copy_hours(people: PeopleStore, group: str, made: str) -> None:
    """Give a class that was made after another one the hours of that."""
    hours = hours_as_new(people.lessons.of(group))
    if hours.lessons:
        people.lessons.set(made, hours)
