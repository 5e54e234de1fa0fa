"""What is said of the room in a home: by its file system where that is its own, else by counting."""

import asyncio
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from sardonyx_singleuser.home_space import HomeSpace, Space, count, is_in_memory

GB = 1 << 30


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk of 100 GB, of which 40 are free, and 30 for people."""
    of_disk = SimpleNamespace(
        f_frsize=4096, f_blocks=100 * GB // 4096, f_bfree=40 * GB // 4096, f_bavail=30 * GB // 4096
    )
    monkeypatch.setattr("sardonyx_singleuser.home_space.os.statvfs", lambda _path: of_disk)


def looked_at(home: Path, limit: int | None, *, times: int = 1, mounts: str = "") -> Space:
    """Return what is known of a home after so many looks, with a moment between them."""
    (home.parent / "mountinfo").write_text(mounts)

    async def look() -> Space:
        space = HomeSpace(home, limit, home.parent / "mountinfo")
        for _ in range(times - 1):
            await space.look()
            await asyncio.sleep(0.1)
        return await space.look()

    return asyncio.run(look())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """One with a file of 1 MB."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "data").write_bytes(os.urandom(1 << 20))
    return tmp_path / "home"


@pytest.mark.usefixtures("disk")
@pytest.mark.parametrize("limit", [100 * GB, 104 * GB])
def test_a_file_system_as_large_as_the_limit_is_the_homes_own(home: Path, limit: int) -> None:
    """A volume, or a folder with a project quota; what it is made on is a little larger."""
    assert looked_at(home, limit) == Space(60 * GB, 100 * GB, 30 * GB)


@pytest.mark.usefixtures("disk")
def test_files_are_counted_where_the_disk_is_larger_than_the_limit(home: Path) -> None:
    """In the background: what is there is known at the next look."""
    assert looked_at(home, GB) == Space(None, GB, 30 * GB)

    found = looked_at(home, GB, times=2)

    assert found.used is not None
    assert 1 << 20 <= found.used < 1.1 * (1 << 20)
    assert (found.limit, found.free) == (GB, GB - found.used)


@pytest.mark.usefixtures("disk")
def test_without_a_limit_only_what_is_free_is_known(home: Path) -> None:
    """What others have there is not this person's."""
    assert looked_at(home, None, times=2) == Space(None, None, 30 * GB)


@pytest.mark.usefixtures("disk")
def test_a_fresh_home_in_memory_is_the_homes_own(home: Path) -> None:
    """Nobody has to say how large it is."""
    mounts = f"36 35 98:0 / {home} rw - tmpfs none rw,size=100g\n"

    assert looked_at(home, None, mounts=mounts) == Space(60 * GB, 100 * GB, 30 * GB)


def test_a_home_that_is_gone_has_no_figures(tmp_path: Path) -> None:
    """The status bar says nothing of it."""
    assert looked_at(tmp_path / "nowhere", GB) == Space()


@pytest.mark.parametrize(
    ("mounts", "expected"),
    [
        pytest.param("36 35 98:0 / {home} rw shared:1 - tmpfs none rw\n", True, id="memory"),
        pytest.param("36 35 98:0 / {home} rw - ext4 /dev/vda rw\n", False, id="disk"),
        pytest.param("36 35 98:0 / / rw - tmpfs none rw\n", False, id="around it"),
        pytest.param("1 1 0:1 / {home} rw - tmpfs a rw\n2 1 0:2 / {home} rw - ext4 b rw\n", False, id="covered"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_memory_is_found_among_the_mounts(tmp_path: Path, mounts: str, *, expected: bool) -> None:
    """By the last mount on the home itself."""
    (tmp_path / "mountinfo").write_text(mounts.format(home="/home/ann"))

    assert is_in_memory(Path("/home/ann"), tmp_path / "mountinfo") is expected


def test_a_file_with_two_names_counts_once_and_a_link_leads_nowhere(tmp_path: Path) -> None:
    """As du counts; what lies outside is somebody else's."""
    home = tmp_path / "home"
    (home / "folder").mkdir(parents=True)
    (home / "folder" / "a").write_bytes(os.urandom(1 << 20))
    os.link(home / "folder" / "a", home / "b")
    (tmp_path / "large").write_bytes(os.urandom(4 << 20))
    (home / "link").symlink_to(tmp_path / "large")
    (home / "other").symlink_to(tmp_path)

    assert 1 << 20 <= count(home) < 1.1 * (1 << 20)


def test_a_folder_that_is_gone_counts_as_nothing(tmp_path: Path) -> None:
    """Nobody is told of an error because of it."""
    assert count(tmp_path / "nowhere") == 0
