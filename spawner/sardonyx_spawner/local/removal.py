"""Takes folders away that a person's code has filled: at once out of sight, and removed by and by, however they are."""

import secrets
import subprocess
from contextlib import suppress
from pathlib import Path

ASIDE = ".removed-"
"""Begin of the name of what is being removed; it stays in its folder, which is closed to others."""
# Programs of the system: trees that are deeper than Python's stack, or that are closed to their owner, are no trouble
# to them. The outer shell ends at once, so that nothing waits, and a hub that stops takes nothing with it.
REMOVE = """
[ -L "$1" ] || chmod -R u+rwx -- "$1"
rm -rf -- "$1"
"""
BESIDE = 'setsid nice -n 19 sh -c "$0" sh "$1" &'


def take_away(tree: Path) -> None:
    """Take a folder away: its name is free at once, and its room after a while; it is fine if it is not there.

    Raises:
        OSError: it cannot be moved.
    """
    with suppress(OSError):
        # Nearly always there is nothing in it.
        tree.rmdir()
        return
    aside = tree.with_name(f"{ASIDE}{secrets.token_hex(8)}")
    with suppress(FileNotFoundError):
        tree.rename(aside)
        remove(aside)


def remove_now(tree: Path) -> None:
    """Remove a folder, and wait until nothing of it is left; also what an earlier go has left of it.

    Raises:
        OSError: it cannot be moved, or something of it cannot be removed.
    """
    aside = tree.with_name(f"{ASIDE}{tree.name}")
    if tree.exists() and not aside.exists():
        tree.rename(aside)
    for left in (aside, tree):
        if left.exists() or left.is_symlink():
            done = subprocess.run(["sh", "-c", REMOVE, "sh", str(left)], check=False, capture_output=True, text=True)
            if done.returncode != 0:
                raise OSError(done.stderr.strip()[-500:])


def remove(tree: Path) -> None:
    """Remove a folder beside everything else; what was not removed is found by its name at the next start of a hub."""
    nowhere = subprocess.DEVNULL
    subprocess.run(["sh", "-c", BESIDE, REMOVE, str(tree)], check=False, stdin=nowhere, stdout=nowhere, stderr=nowhere)
