"""Which places in the bucket are of an event, as its teams and accounts say."""

import asyncio

from sardonyx_services.credentials.places import event_prefixes
from sardonyx_services.people.errors import AwayError
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


async def chosen_limit(people: PeopleStore, whole: str) -> int | None:
    """Return how many bytes an event has by what its organisers say; None = they say nothing, or it is no event.

    Raises:
        OSError: that cannot be looked up now.
    """
    kind, _, group = whole.rstrip("/").partition("/")
    if kind != "event":
        return None
    try:
        return await asyncio.to_thread(people.events.storage_bytes, group)
    except AwayError as error:
        raise OSError(str(error)) from error
