"""A place with a real Vault and a real keys service, and a hub of which only the answers are there."""

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from support import web
from support.vault import ROOT_TOKEN, VaultServer
from support.waiting import soon

from sardonyx_hub_config.commands.vault import Operator, apply
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_hub_config.vault_setup import Setup, setup_for
from sardonyx_services.credentials.configuration import (
    CredentialsConfiguration,
    StoreConfiguration,
    VaultConfiguration,
)
from sardonyx_services.parent import HUB
from sardonyx_services.people.store import PeopleStore
from sardonyx_singleuser import contract
from sardonyx_singleuser.vault import Keeper
from sardonyx_singleuser.vault_calls import VaultCalls

PREFIX = "/services/credentials"
OWN_TOKEN = "token-of-the-keys-service"
PERIOD_S = 6
LOOK_S = 0.5


class Hub:
    """What the keys service sees of JupyterHub: whose server a token belongs to, and which servers run."""

    def __init__(self, port: int) -> None:
        self.answers: dict[str, dict[str, Any]] = {}
        self.running: dict[str, dict[str, str]] = {}
        self.is_away = False
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                token = self.headers.get("Authorization", "").removeprefix("token ")
                known = hub.servers() if self.path.startswith("/hub/api/users") else hub.answers.get(token)
                if self.path.startswith("/hub/api/users") and token != OWN_TOKEN:
                    known = None
                status = 503 if hub.is_away else 200 if known else 403
                body = json.dumps(known or {"message": "Forbidden"}).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def servers(self) -> dict[str, Any]:
        """Answer as the list of users with servers does."""
        items = [
            {"name": name, "servers": {server: {"started": started} for server, started in servers.items()}}
            for name, servers in self.running.items()
        ]
        return {"items": items, "_pagination": {"next": None}}

    def starts(self, name: str, scope: str = "vault") -> str:
        """Let somebody's default server run; return its token."""
        token = f"token-of-{name}-{time.monotonic_ns()}"
        self.answers[token] = {"kind": "user", "name": name, "scopes": [f"custom:credentials:{scope}!server={name}/"]}
        self.running[name] = {"": datetime.now(UTC).isoformat()}
        return token

    def forgets(self, name: str) -> None:
        """Let it be stopped, without a word to the keys service."""
        self.running.pop(name, None)
        self.answers = {token: model for token, model in self.answers.items() if model["name"] != name}


@dataclass
class Place:
    """A data folder, its ports, its Vault, and the keys service."""

    folder: Path
    port: int
    vault: VaultServer
    address: str = ""
    look_every_s: float = LOOK_S
    process: subprocess.Popen[bytes] | None = None
    people: PeopleStore = field(init=False)
    hub: Hub = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.people = PeopleStore(self.folder / "people.sqlite")
        self.hub = Hub(self.port + 1)

    @property
    def keys(self) -> str:
        """The address of the keys service."""
        return f"http://127.0.0.1:{self.port + 3}{PREFIX}"

    @property
    def settings(self) -> Settings:
        """What an operator would have written."""
        return Settings.model_validate(
            {
                "data_folder": self.folder,
                "web": {"port": self.port},
                "vault": {"address": self.vault.address},
                "environments": {"python": {"title": "Python", "prefix": "/usr"}},
                "profiles": {"python": {"title": "Python", "environment": "python"}},
            }
        )

    def set_up(self, period_s: int = PERIOD_S) -> Setup:
        """Let Vault know this place, with a short period."""
        wanted = setup_for(self.settings, self.people.groups.living())
        with closing(Operator(self.settings, ROOT_TOKEN)) as operator:
            apply(wanted, operator)
        role = self.vault.call("GET", "auth/sardonyx/role/sardonyx").json()["data"]
        self.vault.call("POST", "auth/sardonyx/role/sardonyx", {**role, "token_period": period_s})
        return wanted

    def start(self) -> None:
        """Start the keys service as the hub does."""
        path = self.folder / "keys.json"
        nowhere = f"http://127.0.0.1:{self.port + 4}"
        CredentialsConfiguration(
            issuer=self.keys,
            issuer_socket=self.folder / "issuer.sock",
            keys=self.folder / "signing-keys",
            people=self.folder / "people.sqlite",
            hosts=(f"127.0.0.1:{self.port + 3}",),
            store=StoreConfiguration(
                endpoint=nowhere, sts_endpoint=nowhere, role="r", bucket="b", region="us-east-1", key_lifetime_s=3600
            ),
            log=self.folder / "keys.log",
            audit=self.folder / "audit.jsonl",
            vault=VaultConfiguration(
                address=self.address or self.vault.address,
                leases=self.folder / "leases.sqlite",
                look_every_s=self.look_every_s,
            ),
        ).write(path)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sardonyx_services.credentials", str(path)],
            env={
                "PATH": os.environ["PATH"],
                HUB: str(os.getpid()),
                "JUPYTERHUB_API_URL": f"http://127.0.0.1:{self.port + 1}/hub/api",
                "JUPYTERHUB_API_TOKEN": OWN_TOKEN,
                "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{self.port + 3}",
                "JUPYTERHUB_SERVICE_PREFIX": PREFIX + "/",
            },
        )
        soon(lambda: web.get(f"{self.keys}/jwks").status_code == 200)

    def end(self) -> None:
        """End the keys service."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def close(self) -> None:
        """Leave nothing behind."""
        self.end()
        self.hub.server.shutdown()
        self.hub.server.server_close()
        self.people.close()

    def log(self) -> str:
        """Return what the keys service says."""
        return (self.folder / "keys.log").read_text()

    def person(self, name: str) -> "Client":
        """Return somebody with a running server."""
        known = self.people.by_name(name) or self.people.signed_in("test", name, name)
        return Client(self, name, known.id, self.hub.starts(name))

    def stopped(self, name: str) -> httpx.Response:
        """Let a server be stopped, and the hub tell of it."""
        self.hub.forgets(name)
        return web.post(
            f"{self.keys}/ended",
            headers={"Authorization": f"token {OWN_TOKEN}"},
            json={"name": name, "server": ""},
        )


@dataclass(frozen=True)
class Client:
    """Somebody with a running server, and what programs in it reach."""

    place: Place
    name: str
    id: str
    token: str

    def ask(self) -> httpx.Response:
        """Ask the keys service for a token of Vault."""
        return web.get(f"{self.place.keys}/vault", headers={"Authorization": f"token {self.token}"}, timeout=30)

    def told(self, **more: str) -> dict[str, str]:
        """Return what a server is told of Vault."""
        return {
            contract.VAULT_URL: f"{self.place.keys}/vault",
            contract.VAULT_ADDRESS: self.place.vault.address,
            contract.VAULT_SECRETS: "secret",
            **more,
        }

    def calls(self, **more: str) -> VaultCalls:
        """Return the user side's own way to Vault."""
        return VaultCalls(self.told(**more), self.token)

    def keeper(self, home: Path, **secrets: str) -> Keeper:
        """Return the user side as it runs in a server, which has not begun."""
        home.mkdir(exist_ok=True)
        return Keeper(self.calls(), home / "sardonyx-vault-token", home / ".vault-token", secrets)

    def vault_token(self) -> str:
        """Return a token as the user side gets it."""
        return self.calls().new_token().text
