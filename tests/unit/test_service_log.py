import os
import subprocess
import sys
from pathlib import Path

from sardonyx_services.service_log import LARGEST

SERVICE = """
import logging, sys
from pathlib import Path
from sardonyx_services.service_log import log_to
log_to(Path(sys.argv[1]))
print(sys.argv[2], flush=True)
logging.getLogger("broker").info("a key was given")
if sys.argv[2] == "crashes":
    raise RuntimeError(sys.argv[2])
"""


def run(log: Path, says: str, **variables: str) -> str:
    """Run a service until it ends by itself, or crashes; return what is seen of it."""
    command = [sys.executable, "-c", SERVICE, str(log), says]
    seen = subprocess.run(
        command,
        check=False,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return seen.stdout


def test_what_a_service_said_before_it_crashed_is_there_after_it_started_again(tmp_path: Path) -> None:
    """JupyterHub starts it again at once: whoever looks comes later."""
    run(tmp_path / "keys.log", "crashes")
    run(tmp_path / "keys.log", "starts")

    said = (tmp_path / "keys.out.log").read_text()
    assert said.startswith("crashes\nTraceback (most recent call last):\n")
    assert "\nRuntimeError: crashes\nstarts\n" in said
    assert (tmp_path / "keys.out.log").stat().st_mode & 0o777 == 0o600


def test_a_large_output_is_put_aside_once(tmp_path: Path) -> None:
    """A service that crashes again and again does not fill the disk."""
    output = tmp_path / "keys.out.log"
    with output.open("wb") as file:
        file.truncate(LARGEST + 1)
    (tmp_path / "keys.out.log.1").write_text("older")

    run(tmp_path / "keys.log", "starts")

    assert output.read_text() == "starts\n"
    assert (tmp_path / "keys.out.log.1").stat().st_size == LARGEST + 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keys.log", "keys.out.log", "keys.out.log.1"]


def test_on_a_machine_nothing_of_it_is_seen_on_the_terminal(tmp_path: Path) -> None:
    """That is for what has to be done."""
    assert run(tmp_path / "keys.log", "crashes") == ""
    assert "INFO broker: a key was given" in (tmp_path / "keys.log").read_text()


def test_on_a_cluster_all_of_it_is_seen_and_by_whom_it_was_said(tmp_path: Path) -> None:
    """Whoever reads a Pod's log reads why a service crashed; the file is there, too."""
    seen = run(tmp_path / "keys.log", "crashes", SARDONYX_LOG_TO_TERMINAL="1")

    assert "RuntimeError: crashes" in seen
    (line,) = [line for line in seen.splitlines() if line.endswith("INFO broker: a key was given")]
    assert line.startswith("keys: 20")
    assert "INFO broker: a key was given" in (tmp_path / "keys.log").read_text()
