"""Which places in the bucket are of an event, as its teams and accounts say."""

from sardonyx_services.credentials.places import event_prefixes
from sardonyx_services.people.store import PeopleStore


def prefixes_of_event(people: PeopleStore, event: str) -> tuple[str, ...]:
    """Return all that is of an event in the bucket; what is of accounts that last by now is not."""
    teams = [team.id for team in people.seats.teams(event)]
    accounts = [seat.person for seat in people.seats.of(event) if seat.person and not seat.is_kept]
    return event_prefixes(event, teams, accounts)


def prefixes_of(people: PeopleStore, whole: str) -> tuple[str, ...]:
    """Return the places that a whole is made of: several of an event, such as "event/abcd2345/"; one of all others."""
    kind, _, group = whole.rstrip("/").partition("/")
    return prefixes_of_event(people, group) if kind == "event" else (whole,)
