"""How pages say which classes and events are shown, and what can be done to many of them."""

from collections.abc import Mapping

from sardonyx_services.people.web.classes.desk import Seen
from sardonyx_services.people.web.classes.words import ClassWords
from sardonyx_services.people.web.events.words import EventWords
from sardonyx_services.people.web.live.rooms import Kind
from sardonyx_services.people.web.operation.group_list import Act, GroupSeen, Show
from sardonyx_spawner.language import N_, _, ngettext

GROUP_SHOWS: dict[Show, str] = {
    "all": N_("All"),
    "on": N_("That go on"),
    "over": N_("Over"),
    "soon": N_("End soon"),
    "wrong": N_("With a problem"),
    "leader": N_("Led by nobody"),
    "stuck": N_("Over and not cleared"),
    "stored": N_("Store nearly full"),
    "servers": N_("Servers with a problem"),
    "profile": N_("Profile gone or changed"),
}
FAULTS: tuple[Show, ...] = ("leader", "stuck", "stored", "servers", "profile", "soon")
GROUP_ACTS: dict[Act, str] = {
    "leader": N_("let somebody lead them …"),
    "move": N_("move their end …"),
    "say": N_("say something to everybody there …"),
    "stop": N_("stop all their servers …"),
    "end": N_("end them …"),
}
QUESTIONS: dict[Act, str] = {
    "leader": N_("Let somebody lead these?"),
    "move": N_("Move the end of these?"),
    "say": N_("Say something to everybody in these?"),
    "stop": N_("Stop all servers of these?"),
    "end": N_("End these now?"),
}
MEANINGS: dict[tuple[Act, Kind], str] = {
    ("leader", "class"): N_("They become an instructor of each; who leads it already goes on doing so."),
    ("leader", "event"): N_("They become an organiser of each; who leads it already goes on doing so."),
    ("move", "class"): N_("Only the last day is another one; until when people hand in stays as it is."),
    ("move", "event"): N_("Only the day is another one; the time of day stays, by the clocks of each event."),
    ("say", "class"): N_(
        "It is shown in JupyterLab to everybody whose server of these classes runs, with your name, until it is taken away there."
    ),
    ("say", "event"): N_(
        "It is shown in JupyterLab to everybody whose server of these events runs, with your name, until it is taken away there."
    ),
    ("stop", "class"): N_(
        "Also those of who leads them. What is not saved is lost; who is in them can start a server again."
    ),
    ("stop", "event"): N_(
        "Also those of who leads them. What is not saved is lost; who is in them can start a server again."
    ),
    ("end", "class"): N_(
        "Their servers stop, and nobody reaches their data any more. A day later it is deleted where that is wanted; until"
        " then it can still be kept, on the timeline of each. None begins again."
    ),
    ("end", "event"): N_(
        "Codes and servers end now. People copy what they have for as long as each event says; then all that is of it is"
        " deleted. None begins again."
    ),
}
BUTTONS: dict[Act, str] = {
    "leader": N_("Let them lead"),
    "move": N_("Move it"),
    "say": N_("Say it"),
    "stop": N_("Stop them"),
    "end": N_("End them"),
}


class GroupListWords:
    """What templates call."""

    def group_shows(self) -> Mapping[Show, str]:
        """Return what can be shown, and how to say it."""
        return {show: _(word) for show, word in GROUP_SHOWS.items()}

    def group_faults(self) -> Mapping[Show, str]:
        """Return of these what can be wrong, and what ends soon."""
        return {show: _(GROUP_SHOWS[show]) for show in FAULTS}

    def group_acts(self) -> Mapping[Act, str]:
        """Return what can be done to many, and how to say it."""
        return {act: _(word) for act, word in GROUP_ACTS.items()}

    def question(self, act: Act) -> str:
        """Ask whether it is to be done."""
        return _(QUESTIONS[act])

    def meaning(self, act: Act, kind: Kind) -> str:
        """Say what it means."""
        return _(MEANINGS[act, kind])

    def button(self, act: Act) -> str:
        """Return what is on the button that does it."""
        return _(BUTTONS[act])

    def how_many(self, count: int, kind: Kind) -> str:
        """Say how many they are."""
        if kind == "class":
            return ngettext("{count} class:", "{count} classes:", count).format(count=count)
        return ngettext("{count} event:", "{count} events:", count).format(count=count)

    def group_time(self, group: GroupSeen) -> str:
        """Say when a class or an event is."""
        seen = group.seen
        return ClassWords().time_of(seen) if isinstance(seen, Seen) else EventWords().event_time(seen)
