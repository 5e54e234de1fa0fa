"""Why a server ended, where that is the same on every engine: in words for the person."""

from collections.abc import Collection
from dataclasses import replace

from sardonyx_spawner.amounts import say_duration, say_memory
from sardonyx_spawner.group_volume import GroupVolume
from sardonyx_spawner.language import Said, _


def used_more(memory: int | None) -> Said:
    """Say that more memory was used than a server has.

    Args:
        memory: bytes that it may use; None = that is not known.
    """
    if not memory:
        return _("It used more memory than it may.")
    return _("It used more than its {amount} of memory.").format(amount=say_memory(memory))


def stopped_by(name: str) -> Said:
    """Say who has stopped a server, to its person."""
    return _("{name} has stopped it.").format(name=name)


def why_over(lifetime_s: int) -> Said:
    """Say that a server reached the end that was chosen for it."""
    if not lifetime_s:
        return _("It reached its end.")
    return _("It reached its end after {duration}.").format(duration=say_duration(lifetime_s))


def why_moved(address: str, wanted: str) -> Said | None:
    """Say that a server cannot be reached any more where its hub has come back with another path; None = it can."""
    return _("The address of this place was changed.") if wanted and address != wanted else None


def why_less(had: Collection[GroupVolume], now: Collection[GroupVolume]) -> Said | None:
    """Say why a server ends that has more of the files of a class or team than its person may have; None = it has not.

    Args:
        had: what it has had from its start: that cannot be changed while it runs.
        now: what it would get now.
    """
    if all(each in now or replace(each, is_writable=True) in now for each in had):
        return None
    return _("Its class or team is over, or what you may do in their folder has changed.")
