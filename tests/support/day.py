"""A day of work: programs that use the store all the time with keys that live for a minute, while parts are killed."""

import os
import random
import signal
import threading
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import httpx
from botocore.config import Config
from botocore.credentials import ContainerProvider
from botocore.exceptions import BotoCoreError, ClientError
from support import web
from support.expiring_front import KEYS_PATH, ExpiringFront
from support.servers import server_of
from support.stack import Stack
from support.waiting import soon

from sardonyx_hub_config.ports import Ports
from sardonyx_hub_config.services.one_machine import KEYS_PATH as KEYS_SERVICE

BUCKET, REGION = "sardonyx", "us-east-1"
TOKEN = "the-token-of-the-day"
PASSWORD = "correct horse battery"
SERVICE = f"""
c.JupyterHub.services.append({{"name": "day", "api_token": {TOKEN!r}}})
c.JupyterHub.load_roles.append({{"name": "day", "services": ["day"], "scopes": ["read:users", "admin:servers"]}})
"""
"""For `conf.d`: lets us start servers without a browser."""
SERVER_TOKEN = "root/run/sardonyx/token"
WORDS = {
    "keys service": "sardonyx_services.credentials",
    "store": " -volume.max=",
    "store's keeper": "sardonyx_services.object_store ",
}
"""What is killed and started again by the hub, by a part of its command line."""
HUB = "hub"
SOONER, AT_LAST = 4, 6
"""botocore renews keys of an hour from 15 minutes before their end on, and has to from 10: a fourth and a sixth."""
BETWEEN_CALLS_S = 1.0
LOOK_S = 0.05
CALL_S = 20.0
SHORTEST_S, LONGEST_S = 900, 3600


@dataclass
class Away:
    """When the store itself did not answer.

    Args:
        times: begin and end of each time, by the clock of `time.monotonic`.
    """

    times: list[tuple[float, float]] = field(default_factory=list)

    def watch(self, endpoint: str, over: threading.Event) -> None:
        """Look again and again until it is over."""
        since = None
        while not over.wait(LOOK_S):
            if _answers(endpoint):
                if since is not None:
                    self.times.append((since, time.monotonic()))
                since = None
            elif since is None:
                since = time.monotonic() - LOOK_S
        if since is not None:
            self.times.append((since, time.monotonic()))

    def during(self, begin: float, end: float) -> bool:
        """Tell whether it was away at any moment of that time."""
        return any(begin <= back and gone <= end for gone, back in self.times)


