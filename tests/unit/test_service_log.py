import subprocess
import sys
from pathlib import Path

from sardonyx_services.service_log import LARGEST

SERVICE = """
import sys
from pathlib import Path
from sardonyx_services.service_log import log_to
log_to(Path(sys.argv[1]))
print(sys.argv[2], flush=True)
if sys.argv[2] == "crashes":
    raise RuntimeError(sys.argv[2])
"""


def run(log: Path, says: str) -> None:
    """Run a service until it ends by itself, or crashes."""
    subprocess.run([sys.executable, "-c", SERVICE, str(log), says], check=False)


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
