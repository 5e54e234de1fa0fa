"""In CI few tests that failed run once more; everything else that can be wrong stays wrong, and is named as what it is."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from run_tests import GB, without_room

SCRIPT = Path(__file__).parents[2] / "tools/run_tests.py"
LATE = """
from pathlib import Path

def test_of_seconds():
    passes = Path("tried").exists()
    Path("tried").touch()
    assert passes

def test_beside_it():
    with Path("beside").open("a") as log:
        log.write("x")
"""
MANY = """
from pathlib import Path
import pytest

@pytest.mark.parametrize("each", range(5))
def test_of_seconds(each):
    passes = Path(str(each)).exists()
    Path(str(each)).touch()
    assert passes
"""


def run(folder: Path, tests: str, *, ci: bool) -> subprocess.CompletedProcess[str]:
    """Run tests in a folder of their own."""
    (folder / "test_some.py").write_text(tests)
    return subprocess.run(
        [sys.executable, str(SCRIPT), "some", "test_some.py"],
        cwd=folder,
        env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} | ({"CI": "true"} if ci else {}),
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_failed_beside_others_and_passes_alone_is_named(tmp_path: Path) -> None:
    """And nothing but that runs again."""
    result = run(tmp_path, LATE, ci=True)

    assert result.returncode == 0, result.stdout
    said = (tmp_path / "build/pytest/some/end").read_text()
    assert result.stdout.endswith(said)
    assert said.startswith("Failed beside other tests, and passed alone:\n  test_some.py::test_of_seconds\n")
    assert said.endswith("some: 0 min, pytest's exit code 0\n")
    assert (tmp_path / "beside").read_text() == "x"


def test_what_fails_twice_is_named_beside_it(tmp_path: Path) -> None:
    """The end of a long output is what is read first."""
    result = run(tmp_path, LATE + "def test_wrong():\n    assert not 1\n", ci=True)

    assert result.returncode == 1
    said = (tmp_path / "build/pytest/some/end").read_text()
    assert "Failed beside other tests, and passed alone:\n  test_some.py::test_of_seconds\n" in said
    assert "Failed twice:\n  test_some.py::test_wrong\n" in said


@pytest.mark.parametrize("ci", [True, False])
def test_why_a_test_failed_is_said_again_at_the_end(tmp_path: Path, *, ci: bool) -> None:
    """Of a long output only the end may be kept, and tests that ran after it have filled that."""
    result = run(tmp_path, "def test_wrong():\n    assert 1 == 2, 'one is not two'\n", ci=ci)

    said = result.stdout.rpartition("Failed")[2]
    assert "  test_wrong:\n" in said
    assert "    | E       AssertionError: one is not two\n" in said
    assert "    | test_some.py:2: AssertionError\n" in said


def test_on_a_developers_machine_nothing_runs_again(tmp_path: Path) -> None:
    """They look at it."""
    assert run(tmp_path, LATE, ci=False).returncode == 1


@pytest.mark.parametrize(
    ("tests", "code"),
    [
        ("def test_wrong():\n    assert not 1", 1),
        ("import nowhere", 2),
        ("", 5),
        (MANY, 1),
    ],
    ids=["wrong", "no tests can be read", "no tests", "many"],
)
def test_what_is_wrong_stays_wrong(tmp_path: Path, tests: str, code: int) -> None:
    """With pytest's own exit code."""
    assert run(tmp_path, tests, ci=True).returncode == code


@pytest.mark.parametrize(
    ("part", "free", "said"),
    [
        ("cluster", 11.9, "The tests of the part 'cluster' need 12 GB on the disk of {}, and 11.9 GB are free there."),
        ("cluster", 12.1, ""),
        ("hub", 4.9, "The tests of the part 'hub' need 5 GB on the disk of {}, and 4.9 GB are free there."),
        ("hub", 5.1, ""),
    ],
)
def test_a_disk_without_room_is_said(monkeypatch: pytest.MonkeyPatch, part: str, free: float, said: str) -> None:
    """Before anything runs: it would show as a store that refuses, and as much else."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=int(free * GB)))

    assert without_room(part).partition(" Make room,")[0] == said.format(tempfile.gettempdir())
