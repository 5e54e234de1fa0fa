"""Times and faults as people say them; the pages ask here for every such word."""

import secrets
from datetime import UTC, datetime

from traitlets.log import get_logger

from sardonyx_services.page_words import PageWords
from sardonyx_spawner.amounts import say_duration
from sardonyx_spawner.dates import say_moment
from sardonyx_spawner.language import N_, _, again, english, ngettext

STEPS_S = (3600, 4 * 3600, 12 * 3600, 24 * 3600, 3 * 24 * 3600)
LEAST_STEP_S = 60
EXPLAINED = {
    400: (N_("This cannot be done as it was asked"), N_("Go back, look at what you entered, and try again.")),
    401: (N_("You are not signed in"), N_("Sign in, then try again.")),
    403: (N_("This is not open to you"), N_("If it should be, ask the people who run this place.")),
    404: (N_("There is nothing at this address"), N_("Look at the address, or go to the first page.")),
    405: (N_("This cannot be done as it was asked"), N_("Go back and use the buttons of the page.")),
    409: (N_("Something else is happening to it now"), N_("Wait a moment, then try again.")),
    413: (N_("This is too large"), N_("Send less of it, then try again.")),
    422: (N_("This cannot be done as it was asked"), N_("Go back, look at what you entered, and try again.")),
    424: (N_("Your server is not running"), N_("Start it from the first page.")),
    429: (N_("Too much at once"), N_("Wait a moment, then try again.")),
    500: (
        N_("Something went wrong here"),
        N_("Nothing of yours was changed. Try again; if it happens again, tell the people who run this place."),
    ),
    502: (N_("Your server does not answer"), N_("Wait a moment, then try again.")),
    503: (N_("This does not work right now"), N_("Wait a minute, then try again.")),
    504: (N_("Your server takes too long to answer"), N_("Wait a moment, then try again.")),
}
"""HTTP status -> what happened, what to do."""


SCOPES_OF_JUPYTERHUB = (
    *(N_("Access user servers via API or browser."), N_("Access services via API or browser.")),
    *(N_("Read names of users."), N_("Read users’ group membership.")),  # noqa: RUF001 - as it writes it
)
"""What may stand on the page that asks whether a program may know somebody; the template translates it."""


class Words(PageWords):
    """What templates call; an object, because JupyterHub calls plain functions among its template variables."""

    def happened(self, status: int) -> str:
        """Say what an HTTP status means."""
        return _(_explained(status)[0])

    def to_do(self, status: int) -> str:
        """Say what to do about an HTTP status."""
        return _(_explained(status)[1])

    def number(self, status: int, cause: object) -> str:
        """Return a number for a person to quote; the log has it too, beside what went wrong."""
        digits = secrets.randbelow(100_000)
        number = f"{digits // 10_000}-{digits // 100 % 100:02}-{digits % 100:02}"
        get_logger().error("A person was shown number %s: status %d, %r", number, status, cause)
        return number

    def more_servers(self, most: int, there: int) -> str:
        """Say how many servers with names somebody may have beside "My server"."""
        if not there:
            return _("Up to {most} beside “My server”; you have none.").format(most=most)
        return _("Up to {most} beside “My server”; you have {there}.").format(most=most, there=there)

    def no_more_servers(self, most: int) -> str:
        """Say that somebody has as many as they may."""
        return ngettext(
            "You have one server beside “My server”, which is as many as you may have. Remove one to start another.",
            "You have {count} servers beside “My server”, which is as many as you may have. Remove one to start another.",
            most,
        ).format(count=most)

    def moment(self, seconds: float) -> datetime:
        """Return a time from the seconds since 1970."""
        return datetime.fromtimestamp(seconds, UTC)

    def clock(self, seconds: float) -> str:
        """Say a time for who has no script: "22:10 UTC", "28 November 22:10 UTC"."""
        then = self.moment(seconds)
        return self.hour(then) if then.date() == datetime.now(UTC).date() else self.day_and_hour(then)

    def day_and_hour(self, then: datetime) -> str:
        """Say a day and a time: "28 November 22:10 UTC"."""
        return say_moment(then)

    def english(self, text: str) -> str:
        """Return what was said to somebody as the log has it."""
        return english(text)

    def again(self, text: str) -> str:
        """Say what was said to somebody else, or earlier."""
        return again(text)

    def steps(self, most_s: int) -> list[tuple[int, str]]:
        """Return by how much a server can be kept longer: seconds, and how to say them."""
        return [(seconds, say_duration(seconds)) for seconds in steps(most_s)]

    def duration(self, seconds: int) -> str:
        """Say a duration; seven days are a week."""
        return _("1 week") if seconds == 7 * 86400 else say_duration(seconds)


def steps(most_s: int) -> list[int]:
    """Return the steps, in seconds, that fit; where none does, all there is."""
    return [step for step in STEPS_S if step <= most_s] or ([most_s] if most_s >= LEAST_STEP_S else [])


def _explained(status: int) -> tuple[str, str]:
    return EXPLAINED.get(status, EXPLAINED[500] if status >= 500 else EXPLAINED[400])  # noqa: PLR2004 - HTTP
