"""A real object store and a real keys service, and a hub of which only the answer about a token is there."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config
from support import web
from support.ports import free_ports
from support.waiting import soon

from sardonyx_services.credentials.configuration import (
    CredentialsConfiguration,
    GitProviderConfiguration,
    LinksConfiguration,
    StoreConfiguration,
    StoredLimits,
)
from sardonyx_services.links.configuration import OpenerConfiguration
from sardonyx_services.object_store.configuration import ObjectStoreConfiguration
from sardonyx_services.object_store.files import ADMINISTRATOR, read_administrator
from sardonyx_services.parent import HUB
from sardonyx_services.people.postgresql import VARIABLE, Postgresql
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.configuration import StorePlace
from sardonyx_services.people.web.store_door import StoreDoor

PREFIX = "/services/credentials"
BUCKET = "sardonyx"
REGION = "us-east-1"
PATIENCE_S = 20.0
OWN_TOKEN = "the-services-own-token"
COLLECTOR_TOKEN = "the-token-of-the-service-of-classes"
LINK_TOKEN = "the-token-of-the-service-that-opens-links"
GIT_KEY = bytes(range(32))
MARK = "SARDONYX_TEST_PLACE"
NO_LIMITS = StoredLimits()
KEY_FILES = ("store-access-key", "store-secret-key")


class Hub:
    """What the keys service sees of JupyterHub: whose server a token belongs to."""

    def __init__(self, port: int) -> None:
        self.answers: dict[str, dict[str, Any]] = {}
        self.is_away = False
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                token = self.headers.get("Authorization", "").removeprefix("token ")
                known = hub.answers.get(token)
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

    def knows(self, name: str, server: str = "") -> str:
        """Let a server run; return its token."""
        token = f"token-of-{name}-{server}"
        self.answers[token] = {
            "kind": "user",
            "name": name,
            "scopes": [f"custom:credentials:{what}!server={name}/{server}" for what in ("s3", "git")],
        }
        return token

    def sits_at_the_page(self, name: str) -> str:
        """Let somebody look at the page “Data”; return the token of one call of it."""
        token = f"token-of-the-page-of-{name}"
        whose = [f"read:users:groups!user={name}", f"read:users:name!user={name}"]
        scopes = [f"custom:credentials:laptop!user={name}", *whose]
        self.answers[token] = {"kind": "user", "name": name, "scopes": scopes}
        return token


@dataclass
class Place:
    """A data folder, its ports, and the processes that were started for it.

    Args:
        database: address of the PostgreSQL in which its people are; "" = they are in a file.
    """

    folder: Path
    port: int
    without_namespaces: bool = False
    database: str = field(default="", repr=False)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("run", "logs"):
            (self.folder / name).mkdir(parents=True)
        file = self.folder / "people.sqlite"
        self.people = PeopleStore(Postgresql(self.database) if self.database else file)
        self.git_key.write_text(GIT_KEY.hex())
        (self.folder / "link-token").write_text(LINK_TOKEN)
        (self.folder / "collector-token").write_text(COLLECTOR_TOKEN)
        self.git_accounts = self.people.git_accounts(GIT_KEY)
        self.hub = Hub(self.port + 2)

    @property
    def endpoint(self) -> str:
        """The S3 endpoint."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def git_key(self) -> Path:
        """The file with what opens people's tokens of forges."""
        return self.folder / "git-accounts"

    @property
    def keys(self) -> str:
        """The address of the keys service."""
        return f"http://127.0.0.1:{self.port + 1}{PREFIX}"

    @property
    def links(self) -> str:
        """Where links are opened."""
        return f"http://127.0.0.1:{self.port + 3}"

    @property
    def audit(self) -> Path:
        """The file with a line for each credential."""
        return self.folder / "logs" / "audit.jsonl"

    def store_configuration(self) -> ObjectStoreConfiguration:
        """Return what the store is told."""
        return ObjectStoreConfiguration(
            folder=self.folder / "store",
            port=self.port,
            bucket=BUCKET,
            region=REGION,
            issuer=self.keys,
            issuer_socket=self.folder / "run" / "issuer.sock",
            log=self.folder / "logs" / "store.log",
            without_namespaces=self.without_namespaces,
        )

    def start_store(self) -> subprocess.Popen[bytes]:
        """Start the store as the hub does."""
        path = self.folder / "run" / "store.json"
        self.store_configuration().write(path)
        return self._start("sardonyx_services.object_store", path)

    def start_keys(
        self,
        endpoint: str = "",
        role: str = ObjectStoreConfiguration.ROLE,
        *,
        key: tuple[str, str] | None = None,
        git_providers: tuple[GitProviderConfiguration, ...] = (),
        most_links: int = 100,
        base: str = "/",
        limits: StoredLimits = NO_LIMITS,
        revoke: Mapping[str, Any] | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start the keys service as the hub does.

        Args:
            revoke: how a store that is not ours refuses sessions; None = it does not.
            key: with which the role is assumed; None = with tokens of this place.
        """
        path = self.folder / "run" / "keys.json"
        for name, text in zip(KEY_FILES, key or (), strict=False):
            (self.folder / name).write_text(text)
        access_key, secret_key = (self.folder / name if key else None for name in KEY_FILES)
        CredentialsConfiguration(
            issuer=self.keys,
            issuer_socket=self.folder / "run" / "issuer.sock",
            keys=self.folder / "signing-keys",
            people=self.folder / "people.sqlite",
            hosts=(f"127.0.0.1:{self.port + 1}",),
            store=StoreConfiguration(
                endpoint=endpoint or self.endpoint,
                sts_endpoint=endpoint or self.endpoint,
                role=role,
                bucket=BUCKET,
                region=REGION,
                key_lifetime_s=3600,
                access_key=access_key,
                secret_key=secret_key,
                laptop_key_lifetime_s=4 * 3600,
                administrator=None if endpoint else self.folder / "store" / ADMINISTRATOR,
                **(revoke or {"revoke_with": "" if endpoint else "bucket_policy"}),
                limits=limits,
            ),
            log=self.folder / "logs" / "keys.log",
            audit=self.audit,
            git_key=self.git_key,
            git_providers=git_providers,
            links=LinksConfiguration(
                token=self.folder / "link-token", name="links", longest_s=7 * 86400, most=most_links
            ),
            collector=self.folder / "collector-token",
        ).write(path)
        return self._start(
            "sardonyx_services.credentials",
            path,
            JUPYTERHUB_API_TOKEN=OWN_TOKEN,
            JUPYTERHUB_API_URL=f"http://127.0.0.1:{self.port + 2}/hub/api",
            JUPYTERHUB_SERVICE_URL=f"http://127.0.0.1:{self.port + 1}",
            JUPYTERHUB_SERVICE_PREFIX=PREFIX + "/",
            JUPYTERHUB_BASE_URL=base,
            **({VARIABLE: self.database} if self.database else {}),
        )

    def start_links(self, base: str = "/") -> subprocess.Popen[bytes]:
        """Start the service that opens links as the hub does; `base` is where the hub is."""
        path = self.folder / "run" / "links.json"
        OpenerConfiguration(
            keys=self.keys,
            people=None if self.database else self.folder / "people.sqlite",
            log=self.folder / "logs" / "links.log",
            title="Test",
            contact="help@example.org",
        ).write(path)
        return self._start(
            "sardonyx_services.links",
            path,
            JUPYTERHUB_API_TOKEN=LINK_TOKEN,
            JUPYTERHUB_SERVICE_URL=self.links,
            JUPYTERHUB_SERVICE_PREFIX=f"{base}services/links/",
            JUPYTERHUB_BASE_URL=base,
        )

    def _start(self, module: str, path: Path, **environment: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", module, str(path)],
            env={"PATH": os.environ["PATH"], MARK: str(self.folder), HUB: str(os.getpid()), **environment},
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def wait(self) -> float:
        """Wait until keys are given; return the seconds that it took."""
        return soon(lambda: web.get(f"{self.keys}/health").status_code == 200)

    def person(self, name: str, server: str = "") -> "Client":
        """Return somebody with a running server."""
        known = self.people.by_name(name) or self.people.signed_in("test", name, name)
        return Client(self, known.id, self.hub.knows(name, server))

    def s3_with(self, keys: dict[str, str]) -> Any:
        """Return a client of the store with keys that somebody has."""
        return client(self.endpoint, "s3", keys)

    def administrator(self) -> Any:
        """Return a client of the store that may do everything."""
        key, secret = read_administrator(self.folder / "store" / ADMINISTRATOR)
        return client(self.endpoint, "s3", {"AccessKeyId": key, "SecretAccessKey": secret})

    def door(self, endpoint: str = "") -> StoreDoor:
        """Return what opens the store for the service of classes.

        Args:
            endpoint: of a store that is not the place's own.
        """
        token = self.folder / "token-of-classes"
        token.write_text(COLLECTOR_TOKEN)
        at = StorePlace(keys=self.keys, token=token, endpoint=endpoint or self.endpoint, region=REGION, bucket=BUCKET)
        return StoreDoor(at)

    def tell_of_end(self, name: str, server: str = "", token: str = OWN_TOKEN) -> httpx.Response:
        """Tell the keys service of a server that stopped, as the hub does."""
        headers = {"Authorization": f"token {token}"}
        return web.post(f"{self.keys}/ended", headers=headers, json={"name": name, "server": server})

    def members(self) -> dict[int, str]:
        """Return the processes that belong to this place, with their command lines."""
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if str(self.folder).encode() in (process / "environ").read_bytes() + command.encode() and command:
                    found[int(process.name)] = command
        return found

    def seaweedfs(self) -> list[int]:
        """Return the process of the store itself, if it runs."""
        return [process for process, command in self.members().items() if " -volume.max=" in command]

    def stop(self) -> float:
        """Stop as the hub does; return the seconds that it took."""
        began = time.monotonic()
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            process.wait(PATIENCE_S)
        self.processes.clear()
        return time.monotonic() - began

    def close(self) -> None:
        """Leave nothing behind; a store that is stopped takes seconds, which is for tests of that."""
        for running in self.processes:
            running.kill()
            running.wait()
        for process in self.members():
            if process != os.getpid():
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
        self.hub.server.shutdown()
        self.hub.server.server_close()
        self.people.close()


@contextmanager
def running_place(folder: Path, database: str = "") -> Iterator[Place]:
    """Run a place with a store in namespaces of its own, and the keys service; nothing of it is left afterwards."""
    place = Place(folder, free_ports(), database=database)
    try:
        place.start_store()
        place.start_keys()
        place.wait()
        yield place
    finally:
        place.close()


@dataclass(frozen=True)
class Client:
    """Somebody with a running server, and what programs in it reach."""

    place: Place
    id: str
    token: str

    @property
    def home(self) -> str:
        """Their own place in the bucket."""
        return f"home/{self.id}/"

    def ask(self, group: str = "", **wish: str) -> httpx.Response:
        """Ask for keys, for those of a class or team, or for less than one could have."""
        return web.get(
            "/".join(filter(None, (self.place.keys, "aws", group))),
            headers={"Authorization": f"token {self.token}"},
            params=wish,
        )

    def keys(self, group: str = "", **wish: str) -> dict[str, str]:
        """Return keys as the service gives them."""
        answer = self.ask(group, **wish)
        assert answer.status_code == 200, answer.text
        found: dict[str, str] = answer.json()
        return found

    def share(self, key: object, seconds: object = 3600) -> httpx.Response:
        """Ask for a link to a file."""
        # As plain ASCII, so that text that is none can be sent as well.
        said = json.dumps({"key": key, "seconds": seconds})
        return web.post(f"{self.place.keys}/links", headers={"Authorization": f"token {self.token}"}, content=said)

    def link(self, key: str, seconds: int = 3600) -> str:
        """Return the address of a new link to a file."""
        answer = self.share(key, seconds)
        assert answer.status_code == 200, answer.text
        return f"{self.place.links}{answer.json()['address']}"

    def access(self, group: str = "") -> dict[str, Any]:
        """Return what a server reaches, or one of a class, event or team."""
        url = f"{self.place.keys}/access" + (f"/server/{group}" if group else "")
        answer = web.get(url, headers={"Authorization": f"token {self.token}"})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def s3(self, group: str = "", **wish: str) -> Any:
        """Return a client of the store with these keys."""
        return client(self.place.endpoint, "s3", self.keys(group, **wish))


def client(endpoint: str, service: str, keys: dict[str, str]) -> Any:
    """Return a client that tries once."""
    return boto3.client(
        service,  # type: ignore[call-overload]  # a variable name of a service
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys.get("Token"),
        config=Config(
            retries={"total_max_attempts": 1},
            connect_timeout=5,
            read_timeout=30,
            signature_version="s3v4" if service == "s3" else None,
            s3={"addressing_style": "path"},
        ),
    )
