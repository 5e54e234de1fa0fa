"""How pages say when a class is, and what comes in it when."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.ending_soon import say_ending
from sardonyx_services.people.lessons import WeeklyHours
from sardonyx_services.people.timetable import DAYS, Hour
from sardonyx_services.people.web.classes.desk import Seen
from sardonyx_services.people.web.classes.timeline import Step
from sardonyx_services.people.web.kept.export_words import say_exported
from sardonyx_spawner.amounts import say_bytes, say_duration
from sardonyx_spawner.class_limits import longest_idle_of, longest_of
from sardonyx_spawner.dates import say_date
from sardonyx_spawner.language import N_, _, ngettext
from sardonyx_spawner.profiles import Profile

STEPS = {
    "made": (N_("The class was made"), ""),
    "begins": (N_("It begins"), N_("From here on students start its servers.")),
    "hand-in": (N_("Handing in ends"), N_("What was handed in is only read after that.")),
    "over": (
        N_("Its lessons are over"),
        N_("Its servers stop, after a word to who is there. What is shared and handed in is still read and copied."),
    ),
    "ends": (N_("The class ends"), N_("Nobody reaches its data any more.")),
    "closed": (N_("The class ends"), N_("Its servers stop, and nobody reaches its data any more.")),
    "export": (
        N_("What was handed in is copied to its people"),
        N_(
            "Students get what they handed in, instructors all of it and what is shared: in their own data, below “kept”."
        ),
    ),
    "keep": (N_("Its data is kept"), N_("For the people who run this place; nothing is deleted.")),
    "delete": (N_("Its data is deleted"), N_("What was shared and handed in. The homes of its people stay theirs.")),
}
"""Step -> what it is, and what it means."""
WEEK = (*(N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday")),)
AHEAD = (0, 5, 10, 15, 30)
NOT_YET = {
    "closed": N_("when an instructor ends it"),
    "export": N_("at its end"),
    "delete": N_("a day after its end"),
    "keep": "",
}


class ClassWords:
    """What templates of classes call."""

    def time_of(self, seen: Seen) -> str:
        """Say in one line when a class is: what is over, when it begins, when it ends."""
        return say_time(seen.details, datetime.now(UTC), is_over=seen.is_over)

    def ending(self, seen: Seen) -> str:
        """Say what ends of a class in the next days, and until when what is in it can be had; "" = nothing, or it has ended."""
        return "" if seen.group.ended else say_ending(seen.group.title, seen.details, datetime.now(UTC))

    def lesson(self, hour: Hour, zone: str, hours: WeeklyHours) -> str:
        """Say when a lesson is, and what is done before it."""
        return say_lesson(hour, zone, hours, datetime.now(UTC))

    def lesson_time(self, hour: Hour, zone: str) -> str:
        """Say when a lesson is, in a list of them."""
        return say_lesson_time(hour, zone, datetime.now(UTC))

    def longest(self, profile: Profile) -> str:
        """Say how long a server of a profile runs at most; "" = that is not limited."""
        return say_duration(most) if (most := longest_of(profile)) is not None else ""

    def longest_idle(self, profile: Profile) -> str:
        """Say how long a server of a profile goes unused at most; "" = that is not limited."""
        return say_duration(most) if (most := longest_idle_of(profile)) is not None else ""

    def week_days(self) -> list[tuple[str, str]]:
        """Return the days of a week, and how they are called."""
        return [(day, _(name)) for day, name in zip(DAYS, WEEK, strict=True)]

    def minutes_ahead(self, chosen: int) -> list[int]:
        """Return for how many minutes before a lesson servers can be ready: the usual ones, and what is chosen."""
        return sorted({*AHEAD, *([chosen] if chosen >= 0 else [])})

    def ahead(self, minutes: int) -> str:
        """Say how long before a lesson servers are ready."""
        if not minutes:
            return _("when a student starts theirs")
        return ngettext("{count} minute before each lesson", "{count} minutes before each lesson", minutes).format(
            count=minutes
        )

    def step(self, step: Step) -> str:
        """Say what a step is."""
        return _(STEPS[step.name][0])

    def step_means(self, step: Step, seen: Seen) -> str:
        """Say what a step means; of a deletion that is through, how much it was."""
        if step.name == "delete" and step.is_done:
            return say_deleted(seen.details)
        if step.name == "export" and (how_far := say_exported(seen.details)):
            return how_far
        means = STEPS[step.name][1]
        return _(means) if means else ""

    def step_when(self, step: Step, zone: str) -> str:
        """Say when a step is, by the clocks of a zone."""
        return say_when(step, zone, datetime.now(UTC))


def say_time(details: ClassDetails, now: datetime, *, is_over: bool) -> str:
    """Say when a class is: "Over", "Begins 7 September", "Until 18 December"; "" = it goes on until it is ended."""
    if is_over:
        return _("Over")
    if details.begins is not None and details.first_day is not None and now < details.begins:
        return _("Begins {day}").format(day=say_date(details.first_day, now.date()))
    if details.last_day is not None:
        return _("Until {day}").format(day=say_date(details.last_day, now.date()))
    return ""


def say_lesson(hour: Hour, zone: str, hours: WeeklyHours, now: datetime) -> str:
    """Say when a lesson is: "The next lesson is on Monday 7 December, 10:15 to 11:45 (UTC)."."""
    begins, ends = hour.begins.astimezone(ZoneInfo(zone)), hour.ends.astimezone(ZoneInfo(zone))
    if hour.begins <= now:
        return _("A lesson is on, until {time}.").format(time=f"{ends:%H:%M}")
    said = _("The next lesson is on {weekday} {day}, {begins} to {ends} ({zone}).").format(
        weekday=_(WEEK[begins.weekday()]),
        day=say_date(begins.date(), now.date()),
        begins=f"{begins:%H:%M}",
        ends=f"{ends:%H:%M}",
        zone=zone,
    )
    if not hours.ahead_min:
        return said
    ready = _("Servers are ready from {time} on.").format(time=f"{begins - hours.ahead:%H:%M}")
    return f"{said} {ready}"


def say_lesson_time(hour: Hour, zone: str, now: datetime) -> str:
    """Say when a lesson is, in a list of them: "Monday 7 December, 10:15 to 11:45"."""
    begins, ends = hour.begins.astimezone(ZoneInfo(zone)), hour.ends.astimezone(ZoneInfo(zone))
    return _("{weekday} {day}, {begins} to {ends}").format(
        weekday=_(WEEK[begins.weekday()]),
        day=say_date(begins.date(), now.date()),
        begins=f"{begins:%H:%M}",
        ends=f"{ends:%H:%M}",
    )


def say_when(step: Step, zone: str, now: datetime) -> str:
    """Say when a step is: "11 December 18:00"; what is at midnight is at the end of the day before."""
    if step.at is None:
        return _(NOT_YET[step.name]) if step.name in NOT_YET else ""
    local = step.at.astimezone(ZoneInfo(zone))
    if (local.hour, local.minute) != (0, 0):
        return _("{day} {time}").format(day=say_date(local.date(), now.date()), time=f"{local:%H:%M}")
    if step.name == "begins":
        return say_date(local.date(), now.date())
    return _("end of {day}").format(day=say_date((local - timedelta(days=1)).date(), now.date()))


def say_deleted(details: ClassDetails) -> str:
    """Say how much of a class was deleted: "12 files, 3.2 MB"."""
    count = details.report.get("objects", 0)
    said = ngettext("{count} file, {size}", "{count} files, {size}", count)
    return said.format(count=count, size=say_bytes(details.report.get("bytes", 0)))
