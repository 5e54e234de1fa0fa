"""The events of a place, for commands: what organisers do on its pages, beside a running hub or without one."""

from dataclasses import dataclass

from sardonyx_hub_config.commands.people_here import people_here
from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.offered import profiles_for_classes
from sardonyx_hub_config.services.people import PATH
from sardonyx_hub_config.settings.events import event_rules
from sardonyx_hub_config.settings.secret_refs import generated_secret
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.people.derived import TEAM_LINKS, derived
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.join_link import JoinLinks
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.seat import Level, operator
from sardonyx_services.people.web.events.desk import EventDesk, EventSeen
from sardonyx_services.people.web.events.desks import event_desks
from sardonyx_services.people.web.events.seat_desk import SeatDesk
from sardonyx_services.people.web.events.team_links import TeamLinks
from sardonyx_spawner.profiles import Profile

WHO = operator()


@dataclass(frozen=True)
class EventsHere:
    """The events of a place, and what they can be.

    Args:
        profiles: what servers of events can be made from.
    """

    settings: Settings
    people: PeopleStore
    desk: EventDesk
    seats: SeatDesk
    team_links: TeamLinks
    profiles: tuple[Profile, ...]

    def of_id(self, event: str, *, goes_on: bool = False) -> EventSeen:
        """Return an event.

        Raises:
            OperatorError: there is none with this id, or it is over and should go on.
        """
        try:
            self.people.groups.get("event", event)
        except PeopleError as error:
            raise OperatorError(f"{error.message} See which there are with: sardonyx event list") from error
        seen = self.desk.seen(WHO, event, Level.INSTRUCTOR)
        if goes_on and seen.state in {"read", "gone"}:
            raise OperatorError(f"“{seen.group.title}” is over. Nothing was changed.")
        return seen


def events_here() -> EventsHere:
    """Return the events of a place that was started once.

    Raises:
        OperatorError: it was not, or its secret cannot be read.
    """
    settings, people = people_here()
    secret = bytes.fromhex(generated_secret(DataFolder(settings.data_folder).people_secret))
    profiles = profiles_for_classes(settings)
    hub = f"{settings.shown_url}/hub/"
    desk, seats = event_desks(people, secret, profiles, event_rules(settings.events, settings.quotas), hub)
    links = TeamLinks(desk, people, JoinLinks(derived(secret, TEAM_LINKS)), f"{settings.shown_url}/{PATH}")
    return EventsHere(settings, people, desk, seats, links, profiles)
