"""The desks of events, put together: for the service, and for commands beside it."""

from collections.abc import Sequence

from sardonyx_services.people.derived import EVENT_LINKS, SEATS, derived
from sardonyx_services.people.join_link import JoinLinks
from sardonyx_services.people.seat_codes import SeatCodes
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.configuration import EventRules
from sardonyx_services.people.web.events.desk import EventDesk
from sardonyx_services.people.web.events.new_seats import NewSeats
from sardonyx_services.people.web.events.seat_desk import SeatDesk
from sardonyx_spawner.profiles import Profile


def event_desks(
    people: PeopleStore, secret: bytes, profiles: Sequence[Profile], rules: EventRules, hub: str
) -> tuple[EventDesk, SeatDesk]:
    """Return the desk of events and that of their accounts.

    Args:
        secret: of this place; codes and links are made from it.
        profiles: what servers of events can be made from.
        hub: address of the hub, as people open it, with a slash at its end.
    """
    seats = NewSeats(people, SeatCodes(derived(secret, SEATS)), rules.most_accounts)
    events = EventDesk(people, seats, profiles, rules)
    return events, SeatDesk(events, people, seats, JoinLinks(derived(secret, EVENT_LINKS)), hub)
