"""Days and times as people say them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sardonyx_spawner.language import N_, Said, _

MONTHS = (
    *(N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June")),
    *(N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December")),
)


def say_day(then: date) -> Said:
    """Say a day: "18 December"."""
    month = _(MONTHS[then.month - 1])
    return _("1 {month}").format(month=month) if then.day == 1 else _("{day} {month}").format(day=then.day, month=month)


def say_date(then: date, today: date) -> str:
    """Say a day: "18 December"; one of another year with its year."""
    said = say_day(then)
    return said if then.year == today.year else f"{said} {then.year}"


def say_moment(then: datetime) -> Said:
    """Say a day and a time, which is in UTC: "28 November 22:10 UTC"."""
    return _("{day} {time} UTC").format(day=say_day(then), time=f"{then:%H:%M}")


def say_local(then: datetime, zone: str, today: date) -> str:
    """Say a day and a time by the clocks of a zone: "11 December 18:00"; one of another year with its year."""
    local = then.astimezone(ZoneInfo(zone))
    return _("{day} {time}").format(day=say_date(local.date(), today), time=f"{local:%H:%M}")


def say_ago(then: datetime, now: datetime) -> str:
    """Say how long ago a time was: "now", "6 min ago", "3 h ago", "on 18 December"."""
    passed = now - in_utc(then)
    if passed < timedelta(minutes=1):
        return _("now")
    if passed < timedelta(hours=1):
        return _("{count} min ago").format(count=passed // timedelta(minutes=1))
    if passed < timedelta(days=1):
        return _("{count} h ago").format(count=passed // timedelta(hours=1))
    if then.year == now.year:
        return _("on {day}").format(day=say_day(then))
    return _("on {day} {year}").format(day=say_day(then), year=then.year)


def in_utc(then: datetime) -> datetime:
    """Return a moment with its time zone; one without any is in UTC."""
    return then if then.tzinfo else then.replace(tzinfo=UTC)