@dataclass
class Day:
    """What happened.

    Args:
        stack: a running Sardonyx with `SERVICE`.
        life_s: so long keys live.
        calls: how many calls of the store did what they should.
        failed: begin and end of each that did not, and what was said.
        killed: what was killed, in order.
    """

    stack: Stack
    life_s: float
    calls: int = 0
    failed: list[tuple[float, float, str]] = field(default_factory=list)
    killed: list[str] = field(default_factory=list)
    away: Away = field(default_factory=Away)

    def __post_init__(self) -> None:
        self._over, self._lifetimes = threading.Event(), count()
        self._hub = web.Client(base_url=f"{self.stack.url}/hub/api", headers={"Authorization": f"token {TOKEN}"})
        self._service = web.Client(
            base_url=f"http://127.0.0.1:{Ports(self.stack.port).credentials}{KEYS_SERVICE}", timeout=2
        )
        self.front = ExpiringFront(self.store, self._keys, self.life_s)

    @property
    def store(self) -> str:
        """The address of the store itself."""
        return f"http://127.0.0.1:{Ports(self.stack.port).object_store}"

    @property
    def refreshes(self) -> int:
        """How often a program got keys."""
        return sum(self.front.fetched.values())

    @property
    def unexplained(self) -> list[str]:
        """Calls that failed although the store was there, as sentences."""
        return [f"{text}, {end - begin:.1f} s" for begin, end, text in self.failed if not self.away.during(begin, end)]

    def server(self, name: str) -> str:
        """Start somebody's server; return its token."""
        self.stack.command("user", "add", name, "--password-stdin", stdin=f"{PASSWORD}\n")
        with web.Client(base_url=self.stack.url, follow_redirects=True) as browser:
            browser.get("/hub/login")
            signed_in = {"username": name, "password": PASSWORD, "_xsrf": browser.cookies["_xsrf"]}
            browser.post("/hub/login", data=signed_in).raise_for_status()
        answer = self._hub.post(f"users/{name}/server", json={"profile": "python"}, timeout=120)
        if answer.is_error:
            raise RuntimeError(answer.text)
        soon(lambda: self._hub.get(f"users/{name}").json()["servers"][""]["ready"] is True)
        written = Path(f"/proc/{server_of(self.stack.data, name)}/{SERVER_TOKEN}").read_text()
        return written.removeprefix("token ").strip()

    def home(self, token: str) -> str:
        """Return where a server's owner may write."""
        answer = self._service.get("access", headers={"Authorization": f"token {token}"})
        if answer.is_error:
            raise RuntimeError(answer.text)
        return str(answer.json()["home"]["prefix"])

    def live(self, tokens: list[str], programs_each: int, seconds: float, kills: list[str]) -> None:
        """Let programs work for so long, and kill one part after the other, at equal distances."""
        programs = [(token, self.home(token), number) for token in tokens for number in range(programs_each)]
        threads = [threading.Thread(target=self._work, args=(*program, seconds)) for program in programs]
        watch = threading.Thread(target=self.away.watch, args=(self.store, self._over))
        for thread in (watch, *threads):
            thread.start()
        for what in kills:
            time.sleep(seconds / (len(kills) + 1))
            self._kill(what)
        time.sleep(seconds / (len(kills) + 1))
        self._over.set()
        for thread in (watch, *threads):
            thread.join()

    def close(self) -> None:
        """Close what was opened for it."""
        self.front.close()
        self._hub.close()
        self._service.close()

    def _work(self, token: str, home: str, number: int, seconds: float) -> None:
        # Not a secret: when a program begins; their keys are renewed at different times then.
        self._over.wait(random.random() * min(self.life_s, seconds / 4))  # noqa: S311
        s3, key = self._client(token), f"{home}day-{number}"
        for turn in count():
            if self._over.is_set():
                return
            began, text = time.monotonic(), f"{number} {turn}".encode()
            try:
                s3.put_object(Bucket=BUCKET, Key=key, Body=text)
                found = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
                if found != text:
                    raise RuntimeError(f"{key} has {found!r}, not {text!r}")  # noqa: TRY301 - told as the others are
                self.calls += 1
            except (BotoCoreError, ClientError, RuntimeError) as error:
                self.failed.append((began, time.monotonic(), f"{type(error).__name__}: {error}"))
            self._over.wait(BETWEEN_CALLS_S)

    def _client(self, token: str) -> Any:
        """Return one as it is in a server, but for the times at which it renews its keys: these are as short as theirs."""
        provider = ContainerProvider(
            {
                ContainerProvider.ENV_VAR_FULL: f"{self.front.address}{KEYS_PATH}aws",
                ContainerProvider.ENV_VAR_AUTH_TOKEN: f"token {token}",
            }
        )
        while (keys := _load(provider)) is None:
            self._over.wait(BETWEEN_CALLS_S)
        keys._advisory_refresh_timeout = self.life_s / SOONER
        keys._mandatory_refresh_timeout = self.life_s / AT_LAST
        session: Any = botocore.session.Session()
        session._credentials = keys
        config = Config(s3={"addressing_style": "path"}, read_timeout=CALL_S, connect_timeout=CALL_S)
        return boto3.Session(botocore_session=session).client(
            "s3", endpoint_url=self.front.address, region_name=REGION, config=config
        )

    def _keys(self, token: str) -> dict[str, str] | None:
        """Return new keys of a server: for another wish the service makes others."""
        lifetime = SHORTEST_S + next(self._lifetimes) % (LONGEST_S - SHORTEST_S)
        headers = {"Authorization": f"token {token}"}
        answer = self._service.get("aws", headers=headers, params={"lifetime": lifetime})
        answer.raise_for_status()
        found: dict[str, str] = answer.json()
        return found

    def _kill(self, what: str) -> None:
        if what == HUB:
            self.stack.stop(signal.SIGKILL)
            self.stack.start()
        else:
            os.kill(self.stack.find(WORDS[what]), signal.SIGKILL)
        self.killed.append(what)


def _answers(endpoint: str) -> bool:
    try:
        # Whoever says "403" is there.
        return web.get(endpoint, timeout=1).status_code < 500
    except httpx.TransportError:
        return False


def _load(provider: ContainerProvider) -> Any:
    try:
        return provider.load()
    except BotoCoreError:
        return None
