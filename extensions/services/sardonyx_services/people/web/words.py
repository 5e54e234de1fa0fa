"""How pages say what is in a class: roles, states, days, and what was done. Templates ask here for every such word."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sardonyx_services.page_words import PageWords
from sardonyx_services.people.actions import Action
from sardonyx_services.people.classes import ClassDetails
from sardonyx_services.people.groups import Role
from sardonyx_services.people.web.desk import Seen
from sardonyx_services.people.web.event_words import EventWords
from sardonyx_spawner.amounts import say_bytes, say_memory
from sardonyx_spawner.dates import say_day
from sardonyx_spawner.language import N_, _

ROLES: dict[Role, str] = {
    "student": N_("student"),
    "guest": N_("guest"),
    "assistant": N_("assistant"),
    "instructor": N_("instructor"),
}
LEADS = N_("organiser")
STATES = {
    "running": (N_("Running"), "ok"),
    "starting": (N_("Starting"), "busy"),
    "stopping": (N_("Stopping"), "busy"),
    "failed": (N_("Stopped"), "bad"),
    "elsewhere": (N_("Runs something else"), "busy"),
    "off": (N_("Not here"), ""),
}
"""State -> word, and colour of its badge."""
DONE = {
    "make": N_("made the class"),
    "change": N_("changed the class"),
    "end": N_("ended the class"),
    "join": N_("joined by the link"),
    "leave": N_("took out of the class:"),
    "role": N_("gave a role to:"),
    "import": N_("brought in from a list:"),
    "link-open": N_("opened the link to join"),
    "link-close": N_("closed the link to join"),
    "link-renew": N_("made a new link to join"),
    "extend": N_("changed the time to hand in of:"),
    "close": N_("was over, and has ended by itself"),
    "collect": N_("collected what was handed in"),
    "event-make": N_("made the event"),
    "event-change": N_("changed the event"),
    "event-end": N_("ended the event"),
    "event-close": N_("was over: codes and writing ended"),
    "event-delete": N_("deleted all that was of the event"),
    "seats": N_("made more accounts:"),
    "card": N_("made another card for account"),
    "keep": N_("made a lasting account of:"),
    "start": N_("started the server of:"),
    "stop": N_("stopped the server of:"),
    "message": N_("said to everybody:"),
    "material": N_("brought new material to everybody"),
}


class Words(EventWords, PageWords):
    """What templates call."""

    def role(self, role: Role) -> str:
        """Say what somebody is in a class."""
        return _(ROLES.get(role, LEADS))

    def roles(self) -> Mapping[Role, str]:
        """Return the roles that there are, and how to say them."""
        return {role: _(word) for role, word in ROLES.items()}

    def state(self, state: str) -> str:
        """Say what a server does."""
        return _(STATES[state][0])

    def colour(self, state: str) -> str:
        """Return the colour of a state; "" = none."""
        return STATES[state][1]

    def done(self, action: Action) -> str:
        """Say what somebody did."""
        return _(DONE.get(action.what, action.what))

    def day(self, day: date) -> str:
        """Say a day: "18 December"; one of another year with its year."""
        said = say_day(day)
        return said if day.year == datetime.now(UTC).year else f"{said} {day.year}"

    def memory(self, amount: int) -> str:
        """Say an amount of memory."""
        return say_memory(amount)

    def field(self, then: datetime, zone: str) -> str:
        """Return a moment as a field of a form has it."""
        return f"{then.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"

    def size(self, amount: int) -> str:
        """Say the size of files, in units of a thousand as the data store does: "3.2 MB"."""
        return say_bytes(amount)

    def time_of(self, seen: Seen) -> str:
        """Say in one line when a class is: what is over, when it begins, when it ends."""
        return say_time(seen.details, datetime.now(UTC), is_over=seen.is_over)


def say_time(details: ClassDetails, now: datetime, *, is_over: bool) -> str:
    """Say when a class is: "Over", "Begins 7 September", "Until 18 December"; "" = it goes on until it is ended."""
    words = Words()
    if is_over:
        return _("Over")
    if details.begins is not None and details.first_day is not None and now < details.begins:
        return _("Begins {day}").format(day=words.day(details.first_day))
    if details.last_day is not None:
        return _("Until {day}").format(day=words.day(details.last_day))
    return ""
