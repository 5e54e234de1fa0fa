"""`sardonyx up` where something is wrong, and after it was cut short."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from support.ports import free_ports

pytestmark = pytest.mark.waits
ROOT = Path(__file__).parents[2]
PATIENCE_S = 300
"""An environment is made in it: half a minute, or many on a busy machine."""
SARDONYX = str(Path(sys.executable).parent / "sardonyx")


def environment(data: Path, port: int) -> dict[str, str]:
    """Return the environment of a Sardonyx of one's own."""
    return {
        **os.environ,
        "SARDONYX_DATA": str(data),
        "SARDONYX_PORT": str(port),
        "UV_FIND_LINKS": str(ROOT / "build" / "wheels"),
    }


def refused(*arguments: str, **variables: str) -> str:
    """Run a command that has to fail; return the one sentence that it says."""
    result = subprocess.run(
        [SARDONYX, *arguments], env={**os.environ, **variables}, capture_output=True, text=True, check=False, timeout=60
    )
    assert result.returncode == 1
    # A step that takes long may have been named before; nothing was started.
    assert "Sardonyx is ready" not in result.stdout
    assert "Traceback" not in result.stderr
    return result.stderr


def test_a_busy_port_is_named(tmp_path: Path) -> None:
    """Before anything is installed, and with the way out."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        said = refused("up", SARDONYX_DATA=str(tmp_path), SARDONYX_PORT=str(port))

    assert said.startswith(f"Sardonyx: port {port} on 127.0.0.1, for the web pages, is used by another program.")
    assert not list((tmp_path / "environments").iterdir())


def test_two_on_one_data_folder_are_refused(stack: Any) -> None:
    """Two hubs on one database would lose work."""
    said = refused("up", SARDONYX_DATA=str(stack.data), SARDONYX_PORT="31990")

    assert said.startswith(f"Sardonyx: Sardonyx already runs on {stack.data}.")


def test_a_file_of_conf_d_that_fails_is_named_with_its_line(stack: Any, tmp_path: Path) -> None:
    """The operator learns where to look, and the hub does not start half configured."""
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "10-theirs.py").write_text("c.JupyterHub.log_level = 10\nundefined_name\n")
    environments = "environments: {python: {title: Python, prefix: /usr}}\n"
    (tmp_path / "settings.yaml").write_text(environments + "profiles: {python: {title: Python, environment: python}}\n")

    said = refused(
        "up", str(tmp_path / "settings.yaml"), SARDONYX_DATA=str(tmp_path / "data"), SARDONYX_PORT=str(free_ports())
    )

    assert "conf.d/10-theirs.py, line 2: NameError: name 'undefined_name' is not defined." in said
    assert stack.url


@pytest.mark.parametrize(
    "sig", [pytest.param(signal.SIGKILL, id="power-cut"), pytest.param(signal.SIGTERM, id="terminated")]
)
def test_a_first_start_that_was_cut_short_is_repaired_by_the_next(tmp_path: Path, sig: signal.Signals) -> None:
    """Wherever it was: installing, making keys, starting the store."""
    port = free_ports()
    for after_s in (0.7, 2.0, 4.0, 6.0):
        process = subprocess.Popen(
            [SARDONYX, "up"], env=environment(tmp_path, port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(after_s)
        process.send_signal(sig)
        process.wait(60)
    log = tmp_path / "said"
    with log.open("w") as output:
        process = subprocess.Popen([SARDONYX, "up"], env=environment(tmp_path, port), stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while "Sardonyx is ready" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
    finally:
        process.send_signal(signal.SIGINT)
        ended = process.wait(60)

    assert ended == 0
    assert "Not everything works" not in log.read_text()
