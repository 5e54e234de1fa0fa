"""Where a server's socket is made: nothing that a person does decides about that."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest


def next_socket(forks: Any) -> Path:
    """Return where the next server will listen."""
    return Path(forks.base / f"socket-{forks.count + 1}")


def is_in_place(forks: Any, server: Any, expected: Path) -> bool:
    """Tell whether a server listens at its plain path, on a socket that only the hub's user can replace or open."""
    status = expected.lstat()
    return (
        server.is_ready
        and server.socket == expected
        and stat.S_ISSOCK(status.st_mode)
        and stat.S_IMODE(status.st_mode) == 0o600
        and status.st_uid == (forks.user or os.geteuid())
    )


IN_THE_WAY = """
import pathlib
path, trap = pathlib.Path({path!r}), str(pathlib.Path.home() / "trap")
done = []
for way in (path, pathlib.Path("/proc/1/root" + str(path)), pathlib.Path.home() / ".." / ".." / path.name):
    for do in (
        lambda: way.parent.mkdir(parents=True, exist_ok=True),
        lambda: way.symlink_to(trap),
        lambda: way.parent.rename(str(way.parent) + "-away"),
        lambda: way.parent.symlink_to(pathlib.Path.home()),
    ):
        try:
            do()
            done.append(1)
        except OSError:
            pass
print(len(done))
"""


def test_what_somebody_puts_in_the_way_of_their_next_socket_changes_nothing(forks: Any) -> None:
    """Folders, links and names with dots, on its path as they see it: that is in their sandbox, and goes with it."""
    first = forks.start("lena")
    assert first.is_ready, first.log.read_text()
    expected = next_socket(forks)
    assert first.run(IN_THE_WAY.format(path=str(expected))).isdigit()
    assert not os.path.lexists(expected)

    second = forks.start("lena")

    assert is_in_place(forks, second, expected), second.log.read_text()
    assert second.run("print('works')") == "works"
    assert not os.path.lexists(second.home / "trap")


@pytest.mark.parametrize("target", ["trap", "nowhere/trap"])
def test_a_link_where_a_socket_is_to_be_is_replaced_and_not_followed(forks: Any, target: str) -> None:
    """Nobody but the hub's user can put one there; if it is there all the same, it leads nowhere."""
    home = forks.base / "homes" / "lukas"
    expected = next_socket(forks)
    expected.symlink_to(home / target)

    server = forks.start("lukas")

    assert is_in_place(forks, server, expected), server.log.read_text()
    assert not os.path.lexists(home / target)
