"""The logs of servers whose Pods come and go."""

from pathlib import Path

import pytest

from sardonyx_spawner.kube.server_logs import KEPT_BYTES, PodLogs


async def parts(logs: PodLogs, number: int) -> bytes:
    """Return a whole log."""
    return b"".join([part async for part in logs.parts(number)])


async def test_the_ends_of_three_logs_are_kept_the_newest_first(tmp_path: Path) -> None:
    """As on one machine."""
    logs = PodLogs(tmp_path / "kite2345" / "default")
    for text in (b"one", b"two", b"three", b"four"):
        logs.keep(text)

    assert [*logs.notes()] == [0, 1, 2]
    assert [await parts(logs, number) for number in range(3)] == [b"four", b"three", b"two"]
    assert await logs.end(0, 2) == b"ur"


async def test_no_log_grows_without_end(tmp_path: Path) -> None:
    """The volume is the hub's."""
    logs = PodLogs(tmp_path / "a")
    logs.keep(b"x" * (KEPT_BYTES + 5))
    assert len(await parts(logs, 0)) == KEPT_BYTES


def test_a_server_that_never_ran_has_none(tmp_path: Path) -> None:
    """And nothing is made for it."""
    assert PodLogs(tmp_path / "a").notes() == {}
    assert not (tmp_path / "a").exists()


async def test_logs_come_along_with_a_new_name(tmp_path: Path) -> None:
    """In the place of what was there."""
    old, new = PodLogs(tmp_path / "a"), PodLogs(tmp_path / "b")
    old.keep(b"mine")
    new.keep(b"before")
    old.move_to(new)

    assert await parts(new, 0) == b"mine"
    assert old.notes() == {}
    with pytest.raises(FileNotFoundError):
        await parts(old, 0)
