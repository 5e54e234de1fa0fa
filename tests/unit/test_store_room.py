import pytest

from sardonyx_services.object_store.room import LARGEST_VOLUME, MIB, Room, room

GIB = 1 << 30


@pytest.mark.parametrize(
    ("total", "free", "taken", "expected"),
    [
        pytest.param(250 * GIB, 75 * GIB, 0, Room(128, 580, 1280), id="a-usual-disk"),
        pytest.param(2000 * GIB, 1900 * GIB, 0, Room(1925, 1000, 10240), id="a-large-disk"),
        pytest.param(10 * GIB, 2 * GIB, 0, Room(128, 14, 128), id="a-small-disk"),
        pytest.param(10 * GIB, 100 * MIB, 0, Room(128, 1, 128), id="hardly-any-room"),
    ],
)
def test_the_store_takes_all_but_a_reserve(total: int, free: int, taken: int, expected: Room) -> None:
    """However large the disk is, and in about a thousand volumes at most."""
    assert room(total, free, taken) == expected
    assert expected.volumes * expected.volume_mb * MIB <= max(
        free + taken - 2 * expected.least_free_mb * MIB, 128 * MIB
    )


def test_what_the_store_has_counts_as_its_own() -> None:
    """A start later it may have as much as before."""
    assert room(250 * GIB, 15 * GIB, 60 * GIB) == room(250 * GIB, 75 * GIB, 0)


def test_a_volume_is_never_larger_than_seaweedfs_allows() -> None:
    """On the largest disks there are more volumes."""
    found = room(100_000 * GIB, 90_000 * GIB, 0)

    assert found.volume_mb * MIB == LARGEST_VOLUME
    assert found.volumes > 1000


def test_there_is_always_free_space_to_tidy_a_volume_in() -> None:
    """SeaweedFS writes a volume anew to free what was deleted in it."""
    for size in (1, 2, 10, 100, 1000, 100_000):
        found = room(size * GIB, size * GIB, 0)
        assert found.least_free_mb >= found.volume_mb or found.volume_mb * MIB == LARGEST_VOLUME
