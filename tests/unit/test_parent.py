"""What the hub starts ends with the hub."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

LIVES = "from sardonyx_services.parent import die_with_hub; import time; die_with_hub(); print('lives', flush=True); time.sleep(60)"

HUB = f"""
import os, subprocess, sys, time
os.environ["SARDONYX_HUB_PID"] = str(os.getpid())
service = subprocess.Popen([sys.executable, "-c", {LIVES!r}], stdout=subprocess.PIPE)
service.stdout.readline()
print(service.pid, flush=True)
time.sleep(60)
"""


def test_a_service_whose_hub_is_gone_already_does_not_begin() -> None:
    """It took its time to start, and the hub was killed meanwhile."""
    result = subprocess.run(
        [sys.executable, "-c", LIVES],
        env={**os.environ, "SARDONYX_HUB_PID": "1999999"},
        capture_output=True,
        check=False,
        timeout=30,
    )

    assert result.returncode == -signal.SIGKILL
    assert result.stdout == b""


def test_a_service_ends_with_its_hub() -> None:
    """However the hub ends."""
    hub = subprocess.Popen([sys.executable, "-c", HUB], stdout=subprocess.PIPE)
    assert hub.stdout is not None
    service = Path(f"/proc/{int(hub.stdout.readline())}")
    assert service.exists()

    hub.kill()
    hub.wait()
    hub.stdout.close()

    deadline = time.monotonic() + 5
    while service.exists() and (service / "stat").read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < deadline, "the service goes on"
        time.sleep(0.02)
