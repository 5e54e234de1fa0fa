"""Secrets that lie below folders which every sandbox shows, tried to read by code in a server of the same user."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from sardonyx_spawner.local.hidden import Hidden, hidden_here

SHOWN = ("/opt", "/etc", "/usr/local")
READ = """
import json, os
def read(path):
    try:
        return open(path).read()
    except OSError as error:
        return type(error).__name__
print(json.dumps({path: read(path) for path in %s}))
"""


@pytest.fixture(params=SHOWN)
def place(request: pytest.FixtureRequest, forks: Any) -> Iterator[Path]:
    """A folder of the hub's user below one that is shown."""
    if not os.access(request.param, os.W_OK):
        pytest.skip(f"only root can put something into {request.param}")
    folder = Path(mkdtemp(prefix="sardonyx-tests-", dir=request.param))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
    assert forks.supervisor()


def put(path: Path, text: str, owner: int) -> Path:
    """Write a file for its owner only, in a folder that is closed if it is new."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
    for made in (path, path.parent):
        os.chown(made, owner, owner)
    return path


def test_what_the_hub_has_below_a_shown_folder_cannot_be_read(forks: Any, place: Path) -> None:
    """Neither by its name nor by a link to it, nor what replaces it meanwhile; what is beside it can."""
    owner = forks.user or os.geteuid()
    data = put(place / "data" / "people.sqlite", "people", owner)
    secret = put(place / "closed" / "secret", "old", owner)
    key = put(place / "key.pem", "key", owner)
    (place / "link.pem").symlink_to(key)
    (place / "way").symlink_to(place / "closed")
    beside = put(place / "beside", "fine", owner)
    beside.chmod(0o644)
    hidden = Hidden((data.parent,), (place / "way" / "secret", place / "link.pem"))
    server = forks.start("spy", hidden=hidden_here(hidden, forks.python.parents[1]))
    assert server.is_ready, server.log.read_text()
    put(place / "closed" / "new", "new", owner).replace(secret)
    tried = [data, secret, key, place / "link.pem", place / "way" / "secret", place / "closed" / "new", beside]

    found = json.loads(server.run(READ % [str(path) for path in tried]))

    os.kill(server.pid, 9)
    assert found.pop(str(beside)) == "fine"
    assert set(found.values()) <= {"", "FileNotFoundError", "PermissionError"}, found
