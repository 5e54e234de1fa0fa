"""How much of a disk the store may take: all but a reserve, in volumes that fit."""

import shutil
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
LEAST_RESERVE = 256 * MIB
RESERVED_PERCENT = 1
SMALLEST_VOLUME, LARGEST_VOLUME = 128 * MIB, 30720 * MIB
MOST_VOLUMES = 1000
"""Each takes memory and two open files: about a thousand is what one machine holds with ease."""


@dataclass(frozen=True)
class Room:
    """What SeaweedFS is told about the disk; all in MB.

    Args:
        least_free_mb: below so much free space nothing is written, whoever filled the disk.
    """

    volume_mb: int
    volumes: int
    least_free_mb: int


def room(total: int, free: int, taken: int) -> Room:
    """Return the room on a disk.

    SeaweedFS can count its volumes by itself (`-volume.max=0`), but keeps no reserve then: it looks once a minute whether
    the disk is full, and once it is, what people delete is not freed, because to free a volume it needs the size of that
    volume (4.48). So the number is fixed at the start, and the least free space counts against what others write.

    Args:
        total: bytes of the disk.
        free: bytes that are free.
        taken: bytes that the store has already.
    """
    reserve = max(LEAST_RESERVE, total * RESERVED_PERCENT // 100)
    most = max(0, taken + free - reserve)
    volume = min(max(most // MOST_VOLUMES, SMALLEST_VOLUME), LARGEST_VOLUME)
    return Room(
        volume_mb=volume // MIB,
        # One always: an empty store on a full disk has to have a place for what comes once there is room.
        volumes=max(1, most // volume),
        least_free_mb=reserve // 2 // MIB,
    )


def room_in(folder: Path) -> Room:
    """Return the room on the disk of a folder with the store's volumes."""
    disk = shutil.disk_usage(folder)
    return room(disk.total, disk.free, sum(path.stat().st_size for path in folder.glob("*.dat")))
