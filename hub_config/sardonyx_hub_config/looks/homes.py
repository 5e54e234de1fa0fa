"""What the doctor says of the room for people's files: how a limit is kept, and who is near it."""

from collections.abc import Iterator
from pathlib import Path

from sardonyx_spawner.amounts import say_memory
from sardonyx_spawner.local.home_use import HomeLimit, is_near, read_uses, say_room
from sardonyx_spawner.local.project_quota import find_quotas

MOST_NAMED = 10


def look_at_homes(homes: Path, notes: Path, most: int | None) -> Iterator[tuple[bool, str]]:
    """Yield whether all is well, and what there is to say.

    Args:
        notes: file in which the hub keeps what it found.
        most: bytes that each home may take; None = no limit.
    """
    if most is None:
        yield True, "may take as much as they like; one_machine.home_limit in the settings changes that"
        return
    if not homes.is_dir():
        yield True, f"may take {say_memory(most)} each"
        return
    quotas, why = find_quotas(homes)
    if quotas is not None:
        yield True, f"may take {say_memory(most)} each, and the file system refuses more"
    else:
        yield (
            False,
            (
                f"may take {say_memory(most)} each; more is said, and not refused: {why}. It is refused under a hub of root"
                " on ext4 or XFS with project quotas"
            ),
        )
    uses = read_uses(notes)
    if uses:
        yield True, f"take {say_room(sum(use.bytes for use in uses.values()))}, when the hub last looked"
    limit = HomeLimit(most, is_kept=quotas is not None)
    near = sorted(((use.bytes, person) for person, use in uses.items() if is_near(use, limit)), reverse=True)
    if near:
        named = ", ".join(f"{person} ({say_room(amount)})" for amount, person in near[:MOST_NAMED])
        more = f" and {len(near) - MOST_NAMED} more" if len(near) > MOST_NAMED else ""
        yield False, f"near their limit or above it: {named}{more}; `sardonyx user list` says who that is"
