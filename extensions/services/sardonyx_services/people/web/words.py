"""How pages say what is in a class: roles, states, and what was done. Templates ask here for every such word."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sardonyx_services.page_words import PageWords
from sardonyx_services.people.actions import Action
from sardonyx_services.people.groups import Role
from sardonyx_services.people.web.classes.words import ClassWords
from sardonyx_services.people.web.events.words import EventWords
from sardonyx_services.people.web.live.words import LiveWords
from sardonyx_services.people.web.operation.group_list_words import GroupListWords
from sardonyx_services.people.web.operation.people_words import PeopleWords
from sardonyx_services.people.web.operation.storage import Held
from sardonyx_services.people.web.store_use import Amount
from sardonyx_spawner.amounts import say_bytes, say_memory, say_number
from sardonyx_spawner.language import N_, _, ngettext
from sardonyx_spawner.local.home_use import say_room

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
    "shared": (N_("Team has a server"), "ok"),
    "off": (N_("Not here"), ""),
}
"""State -> word, and colour of its badge."""
DONE = {
    "make": N_("made the class"),
    "change": N_("changed the class"),
    "end": N_("ended the class"),
    "join": N_("joined by the link"),
    "join-group": N_("is in the class by a group of the provider:"),
    "leave-group": N_("is in the class no more by a group of the provider:"),
    "join-course": N_("is in the class by its course:"),
    "role-course": N_("has another role by the course of the class:"),
    "course-link": N_("made it the class of a course"),
    "course-unlink": N_("made it the class of no course"),
    "leave": N_("took out of the class:"),
    "role": N_("gave a role to:"),
    "import": N_("brought in from a list:"),
    "invite": N_("invited so many who have not signed in yet:"),
    "uninvite": N_("withdrew an invitation"),
    "join-invited": N_("is in the class by an invitation:"),
    "link-open": N_("opened the link to join"),
    "link-close": N_("closed the link to join"),
    "link-renew": N_("made a new link to join"),
    "hours": N_("changed the weekly hours of:"),
    "extend": N_("changed the time to hand in of:"),
    "move": N_("moved the end to:"),
    "close": N_("was over, and has ended by itself"),
    "class-copied": N_("copied what was handed in to the people of the class"),
    "copies-on": N_("decided that what was handed in is copied to its people after the end of the class"),
    "copies-off": N_("decided that what was handed in is copied to nobody after the end of the class"),
    "class-delete": N_("deleted the data of the class"),
    "data-keep": N_("decided that the data of the class is kept"),
    "data-delete": N_("decided that the data of the class is deleted after its end"),
    "collect": N_("collected what was handed in"),
    "event-make": N_("made the event"),
    "event-change": N_("changed the event"),
    "event-end": N_("ended the event"),
    "event-close": N_("was over: codes and writing ended"),
    "event-delete": N_("deleted all that was of the event"),
    "seats": N_("made more accounts:"),
    "card": N_("made another card for account"),
    "codes": N_("looked at the codes of all accounts"),
    "team-rename": N_("renamed a team:"),
    "own-name": N_("wants to be called:"),
    "team-take": N_("took, by its link, what this team has:"),
    "keep": N_("made a lasting account of:"),
    "account": N_("made an account for:"),
    "password": N_("gave a new password, or a link to choose one, to:"),
    "remove": N_("removed:"),
    "readmit": N_("let come back:"),
    "instructor": N_("let make classes:"),
    "instructor-end": N_("lets make classes no more:"),
    "organiser": N_("let make events:"),
    "organiser-end": N_("lets make events no more:"),
    "admin": N_("made an administrator:"),
    "admin-end": N_("is an administrator no more:"),
    "export": N_("took what is known here of:"),
    "erase": N_("erased:"),
    "erase-wish": N_("removed, to be erased a day later:"),
    "help": N_("offered help in the server of:"),
    "put-back": N_("put a file of the material back for:"),
    "start": N_("started the server of:"),
    "open": N_("opened the server of:"),
    "token": N_("made a key for programs in the name of:"),
    "token-end": N_("ended a key for programs of:"),
    "stop": N_("stopped the server of:"),
    "message": N_("said to everybody:"),
    "hand-out": N_("handed out to everybody:"),
    "material": N_("brought new material to everybody"),
}

HOLDERS = {"home": N_("person"), "class": N_("class"), "event": N_("event"), "team": N_("team")}


class Words(ClassWords, EventWords, GroupListWords, LiveWords, PeopleWords, PageWords):
    """What templates call."""

    most_named = 3
    """To so many people at most something was done that are named in its line."""

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

    def kinds(self, whats: Iterable[str]) -> dict[str, str]:
        """Return how to say what can be done, by the word for it, in the order in which it is read."""
        said = {what: _(DONE.get(what, what)).rstrip(": \u00a0") for what in whats}
        return dict(sorted(said.items(), key=lambda each: each[1]))

    def named(self, people: Iterable[str], names: Mapping[str, str]) -> str:
        """Say who these are.

        Args:
            names: of people, by id.
        """
        return ", ".join(sorted(names.get(person, person) for person in people))

    def people(self, count: int) -> str:
        """Say to how many something was done."""
        return ngettext("{count} person", "{count} people", count).format(count=count)

    def spent(self, seconds: int) -> str:
        """Say for how long servers ran, in all: "12.5 h"; "" = hardly."""
        hours = round(seconds / 3600, 1)
        return _("{count} h").format(count=say_number(hours)) if hours else ""

    def memory(self, amount: int) -> str:
        """Say an amount of memory."""
        return say_memory(amount)

    def stored(self, amount: Amount) -> str:
        """Say how much is in the data store of what may be."""
        limit = say_memory(amount.limit)
        if amount.size is None:
            return _("Stored: {limit} at most, and not counted yet.").format(limit=limit)
        return _("Stored: {used} of {limit}.").format(used=say_memory(amount.size), limit=limit)

    def used(self, amount: Amount) -> str:
        """Say the same in a table, of what was counted."""
        return _("{used} of {limit}").format(used=say_memory(amount.size or 0), limit=say_memory(amount.limit))

    def holder(self, kind: str) -> str:
        """Say what it is that has a limit of what is stored."""
        return _(HOLDERS[kind])

    def held(self, held: Held) -> str:
        """Say how much somebody or something has, and what it may have where that is limited."""
        size = say_room(held.size) if held.size >= 1 << 20 or not held.size else say_bytes(held.size)
        if held.limit is None:
            return size
        text = _("{used} of {limit}") if held.is_all else _("at least {used} of {limit}")
        return text.format(used=size, limit=say_memory(held.limit))

    def field(self, then: datetime, zone: str) -> str:
        """Return a moment as a field of a form has it."""
        return f"{then.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"

    def size(self, amount: int) -> str:
        """Say the size of files, in units of a thousand as the data store does: "3.2 MB"."""
        return say_bytes(amount)
