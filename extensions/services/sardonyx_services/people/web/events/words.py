"""How pages say when an event is, how far it is, and what was deleted at its end."""

from collections.abc import Mapping
from datetime import UTC, datetime

from markupsafe import Markup, escape

from sardonyx_services.page_words import timed
from sardonyx_services.people.web.events.desk import EventSeen
from sardonyx_spawner.amounts import say_bytes
from sardonyx_spawner.dates import say_local
from sardonyx_spawner.language import _, ngettext


class EventWords:
    """What templates of events call."""

    def moment(self, then: datetime, zone: str) -> str:
        """Say a day and a time by the clocks of a zone: "11 December 18:00"; one of another year with its year."""
        return say_local(then, zone, datetime.now(UTC).date())

    def here(self, then: datetime, zone: str) -> Markup:
        """Say a day and a time by the clocks of the reader, or of a zone where they have no script."""
        return timed(then, self.moment(then, zone))

    def event_time_here(self, seen: EventSeen) -> Markup:
        """Say when an event is by the clocks of the reader: who takes part need not be where it is."""
        said, moment = _when(seen)
        return escape(said).format(moment=self.here(moment, seen.details.zone))

    def event_time(self, seen: EventSeen) -> str:
        """Say when an event is: "Begins 27 November 09:00", "Ends 29 November 18:00", "Over"."""
        said, moment = _when(seen)
        return said.format(moment=self.moment(moment, seen.details.zone))

    def left(self, seen: EventSeen) -> str:
        """Say how long an event still goes on: "in 1 day 4 hours"; "" = it is not under way."""
        if seen.state != "on":
            return ""
        return say_left(int((seen.details.ends - datetime.now(UTC)).total_seconds()))

    def share(self, seen: EventSeen) -> int:
        """Return how much of an event is past, in hundredths; once it is over, of the time to read and copy."""
        details = seen.details
        first, last = (details.ends, details.goes) if seen.state == "read" else (details.begins, details.ends)
        if first >= last:
            # It was ended before its beginning, and is gone.
            return 100
        past = (datetime.now(UTC) - first) / (last - first)
        return max(0, min(100, round(past * 100)))

    def report(self, report: Mapping[str, int]) -> list[str]:
        """Say what was deleted, a line for each kind of thing."""
        accounts, teams, objects = (report.get(name, 0) for name in ("accounts", "teams", "objects"))
        return [
            ngettext("{count} account, with its home", "{count} accounts, with their homes", accounts).format(
                count=accounts
            ),
            ngettext("{count} team", "{count} teams", teams).format(count=teams),
            ngettext(
                "{count} file in the data store, {size}", "{count} files in the data store, {size}", objects
            ).format(count=objects, size=say_bytes(report.get("bytes", 0))),
        ]


def _when(seen: EventSeen) -> tuple[str, datetime]:
    """Return what is said of when an event is, and the moment in it."""
    if seen.state == "before":
        return _("Begins {moment}"), seen.details.begins
    return _("Ends {moment}") if seen.state == "on" else _("Over"), seen.details.ends


def say_left(seconds: int) -> str:
    """Say in how long something is: in days and hours, or in hours and minutes."""
    if seconds < 60:  # noqa: PLR2004 - a minute
        return _("in less than a minute")
    days, hours, minutes = seconds // 86400, seconds % 86400 // 3600, seconds % 3600 // 60
    said_hours = ngettext("{count} hour", "{count} hours", hours).format(count=hours)
    said_minutes = ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)
    if days:
        first = ngettext("{count} day", "{count} days", days).format(count=days)
        return _("in {duration}").format(duration=f"{first} {said_hours}")
    return _("in {duration}").format(duration=f"{said_hours} {said_minutes}" if hours else said_minutes)
