"""How much memory a server uses, from folders that look like those of its control groups."""

import os
from pathlib import Path

import pytest

from sardonyx_spawner.local.limits import RECORD
from sardonyx_spawner.local.memory_use import memory_used

V1 = {
    "memory.usage_in_bytes": "900\n",
    "memory.stat": "cache 5\ninactive_file 1\nactive_file 2\ntotal_inactive_file 500\ntotal_active_file 3\n",
}
V2 = {"memory.current": "1000\n", "memory.stat": "anon 7\ninactive_file 100\nactive_file 2\n"}


def private(folder: Path, files: dict[str, str]) -> Path:
    """Return a server's folder that names two groups; the second one has these files."""
    groups = [folder / "cpu", folder / "memory"]
    for group in groups:
        group.mkdir()
    for name, text in files.items():
        (groups[1] / name).write_text(text)
    (folder / RECORD).write_text("".join(f"{group}\n" for group in groups))
    return folder


@pytest.mark.parametrize(
    ("files", "used"),
    [
        pytest.param(V1, 400, id="v1"),
        pytest.param(V2, 900, id="v2"),
        pytest.param({**V2, "memory.stat": ""}, 1000, id="the system does not say what can be let go"),
        pytest.param({**V2, "memory.stat": "inactive_file 5000\n"}, 0, id="read at two times"),
        pytest.param({**V2, "memory.current": "max\n"}, None, id="no number"),
        pytest.param({}, None, id="not limited"),
    ],
)
def test_memory_is_what_cannot_be_let_go(tmp_path: Path, files: dict[str, str], used: int | None) -> None:
    """On both versions of control groups, in whichever of a server's groups it is counted."""
    assert memory_used(private(tmp_path, files)) == used


def test_a_server_without_groups_uses_nobody_knows_how_much(tmp_path: Path) -> None:
    """Such as one that has just ended."""
    assert memory_used(tmp_path) is None


def test_nothing_is_waited_for(tmp_path: Path) -> None:
    """A pipe would make the hub wait for its other side."""
    folder = private(tmp_path, {})
    os.mkfifo(tmp_path / "memory" / "memory.current")

    assert memory_used(folder) is None
