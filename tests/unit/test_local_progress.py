"""How far a start on one machine is, by the lines that its server writes."""

from pathlib import Path

import pytest

from sardonyx_spawner.contract import PROGRESS_FILE
from sardonyx_spawner.local.folders import ServerFolders
from sardonyx_spawner.local.progress import last_step, tell


@pytest.fixture
def folders(tmp_path: Path) -> ServerFolders:
    """The folders of a server that starts."""
    found = ServerFolders(tmp_path / "home", tmp_path / "private")
    found.private.mkdir(parents=True)
    return found


def test_what_was_said_last_is_what_a_start_does(folders: ServerFolders) -> None:
    """A line that is not whole yet does not count."""
    tell(folders, "Your place is ready", "done")
    tell(folders, "Cloning course", "now")
    with (folders.private / PROGRESS_FILE).open("a") as file:
        file.write('{"message": "Ope')

    assert last_step(folders) == "Cloning course"


@pytest.mark.parametrize("line", ["", "\n", "no JSON\n", '["a list"]\n', '{"message": 5}\n'])
def test_what_is_no_step_is_none(folders: ServerFolders, line: str) -> None:
    """The person's own code can write there."""
    (folders.private / PROGRESS_FILE).write_text(line)

    assert last_step(folders) == ""


def test_a_start_that_has_said_nothing_does_nothing_that_is_known(folders: ServerFolders) -> None:
    """There is no file yet."""
    assert last_step(folders) == ""
