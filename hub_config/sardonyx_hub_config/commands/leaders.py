"""Classes and events that nobody would lead any more, as commands say and refuse it."""

from collections.abc import Collection, Mapping

import click

from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.people.groups import Group, Role
from sardonyx_services.people.leading import is_left_alone
from sardonyx_services.people.store import PeopleStore


def say_left_alone(people: PeopleStore, ids: Collection[str]) -> None:
    """Say which classes and events nobody leads without these people, and how somebody else does."""
    for group in people.leading.by_them_alone(ids):
        click.echo(f"Without them nobody leads “{group.title}”. Name somebody with: {naming(group)}")


def keep_an_instructor(people: PeopleStore, group: Group, changes: Mapping[str, Role | None]) -> None:
    """Make sure that a class that goes on keeps an instructor.

    Args:
        changes: who would be what, by id; None = not in it any more.

    Raises:
        OperatorError: none would be left.
    """
    if group.ended is None and is_left_alone(people.groups.members(group.id), changes):
        raise OperatorError(
            f"“{group.title}” would have no instructor. Nothing was changed. Name another one first: {naming(group)}"
        )


def naming(group: Group) -> str:
    """Return the command that names somebody who leads a class or an event."""
    if group.kind == "event":
        return f"sardonyx event organiser {group.id} NAME"
    return f"sardonyx class join {group.id} NAME --role instructor"
