"""How `sardonyx class show` says what a class is, how far it is, and who is in it."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sardonyx_hub_config.commands.limit_words import say_limits
from sardonyx_hub_config.commands.material_words import said
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.class_end import deletion_at, given_up_at, waits_for_copies
from sardonyx_services.people.groups import Group
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.words import say_deleted


def shown(people: PeopleStore, found: Group, now: datetime, *, invites: bool) -> Iterator[str]:
    """Say all of it, a line each.

    Args:
        invites: who is not known here yet is waited for until they sign in with a provider; else until they have an account.
    """
    details = people.classes.details(found.id)
    yield f"{found.title}: {say_end(found, details, now)}"
    if details.deleted is None:
        yield f"Servers: made from “{details.profile}”." if details.profile else "Servers: none of its own."
    yield from say_limits(details.limits)
    for material in details.repositories:
        yield f"Material: {said(material)}"
    yield from _say_people(people, found, "invited, has not signed in yet" if invites else "has no account yet")


def say_end(found: Group, details: ClassDetails, now: datetime) -> str:
    """Say how far a class is, and what becomes of its data."""
    if found.ended is None:
        return " ".join(_say_days(details))
    if details.deleted is not None:
        return f"ended, and its data was deleted on {_moment(details.deleted)}: {say_deleted(details)}."
    ended = f"ended on {_moment(found.ended)}"
    if details.going is not None:
        return f"{ended}; its data is being deleted."
    if details.after_end == "keep":
        return f"{ended}; its data is kept."
    goes = _moment(deletion_at(found.ended, details.decided))
    if waits_for_copies(found.ended, details, now):
        goes += (
            f", or when its people have a copy of what they made, at the latest on {_moment(given_up_at(found.ended))}"
        )
    return f"{ended}; its data is deleted on {goes}. To keep it: sardonyx class change {found.id} --after-end keep"


def _say_days(details: ClassDetails) -> Iterator[str]:
    if details.first_day is not None:
        yield f"its first day is {details.first_day};"
    if details.last_day is None or details.closes is None:
        yield "it goes on until it is ended;"
    else:
        yield f"its last day is {details.last_day}, by the clocks of {details.zone};"
        yield f"its people reach its data until {_moment(details.closes)}, when it ends;"
    yield "its data is kept then." if details.after_end == "keep" else "its data is deleted a day later."


def _say_people(people: PeopleStore, found: Group, not_yet: str) -> Iterator[str]:
    members, invited = people.groups.members(found.id), people.invitations.of(found.id)
    join = f"sardonyx class join {found.id} NAME"
    if not members and not invited:
        yield "Nobody was in it." if found.ended is not None else f"Nobody is in it yet. Let somebody join with: {join}"
    elif found.ended is None and "instructor" not in members.values():
        yield f"Nobody leads it. Let somebody with: {join} --role instructor"
    for person in people.everybody():
        if person.id in members:
            yield f"{person.name:<24} {members[person.id]:<10} {person.id}"
    for each in invited:
        yield f"{each.who:<24} {each.role:<10} {not_yet}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
