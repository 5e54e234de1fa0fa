"""How pages say who people of the place are, and what can be done to them."""

from collections.abc import Mapping

from sardonyx_services.people.directory import Listed, Show
from sardonyx_services.people.records import EVENT, LOCAL
from sardonyx_services.people.web.operation.people_desk import Act
from sardonyx_spawner.language import N_, _

SHOWS: dict[Show, str] = {
    "all": N_("All"),
    "administrators": N_("Administrators"),
    "instructors": N_("Instructors"),
    "organisers": N_("Organisers"),
    "event": N_("Accounts of events"),
    "removed": N_("Removed"),
}
ACTS: dict[Act, str] = {
    "instructor": N_("let them make classes"),
    "instructor-end": N_("let them make no more classes"),
    "organiser": N_("let them make events"),
    "organiser-end": N_("let them make no more events"),
}
NEW_PASSWORD = N_("make links to choose a new password")
OF_ONE = {"export": N_("take what is known of them …"), "erase": N_("erase them …")}
"""What is done to one person at a time, on a page of its own."""
LAST_ACT: dict[Act, str] = {"remove": N_("remove them …")}
ACTS_ON_REMOVED: dict[Act, str] = {"readmit": N_("let them come back")}
ERASURES = {
    "wanted": N_("is being erased"),
    "going": N_("is being erased"),
    "done": N_("is erased"),
}


class PeopleWords:
    """What templates call."""

    def shows(self) -> Mapping[Show, str]:
        """Return what can be shown, and how to say it."""
        return {show: _(word) for show, word in SHOWS.items()}

    def acts(self, of_removed: bool, has_passwords: bool, makers: str, event_makers: str) -> Mapping[str, str]:  # noqa: FBT001 - as a template gives them
        """Return what can be done to people, and how to say it; nobody is let make what all may make, or administrators alone.

        Args:
            makers: of classes, as the settings have it; event_makers: of events.
        """
        links = {"password": NEW_PASSWORD} if has_passwords else {}
        lets = {"instructor": makers == "instructors", "organiser": event_makers == "organisers"}
        let = [(act, word) for act, word in ACTS.items() if lets[act.removesuffix("-end")]]
        acts: list[tuple[str, str]] = [*let, *links.items(), *LAST_ACT.items()]
        return {act: _(word) for act, word in ((*ACTS_ON_REMOVED.items(),) if of_removed else acts)} | {
            act: _(word) for act, word in OF_ONE.items()
        }

    def is_here(self, listed: Listed) -> str:
        """Say what somebody is here: "administrator, instructor"; "" = nothing beside a person."""
        if listed.erasure:
            return _(ERASURES[listed.erasure])
        marks = (
            (listed.removed is not None, _("removed")),
            (listed.is_admin, _("administrator")),
            (listed.is_instructor, _("instructor")),
            (listed.is_organiser, _("organiser")),
        )
        return ", ".join(word for is_so, word in marks if is_so)

    def provider(self, provider: str) -> str:
        """Say where somebody signs in."""
        if provider == EVENT:
            return _("a code")
        return _("a password") if provider == LOCAL else provider.removeprefix("lti:")
