"""Times and faults as people say them; the pages ask here for every such word."""

import secrets
from datetime import UTC, datetime, timedelta

from traitlets.log import get_logger

from sardonyx_spawner.amounts import say_duration

STEPS_S = (3600, 4 * 3600, 12 * 3600, 24 * 3600, 3 * 24 * 3600)
LEAST_STEP_S = 60
EXPLAINED = {
    400: ("This cannot be done as it was asked", "Go back, look at what you entered, and try again."),
    401: ("You are not signed in", "Sign in, then try again."),
    403: ("This is not open to you", "If it should be, ask the people who run this place."),
    404: ("There is nothing at this address", "Look at the address, or go to the first page."),
    405: ("This cannot be done as it was asked", "Go back and use the buttons of the page."),
    409: ("Something else is happening to it now", "Wait a moment, then try again."),
    413: ("This is too large", "Send less of it, then try again."),
    422: ("This cannot be done as it was asked", "Go back, look at what you entered, and try again."),
    424: ("Your server is not running", "Start it from the first page."),
    429: ("Too much at once", "Wait a moment, then try again."),
    500: (
        "Something went wrong here",
        "Nothing of yours was changed. Try again; if it happens again, tell the people who run this place.",
    ),
    502: ("Your server does not answer", "Wait a moment, then try again."),
    503: ("This does not work right now", "Wait a minute, then try again."),
    504: ("Your server takes too long to answer", "Wait a moment, then try again."),
}
"""HTTP status -> what happened, what to do."""


class Words:
    """What templates call; an object, because JupyterHub calls plain functions among its template variables."""

    def happened(self, status: int) -> str:
        """Say what an HTTP status means."""
        return _explained(status)[0]

    def to_do(self, status: int) -> str:
        """Say what to do about an HTTP status."""
        return _explained(status)[1]

    def number(self, status: int, cause: object) -> str:
        """Return a number for a person to quote; the log has it too, beside what went wrong."""
        digits = secrets.randbelow(100_000)
        number = f"{digits // 10_000}-{digits // 100 % 100:02}-{digits % 100:02}"
        get_logger().error("A person was shown number %s: status %d, %r", number, status, cause)
        return number

    def ago(self, then: datetime | None) -> str:
        """Say how long ago something was."""
        return say_ago(then, datetime.now(UTC)) if then else "never"

    def more_servers(self, most: int, there: int) -> str:
        """Say how many servers with names somebody may have beside "My server"."""
        return f"Up to {most} beside “My server”; you have {there or 'none'}."

    def no_more_servers(self, most: int) -> str:
        """Say that somebody has as many as they may."""
        has = "one server" if most == 1 else f"{most} servers"
        return f"You have {has} beside “My server”, which is as many as you may have. Remove one to start another."

    def moment(self, seconds: float) -> datetime:
        """Return a time from the seconds since 1970."""
        return datetime.fromtimestamp(seconds, UTC)

    def clock(self, seconds: float) -> str:
        """Say a time for who has no script: "22:10 UTC", "28 November 22:10 UTC"."""
        then = self.moment(seconds)
        is_today = then.date() == datetime.now(UTC).date()
        return f"{then:%H:%M} UTC" if is_today else f"{then.day} {then:%B %H:%M} UTC"

    def steps(self, most_s: int) -> list[tuple[int, str]]:
        """Return by how much a server can be kept longer: seconds, and how to say them."""
        return [(seconds, say_duration(seconds)) for seconds in steps(most_s)]

    def iso(self, then: datetime | None) -> str:
        """Return a time for the script that shows it in the reader's zone."""
        return _aware(then).isoformat() if then else ""


def steps(most_s: int) -> list[int]:
    """Return the steps, in seconds, that fit; where none does, all there is."""
    return [step for step in STEPS_S if step <= most_s] or ([most_s] if most_s >= LEAST_STEP_S else [])


def say_ago(then: datetime, now: datetime) -> str:
    """Say how long ago a time was: "now", "6 min ago", "3 h ago", "on 18 December"."""
    passed = now - _aware(then)
    if passed < timedelta(minutes=1):
        return "now"
    if passed < timedelta(hours=1):
        return f"{passed // timedelta(minutes=1)} min ago"
    if passed < timedelta(days=1):
        return f"{passed // timedelta(hours=1)} h ago"
    return f"on {then.day} {then:%B}" if then.year == now.year else f"on {then.day} {then:%B %Y}"


def _explained(status: int) -> tuple[str, str]:
    return EXPLAINED.get(status, EXPLAINED[500] if status >= 500 else EXPLAINED[400])  # noqa: PLR2004 - HTTP


def _aware(then: datetime) -> datetime:
    return then if then.tzinfo else then.replace(tzinfo=UTC)
