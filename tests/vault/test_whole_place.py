"""A whole Sardonyx with a Vault: from the operator's commands to a cell in a notebook, and to the end of a server."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from support import web
from support.forks import processes_with
from support.kernels import run_in_kernel
from support.ports import free_ports
from support.vault import ROOT_TOKEN, VaultServer
from support.waiting import soon

from sardonyx_services.credentials.vault.hub import HubServers
from sardonyx_services.people.store import PeopleStore

TOKEN = "token-of-the-tests-only"
SARDONYX = str(Path(sys.executable).parent / "sardonyx")
SETTINGS = """
storage: {{kind: s3, endpoint: 'http://127.0.0.1:9', role: r}}
vault: {{address: '{vault}'}}
servers: {{accept_not_isolated: true}}
environments: {{python: {{title: Python, prefix: '{prefix}'}}}}
profiles:
  python:
    title: Python
    environment: python
    secrets: {{OPENAI_API_KEY: 'users/me/openai#key', MISSING: 'users/me/nothing#key'}}
"""
CONF = f"""
c.JupyterHub.services = [*c.JupyterHub.services, {{"name": "tests", "api_token": "{TOKEN}"}}]
scopes = ["admin:users", "admin:servers", "access:servers"]
c.JupyterHub.load_roles = [*c.JupyterHub.load_roles, {{"name": "tests", "services": ["tests"], "scopes": scopes}}]
"""
CELL = """
import json, os, urllib.request
from pathlib import Path
link = Path.home() / ".vault-token"
request = urllib.request.Request(os.environ["VAULT_ADDR"] + "/v1/auth/token/lookup-self", headers={"X-Vault-Token": link.read_text()})
own = json.load(urllib.request.urlopen(request))["data"]
print(json.dumps({
    "token": link.read_text(), "mode": oct(link.stat().st_mode & 0o777), "is_link": link.is_symlink(), "period": own["period"],
    "person": own["meta"]["role"], "key": os.environ["OPENAI_API_KEY"], "missing": "MISSING" in os.environ,
    "in_environment": [name for name, value in os.environ.items() if value == link.read_text()],
}))
"""


@dataclass
class Whole:
    """A running Sardonyx, and its operator."""

    folder: Path
    port: int
    vault: VaultServer

    @property
    def variables(self) -> dict[str, str]:
        """The environment of its commands."""
        more = {"SARDONYX_DATA": str(self.folder / "data"), "SARDONYX_PORT": str(self.port), "VAULT_TOKEN": ROOT_TOKEN}
        return {**os.environ, **more, "SARDONYX_SETTINGS": str(self.folder / "settings.yaml")}

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command beside it."""
        return subprocess.run(
            [SARDONYX, *arguments],
            env=self.variables,
            input=stdin,
            text=True,
            capture_output=True,
            check=False,
            timeout=60,
        )

    def call(self, method: str, path: str) -> httpx.Response:
        """Ask the hub."""
        url = f"http://127.0.0.1:{self.port}/hub/api{path}"
        return web.request(method, url, headers={"Authorization": f"token {TOKEN}"}, timeout=60)

    def has_server(self, name: str) -> bool:
        """Tell whether somebody's server is ready."""
        return bool(self.call("GET", f"/users/{name}").json()["servers"].get("", {}).get("ready"))


async def running_by_the_hub(whole: Whole) -> dict[tuple[str, str], float]:
    """Return what the hub tells the keys service."""
    own = (whole.folder / "data" / "secrets" / "credentials-service").read_text()
    async with web.AsyncClient() as client:
        return await HubServers(f"http://127.0.0.1:{whole.port + 1}/hub/api", own, client).running()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, vault: VaultServer, prefix: Path) -> Iterator[Whole]:
    """One with a local account for ann, whom Vault does not know yet."""
    found = Whole(tmp_path_factory.mktemp("whole"), free_ports(), vault)
    (found.folder / "conf.d").mkdir()
    (found.folder / "conf.d" / "tests.py").write_text(CONF)
    (found.folder / "settings.yaml").write_text(SETTINGS.format(vault=vault.address, prefix=prefix))
    with (found.folder / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [SARDONYX, "up"], env=found.variables, stdout=log, stderr=log, start_new_session=True
        )
    try:
        # As long as a start takes where other tests run, too.
        soon(lambda: found.call("GET", "/").status_code == 200, 120)
        soon(lambda: web.get(f"http://127.0.0.1:{found.port + 3}/services/credentials/jwks").status_code == 200)
        added = found.run("user", "add", "ann", "--password-stdin", stdin="correct horse battery\n")
        assert added.returncode == 0, added.stderr
        found.call("POST", "/users/ann")
        yield found
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        for left in processes_with(f"{found.folder}/"):
            os.kill(left, signal.SIGKILL)


def test_from_the_operators_commands_to_a_cell_and_the_end_of_a_server(whole: Whole) -> None:
    """One story, because each step needs the one before."""
    before = whole.run("doctor").stdout
    assert (
        f"ok     Vault        answers at {whole.vault.address} and is unsealed, version {whole.vault.version}" in before
    )
    assert "FAULT  Vault        Vault refuses the role “sardonyx-broker” at auth/sardonyx/login: " in before
    assert "Let Vault know this place: sardonyx vault setup" in before

    said = whole.run("vault", "setup", "--apply")
    assert said.stdout == (
        f"{whole.vault.address} knows this place now: sign-in sardonyx, 0 groups of classes and teams.\n"
    ), said.stderr
    after = whole.run("doctor").stdout
    assert "ok     Vault        takes this place's tokens, and lets the keys service renew and end them" in after

    people = PeopleStore(whole.folder / "data" / "people.sqlite")
    ann = people.by_name("ann")
    people.close()
    assert ann is not None
    whole.vault.call("POST", f"secret/data/users/{ann.id}/openai", {"data": {"key": "sk-of-ann"}})

    whole.call("POST", "/users/ann/server")
    soon(lambda: whole.has_server("ann"))
    url = f"http://127.0.0.1:{whole.port}/user/ann/"
    cell = json.loads(run_in_kernel(url, TOKEN, CELL))
    token = cell.pop("token")
    assert cell == {
        "mode": "0o600",
        "is_link": True,
        "period": 3600,
        "person": "sardonyx",
        "key": "sk-of-ann",
        "missing": False,
        "in_environment": [],
    }
    (log,) = (whole.folder / "data" / "servers").glob("*/*/server.log")
    assert "Sardonyx: Vault: MISSING is missing, because it is not there." in log.read_text()
    assert token not in log.read_text()

    # What the keys service finds out by itself, it asks with its own token.
    assert asyncio.run(running_by_the_hub(whole)).keys() == {("ann", "")}
    assert whole.vault.lives(token)
    whole.call("DELETE", "/users/ann/server")
    began = time.monotonic()
    soon(lambda: not whole.vault.lives(token))
    print(f"ended {time.monotonic() - began:.2f} s after the stop")  # noqa: T201 - a figure for whoever looks
    left = [
        path for path in (whole.folder / "data").rglob("*") if path.is_file() and token.encode() in path.read_bytes()
    ]
    assert left == []
