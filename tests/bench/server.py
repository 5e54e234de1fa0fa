"""How long a server takes from the request to ready, on this machine, with JupyterLab alone beside it."""

import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from support.figures import figure

RUNS = 5
PORT = 28500
ROOT = Path(__file__).parents[2]


def bench_server() -> list[dict[str, Any]]:
    """Measure starts of servers."""
    with tempfile.TemporaryDirectory(prefix="sardonyx-bench-") as folder:
        environment = {
            **os.environ,
            "SARDONYX_DATA": folder,
            "SARDONYX_PORT": str(PORT),
            "UV_FIND_LINKS": str(ROOT / "build" / "wheels"),
        }
        process = _up(environment)
        try:
            starts = _starts(environment)
        finally:
            _down(process)
        bare = _bare_start(folder)
    ready = statistics.median(starts)
    return [
        figure(
            "server, from the request to ready, median",
            ready,
            "s",
            "JupyterLab alone, from its start to its first answer",
            bare,
        ),
    ]


def _up(environment: dict[str, str]) -> subprocess.Popen[str]:
    command = [str(Path(sys.executable).parent / "sardonyx"), "up"]
    process = subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if line.startswith("Sardonyx is ready"):
            return process
    raise RuntimeError(said)


def _down(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)
    process.wait(60)
    if process.stdout is not None:
        process.stdout.close()


def _starts(environment: dict[str, str]) -> list[float]:
    token = _token(environment)
    taken = []
    for _ in range(RUNS):
        began = time.monotonic()
        _api("POST", "users/bench/server", token)
        while not _api("GET", "users/bench", token)["servers"].get("", {}).get("ready"):
            time.sleep(0.02)
        taken.append(time.monotonic() - began)
        _api("DELETE", "users/bench/server", token)
        while "" in _api("GET", "users/bench", token)["servers"]:
            time.sleep(0.1)
    return taken


def _token(environment: dict[str, str]) -> str:
    """Make an administrator, sign in, and ask for a token, as a person's program would."""
    sardonyx = str(Path(sys.executable).parent / "sardonyx")
    password = "correct horse battery"
    command = [sardonyx, "user", "add", "bench", "--admin", "--password-stdin"]
    subprocess.run(command, env=environment, input=password, text=True, check=True, capture_output=True)
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    page = opener.open(f"http://127.0.0.1:{PORT}/hub/login").read().decode()
    xsrf = re.findall(r'name="_xsrf" value="([^"]+)"', page)[0]
    form = f"username=bench&password={password.replace(' ', '+')}&_xsrf={xsrf}".encode()
    home = opener.open(f"http://127.0.0.1:{PORT}/hub/login?next=%2Fhub%2Fhome", form).read().decode()
    hub = json.loads(re.findall(r'id="hub">(.*?)</script>', home)[0])
    headers = {"X-XSRFToken": hub["xsrf"], "Content-Type": "application/json"}
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/hub/api/users/bench/tokens", b"{}", headers, method="POST"
    )
    return str(json.loads(opener.open(request).read())["token"])


def _api(method: str, path: str, token: str) -> dict[str, Any]:
    headers = {"Authorization": f"token {token}"}
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}/hub/api/{path}", headers=headers, method=method)
    text = urllib.request.urlopen(request).read()
    answer: dict[str, Any] = json.loads(text) if text else {}
    return answer


def _bare_start(folder: str) -> float:
    """Start JupyterLab alone from the same environment, as often, and wait for its first answer."""
    python = next(Path(folder).glob("environments/python-*/bin/python"))
    url = f"http://127.0.0.1:{PORT + 10}/api"
    options = ["--no-browser", "--allow-root", f"--ServerApp.port={PORT + 10}", "--IdentityProvider.token="]
    command = [str(python), "-m", "jupyterlab", *options]
    taken = []
    for _ in range(RUNS):
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not _answers(url):
            time.sleep(0.02)
        taken.append(time.monotonic() - began)
        process.terminate()
        process.wait(30)
    return statistics.median(taken)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url):
            return True
    except OSError:
        return False
