"""Where fresh homes are, how large they are, and how they go."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.deep import nest
from support.waiting import soon

from sardonyx_hub_config.settings.one_machine import OneMachineSettings
from sardonyx_spawner.local.fresh_homes import FreshHomes, clear_left_folders, share_of
from sardonyx_spawner.local.leftovers import note
from sardonyx_spawner.local.process import ProcessId, began
from sardonyx_spawner.local.removal import take_away

GIB = 1 << 30


@pytest.mark.parametrize(
    ("settings", "memory", "wanted", "size"),
    [
        pytest.param({}, 2 * GIB, None, GIB, id="half-of-the-memory"),
        pytest.param({}, 32 << 20, None, 64 << 20, id="enough-to-start"),
        pytest.param({}, None, None, 512 << 20, id="no-limit"),
        pytest.param({"fresh_home_size": "4G"}, 2 * GIB, None, 4 * GIB, id="as-the-operator-says"),
        pytest.param({"fresh_home_size": "4G"}, 8 * GIB, 6 * GIB, 6 * GIB, id="as-the-profile-says"),
        pytest.param({"fresh_homes": "disk", "fresh_home_size": "4G"}, 2 * GIB, GIB, 0, id="in-a-folder"),
    ],
)
def test_a_fresh_home_has_the_size_that_the_settings_say(
    settings: dict[str, str], memory: int | None, wanted: int | None, size: int
) -> None:
    """0 = it is a folder."""
    assert OneMachineSettings.model_validate(settings).fresh().bytes_for(memory, wanted) == size
    assert FreshHomes().bytes_for(memory) == share_of(memory)


def closed(folder: Path) -> None:
    """Make folders that their owner cannot look into."""
    (folder / "closed" / "in").mkdir(parents=True)
    (folder / "closed" / "in" / "file").touch()
    (folder / "closed" / "in").chmod(0)
    (folder / "closed").chmod(0)
    folder.chmod(0o500)


def linked(folder: Path) -> None:
    """Link to what is somebody else's."""
    (folder / "link").symlink_to(folder.parent / "other")


@pytest.mark.parametrize("fill", [nest, closed, linked])
def test_whatever_is_in_a_folder_it_goes_at_once_and_nothing_else_does(deep_trees: Path, fill: object) -> None:
    """Its name is free for the next one."""
    tree, other = deep_trees / "tree", deep_trees / "other"
    for folder in (tree, other):
        folder.mkdir(mode=0o755)
    (other / "kept").touch()
    assert callable(fill)
    fill(tree)

    take_away(tree)

    assert not tree.exists()
    soon(lambda: os.listdir(deep_trees) == ["other"])  # noqa: PTH208 - names are wanted
    assert (other / "kept").exists()
    assert other.stat().st_mode & 0o777 == 0o755


def test_a_link_in_the_place_of_a_folder_goes_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    """With its rights."""
    other = tmp_path / "other"
    other.mkdir(mode=0o500)
    (tmp_path / "tree").symlink_to(other)

    take_away(tmp_path / "tree")
    take_away(tmp_path / "nothing")

    soon(lambda: os.listdir(tmp_path) == ["other"])  # noqa: PTH208 - names are wanted
    assert other.stat().st_mode & 0o777 == 0o500


def test_what_is_left_of_a_deleted_server_is_removed(tmp_path: Path) -> None:
    """A hub may have ended before all of it was gone; what other servers have stays."""
    for name in (".removed-1", "default"):
        (tmp_path / "ann" / name / "in").mkdir(parents=True)

    assert clear_left_folders(tmp_path) == 0

    soon(lambda: os.listdir(tmp_path / "ann") == ["default"])  # noqa: PTH208 - names are wanted


def test_only_what_nobody_uses_is_cleared_away(tmp_path: Path) -> None:
    """A server is known by what was written down, or by its plan in the environment of its processes."""
    privates = {name: tmp_path / name / "default" for name in ("noted", "marked", "ended")}
    for private in privates.values():
        for folder in ("fresh-home", "tmp", ".removed-1"):
            (private / folder / "in").mkdir(parents=True)
    note(privates["noted"], ProcessId(os.getpid(), began(os.getpid()) or 0))
    note(privates["ended"], ProcessId(os.getpid(), 1))
    mark = {"SARDONYX_PLAN": str(privates["marked"] / "plan.json")}
    with subprocess.Popen([sys.executable, "-c", "print(flush=True); input()"], env=mark, stdin=-1, stdout=-1) as child:
        assert child.stdout is not None
        child.stdout.readline()

        assert clear_left_folders(tmp_path) == 2

        left = {"noted": {"fresh-home", "tmp", "process"}, "marked": {"fresh-home", "tmp"}, "ended": {"process"}}
        soon(lambda: {name: {p.name for p in private.iterdir()} for name, private in privates.items()} == left)
        child.communicate(b"")
