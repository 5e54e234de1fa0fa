"""All that is in a folder, whatever a person's code has made of it."""

import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from support.deep import DEPTH, nest

from sardonyx_spawner.local.mounts import mount_points
from sardonyx_spawner.local.owners import give
from sardonyx_spawner.local.trees import entries_below


def open_files() -> int:
    """Return how many files are open here."""
    return len(list(Path("/proc/self/fd").iterdir()))


def test_everything_is_found_once(tmp_path: Path) -> None:
    """Links are named, and not followed."""
    for folder in ("a/b", "a/c", "d"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "a" / "c" / "file").touch()
    (tmp_path / "d" / "up").symlink_to(tmp_path)

    assert sorted(name for _, name, _ in entries_below(tmp_path)) == ["a", "b", "c", "d", "file", "up"]


def test_no_depth_is_too_deep_and_few_files_are_open(deep_trees: Path) -> None:
    """The hub has others to open."""
    nest(deep_trees)
    most, count, before = 0, 0, open_files()
    for _ in entries_below(deep_trees):
        count += 1
        most = max(most, open_files() - before)

    assert count == DEPTH
    assert most <= 2
    give(deep_trees, os.geteuid())


def test_a_folder_that_is_moved_meanwhile_leads_nowhere_else(tmp_path: Path) -> None:
    """What is above it then may be somebody else's."""
    tree, other = tmp_path / "tree", tmp_path / "other"
    (tree / "a" / "b" / "c").mkdir(parents=True)
    (other / "secret").mkdir(parents=True)
    entries = entries_below(tree)
    assert [name for _, name, _ in islice(entries, 3)] == ["a", "b", "c"]
    (tree / "a" / "b").rename(other / "b")

    with pytest.raises(OSError, match="changes while it is looked at"):
        list(entries)


def test_what_is_gone_meanwhile_is_left_out(tmp_path: Path) -> None:
    """Also where something else came in its place."""
    for name in ("gone", "file", "link"):
        (tmp_path / name / "in").mkdir(parents=True)
    seen = []
    for _, name, _ in entries_below(tmp_path):
        seen.append(name)
        if len(seen) == 3:
            for folder in ("gone", "file", "link"):
                (tmp_path / folder / "in").rmdir()
                (tmp_path / folder).rmdir()
            (tmp_path / "file").touch()
            (tmp_path / "link").symlink_to("/usr")

    assert sorted(seen) == ["file", "gone", "link"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_all_of_a_deep_tree_is_given(deep_trees: Path) -> None:
    """And what a link leads to is not."""
    tree, other = deep_trees / "tree", deep_trees / "other"
    tree.mkdir()
    other.touch()
    nest(tree)
    (tree / "link").symlink_to(other)

    give(tree, 1_900_000_321)

    assert {status.st_uid for _, _, status in entries_below(tree)} == {1_900_000_321} == {tree.stat().st_uid}
    assert other.stat().st_uid == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount, and give files to others")
def test_what_is_mounted_in_a_home_is_not_given_away(tmp_path: Path) -> None:
    """Neither another file system, nor a folder or a file of the same one; what is beside it is."""
    home, data, owner = tmp_path / "home", tmp_path / "data", 1_900_000_321
    for folder in (home / "in memory", home / "data" / "deep", data / "deep"):
        folder.mkdir(parents=True)
    for file in (home / "mine", home / "licence", data / "deep" / "set", tmp_path / "licence"):
        file.touch()
    script = """
mount -t tmpfs none "$1/in memory"
touch "$1/in memory/file"
mount --bind "$2" "$1/data"
mount --bind "$3" "$1/licence"
"$0" -c 'import sys; from pathlib import Path; from sardonyx_spawner.local.mounts import mount_points
from sardonyx_spawner.local.owners import give
give(Path(sys.argv[1]), int(sys.argv[2]))' "$1" "$4"
stat -c %u "$1/in memory" "$1/in memory/file"
"""
    arguments = (sys.executable, home, data, tmp_path / "licence", owner)
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", script, *map(str, arguments)]

    inside = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()

    assert inside == ["0", "0"]
    theirs = (data, data / "deep", data / "deep" / "set", tmp_path / "licence")
    assert {path.stat().st_uid for path in theirs} == {0}
    assert {path.stat().st_uid for path in (home, home / "mine")} == {owner}


def test_mount_points_below_a_folder_are_found_in_what_the_kernel_tells() -> None:
    """Names with blanks in them, too; not the folder's own, nor one that only begins alike."""
    mounts = "\n".join(
        f"36 35 98:0 / {point} rw,noatime - ext4 /dev/root rw"
        for point in ("/", "/homes/ann", r"/homes/ann/my\040data", "/homes/ann/b/c", "/homes/anna/x")
    )

    assert list(mount_points(mounts, Path("/homes/ann"))) == ["/homes/ann/my data", "/homes/ann/b/c"]
