"""A hub on the node of a test cluster, with its proxy; which ones there are is in `hub_kinds`.

It is in the network of the node, where hollow servers answer; ports of the machine are not used.
"""

import os
import signal
import subprocess
from abc import ABC, abstractmethod
from collections import Counter
from json import dumps, loads
from pathlib import Path
from typing import Any, ClassVar

import httpx
from support import web
from support.cluster.cluster import Cluster
from support.waiting import soon

from sardonyx_hub_config.services.proxy_install import find_node, install_proxy, proxy_command

TOKEN = "the-token-of-the-tests"
PASSWORD = "correct horse battery"
PUBLIC, HUB, PROXY_API = 8000, 8001, 8002
PATIENCE_S = 300
PER_PAGE = 200
TICKS = os.sysconf("SC_CLK_TCK")


class NodeHub(ABC):
    """A hub, its proxy and its services.

    Args:
        namespace: where its servers are.
        folder: for all that is its own.
    """

    kind: ClassVar[str]
    ready: ClassVar[str]
    """What it writes when it has started."""

    def __init__(self, cluster: Cluster, namespace: str, folder: Path) -> None:
        self.cluster, self.namespace, self.folder = cluster, namespace, folder
        self._programs: dict[str, subprocess.Popen[bytes]] = {}
        headers = {"Authorization": f"token {TOKEN}"}
        self.client = web.Client(headers=headers, timeout=PATIENCE_S)

    @property
    def url(self) -> str:
        """The address that people open."""
        return f"http://{self.cluster.node_address}:{PUBLIC}"

    @abstractmethod
    def prepare(self) -> list[str]:
        """Write all that it reads; return its command."""

    @abstractmethod
    def add_people(self, names: list[str]) -> None:
        """Make it know these people, as if each had signed in."""

    def start(self) -> None:
        """Start the proxy, and then the hub; through when it answers."""
        self._role()
        command = self.prepare()
        proxies = self.cluster.folder / "proxy"
        proxies.mkdir(exist_ok=True)
        install_proxy(find_node(), proxies, self.folder / "npm.log")
        hub = f"http://127.0.0.1:{HUB}"
        self._run(
            "proxy",
            *proxy_command(find_node(), proxies),
            *(f"--port={PUBLIC}", "--api-ip=127.0.0.1", f"--api-port={PROXY_API}"),
            *(f"--default-target={hub}", f"--error-target={hub}/hub/error", "--log-level=warn"),
        )
        self._command = command
        self.start_hub()

    def start_hub(self) -> float:
        """Start the hub alone; return the seconds until it answers. It is through when its services are there, too."""
        before = self.log().count(self.ready)
        self._run("hub", *self._command)
        taken = soon(self._answers, PATIENCE_S)
        soon(lambda: self.log().count(self.ready) > before, PATIENCE_S)
        return taken

    def stop_hub(self) -> None:
        """End the hub, and leave servers and proxy."""
        self._end("hub")

    def end(self) -> None:
        """End all of it; servers that it has go with the namespace."""
        self.client.close()
        for name in [*self._programs]:
            self._end(name)

    def api(self, verb: str, path: str, body: Any = None) -> Any:
        """Ask the hub's API; return its answer."""
        answer = self.client.request(verb, f"{self.url}/hub/api/{path}", json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def add_users(self, names: list[str]) -> None:
        """Make their rows in the hub's database, as the first sign-in does."""
        for first in range(0, len(names), PER_PAGE):
            self.api("POST", "users", {"usernames": names[first : first + PER_PAGE]})

    def signed_in(self, name: str) -> httpx.Client:
        """Return a browser of somebody who has signed in with `PASSWORD`."""
        browser = web.Client(timeout=PATIENCE_S, follow_redirects=True)
        browser.get(f"{self.url}/hub/login")
        told = {"_xsrf": browser.cookies["_xsrf"], "username": name, "password": PASSWORD}
        answer = browser.post(f"{self.url}/hub/login", params={"next": "/hub/home"}, data=told)
        assert answer.status_code == 200, answer.text
        assert answer.url.path == "/hub/home", answer.url
        return browser

    def log(self) -> str:
        """Return what the hub has written."""
        file = self.folder / "hub.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def cpu_s(self) -> float:
        """Return the seconds for which the hub's process has computed since it began."""
        fields = Path(f"/proc/{self._pid('hub')}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mb(self) -> float:
        """Return the resident memory of the hub's process."""
        lines = Path(f"/proc/{self._pid('hub')}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024

    def audit_bytes(self) -> int:
        """Return how much the API server has written down by now."""
        return self.cluster.audit_log.stat().st_size

    def servers(self) -> set[str]:
        """Return whose usual servers run."""
        found: set[str] = set()
        while page := self.api("GET", f"users?state=ready&offset={len(found)}&limit={PER_PAGE}"):
            found |= {each["name"] for each in page}
        return found

    def asked(self, since: int, until: int | None = None) -> Counter[str]:
        """Count what it has asked of the API server: "create pods" -> how often.

        Args:
            since: bytes of the audit log that are passed over.
            until: bytes of it after which nothing is counted; None = to its end.
        """
        found: Counter[str] = Counter()
        who = f"system:serviceaccount:{self.namespace}:hub"
        with self.cluster.audit_log.open("rb") as log:
            log.seek(since)
            while (until is None or log.tell() < until) and (line := log.readline()):
                # A watch is written down twice, at its beginning and at its end; most lines are other programs'.
                if who.encode() not in line or b'"stage":"ResponseStarted"' in line:
                    continue
                about = loads(line)
                where = about.get("objectRef", {})
                below = f"/{where['subresource']}" if "subresource" in where else ""
                found[f"{about['verb']} {where.get('resource', '')}{below}"] += 1
        return found

    @property
    def _environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(("SARDONYX", "JUPYTER"))},
            "KUBECONFIG": str(self.folder / "kubeconfig"),
            "HOME": str(self.folder),
            "CONFIGPROXY_AUTH_TOKEN": TOKEN,
        }

    def _role(self) -> None:
        """Make the hub somebody in the cluster, so that the audit log knows who asks."""
        who = {"kind": "ServiceAccount", "name": "hub", "namespace": self.namespace}
        group = "rbac.authorization.k8s.io"
        self.cluster.apply(
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "hub"}},
            {
                "apiVersion": f"{group}/v1",
                "kind": "RoleBinding",
                "metadata": {"name": "hub"},
                "subjects": [who],
                "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": "edit"},
            },
            namespace=self.namespace,
        )
        told = ("create", "token", "hub", f"--namespace={self.namespace}", "--duration=12h")
        found = loads(self.cluster.kubeconfig.read_text())
        found["users"][0]["user"] = {"token": self.cluster.kubectl(*told).strip()}
        (self.folder / "kubeconfig").write_text(dumps(found))

    def _run(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._programs[name] = subprocess.Popen(
                # Whoever runs the tests in the background has Ctrl-C ignored, and by this a hub ends its services.
                self.cluster.node.command("env", "--default-signal=INT", "setpriv", "--pdeathsig", "KILL", *command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=self._environment,
                start_new_session=True,
            )

    def _end(self, name: str) -> None:
        program = self._programs.pop(name)
        if program.poll() is None:
            os.kill(self._pid_of(program), signal.SIGTERM)
        program.wait(PATIENCE_S)

    def _pid(self, name: str) -> int:
        return self._pid_of(self._programs[name])

    def _pid_of(self, program: subprocess.Popen[bytes]) -> int:
        # What enters the namespaces waits outside for what it has started there.
        return int(Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text().split()[0])

    def _answers(self) -> bool:
        assert self._programs["hub"].poll() is None, self.log()[-3000:]
        return web.get(f"{self.url}/hub/api/", timeout=5).status_code == 200
