"""A store takes the disk that there is, leaves a reserve, and comes back when people delete."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sardonyx_services.object_store.store import NAMESPACES, namespaces_work

OLD_VOLUMES = 20


def on_a_small_disk(folder: Path, *arguments: int) -> dict[str, Any]:
    """Run a store on a small disk of its own until it refuses; return what happened."""
    if not namespaces_work():
        pytest.skip("namespaces are forbidden here, and so is a disk of its own for a test")
    script = Path(__file__).with_name("small_disk.py")
    result = subprocess.run(
        [*NAMESPACES, sys.executable, str(script), str(folder), *map(str, arguments)],
        stdout=subprocess.PIPE,
        check=True,
        timeout=180,
    )
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_more_than_twenty_volumes_can_be_written(tmp_path: Path) -> None:
    """With 20 of 512 MB every store was full at 10 GB; here a volume has 4 MB."""
    found = on_a_small_disk(tmp_path, 300, 3 * OLD_VOLUMES * 4, 4, 70)

    assert found["starts"]
    assert found["written_mb"] == 3 * OLD_VOLUMES * 4


def test_a_full_store_leaves_a_reserve_and_is_writable_after_deleting(tmp_path: Path) -> None:
    """On a disk that is full to the last byte SeaweedFS frees nothing of what people delete."""
    found = on_a_small_disk(tmp_path, 420, 420)

    assert found["written_mb"] >= 100
    # A volume that is full may grow until SeaweedFS has told itself so: the reserve is larger than that.
    assert found["free_mb"] >= 128
    assert found["can_delete"]
    assert found["can_write_again"]
