"""Containers for the tests, as a pod would have them: no rights, a root that nobody can write to."""

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from support import web
from support.images import builder
from support.ports import free_ports
from support.stub_hub import PREFIX, TOKEN, stub_hub, variables

PLAN = {"version": 1, "title": "A server of the tests", "repositories": []}
RUN_A_CELL = """
from jupyter_client.manager import start_new_kernel
said = []
manager, client = start_new_kernel(kernel_name="{kernel}", startup_timeout=60)
client.execute_interactive({code!r}, output_hook=said.append, timeout=100)
manager.shutdown_kernel(now=True)
print("".join(each["content"].get("text", "") or "\\n".join(each["content"].get("traceback", [])) for each in said))
"""
"""For Python in a container, with a kernel and code."""
USER, GROUP = 1000, 100
HOME, OWN = "/home/jovyan", "/run/sardonyx"
PATIENCE_S = 60


@dataclass(frozen=True)
class Container:
    """One that runs.

    Args:
        address: of the server in it, with a slash at its end.
        ready_s: so long did the server take to answer, from the start of the container.
    """

    identity: str
    address: str = ""
    ready_s: float = 0.0

    def run(self, *command: str, patience_s: float = 120) -> str:
        """Run a command in it, as the image's user; return what it says."""
        asked = [*builder().engine.command, "exec", self.identity, *command]
        result = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=patience_s)
        assert result.returncode == 0, f"{command} failed:\n{result.stdout[-3000:]}{result.stderr[-3000:]}"
        return result.stdout

    def python(self, code: str, patience_s: float = 120) -> str:
        """Run Python in it."""
        return self.run("python", "-c", code, patience_s=patience_s).strip()

    def get(self, path: str, patience_s: float = 30) -> httpx.Response:
        """Ask the server in it, as its person."""
        headers = {"Authorization": f"token {TOKEN}"}
        return web.get(f"{self.address}{path}", headers=headers, timeout=patience_s, follow_redirects=True)

    def post(self, path: str, body: object) -> httpx.Response:
        """Tell the server in it something, as its person."""
        headers = {"Authorization": f"token {TOKEN}"}
        return web.post(f"{self.address}{path}", headers=headers, json=body, timeout=30)

    def parts(self) -> set[str]:
        """Return what the list of its parts has in it, without versions."""
        listed = json.loads(self.run("cat", "/usr/share/sardonyx/parts.cdx.json"))
        assert listed["bomFormat"] == "CycloneDX"
        return {each["purl"].partition("@")[0] for each in listed["components"]}

    def said(self) -> str:
        """Return what its first process has said."""
        asked = [*builder().engine.command, "logs", self.identity]
        return subprocess.run(asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout


@contextmanager
def running(
    image: str,
    *command: str,
    told: Mapping[str, str] | None = None,
    folders: Sequence[str] = (),
    volumes: Sequence[str] = (),
    within: str = "",
) -> Iterator[Container]:
    """Run a container, and remove it at the end.

    Args:
        command: none = that of the image.
        told: variables.
        folders: that its user can write to, new and empty.
        volumes: more that are mounted, as podman has them.
        within: folder in which it begins; "" = that of the image.
    """
    options = ["--detach", "--read-only", "--read-only-tmpfs=false", "--network=host"]
    options += ["--cap-drop=all", "--security-opt=no-new-privileges", "--tmpfs=/tmp:mode=1777"]
    options += [f"--volume={volume}" for volume in volumes]
    options += [f"--env={name}={value}" for name, value in (told or {}).items()]
    options += [f"--workdir={within}"] if within else []
    podman = builder().engine.command
    with TemporaryDirectory() as disk:
        for number, folder in enumerate(folders):
            place = Path(disk, str(number))
            place.mkdir()
            os.chown(place, USER, GROUP)
            options.append(f"--volume={place}:{folder}")
        asked = [*podman, "run", *options, image, *command]
        started = subprocess.run(asked, capture_output=True, text=True, check=False)
        assert started.returncode == 0, started.stderr
        identity = started.stdout.strip()
        try:
            yield Container(identity)
        finally:
            subprocess.run([*podman, "rm", "--force", "--time=1", identity], capture_output=True, check=False)


@contextmanager
def running_server(image: str, home: str = HOME) -> Iterator[Container]:
    """Run an image as the hub would, with its own command, until its server answers."""
    with stub_hub() as hub, TemporaryDirectory() as folder:
        port = free_ports()
        own = Path(folder)
        (own / "plan.json").write_text(json.dumps(PLAN))
        os.chown(own, USER, GROUP)
        told = {
            **variables(hub, port),
            "HOME": home,
            "SARDONYX_PLAN": f"{OWN}/plan.json",
            "SARDONYX_TOKEN_FILE": f"{OWN}/token",
            "SARDONYX_PROGRESS": f"{OWN}/progress.jsonl",
            "JUPYTER_RUNTIME_DIR": f"{OWN}/jupyter",
            "JUPYTER_PREFER_ENV_PATH": "no",
        }
        began = time.monotonic()
        with running(image, told=told, folders=[home], volumes=[f"{own}:{OWN}"], within=home) as container:
            address = f"http://127.0.0.1:{port}{PREFIX}"
            while time.monotonic() - began < PATIENCE_S:
                try:
                    web.get(f"{address}api", timeout=5).raise_for_status()
                except (httpx.HTTPError, OSError):
                    time.sleep(0.05)
                else:
                    yield Container(container.identity, address, time.monotonic() - began)
                    return
            raise AssertionError(f"no server answers:\n{container.said()[-5000:]}")
