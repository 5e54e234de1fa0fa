"""Days as people say them."""

from datetime import datetime

from sardonyx_spawner.language import N_, Said, _

MONTHS = (
    *(N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June")),
    *(N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December")),
)


def say_day(then: datetime) -> Said:
    """Say a day: "18 December"."""
    month = _(MONTHS[then.month - 1])
    return _("1 {month}").format(month=month) if then.day == 1 else _("{day} {month}").format(day=then.day, month=month)


def say_moment(then: datetime) -> Said:
    """Say a day and a time, which is in UTC: "28 November 22:10 UTC"."""
    return _("{day} {time} UTC").format(day=say_day(then), time=f"{then:%H:%M}")
