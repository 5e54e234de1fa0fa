"""A Sardonyx on the test cluster, installed with the chart as operators install it."""

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml
from support import web
from support.cluster.cluster import Cluster
from support.images import built_image, image_file
from support.stack import ROOT
from support.waiting import soon

CHART = ROOT / "helm" / "sardonyx"
RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}
LINK = re.compile(r"Sign in as the first administrator.*: (\S+)")
TOKEN = "the-token-of-the-tests"
TOLD = "/var/lib/sardonyx/data/told.json"
CONF_D = f"""
import json
from dataclasses import replace
from pathlib import Path

def told(spawner):
    file = Path("{TOLD}")
    others = json.loads(file.read_text()).get(spawner.user.name) if file.exists() else None
    if others:
        keys, store = others["SARDONYX_CREDENTIALS_URL"], others["SARDONYX_S3_ENDPOINT"]
        spawner.storage = replace(spawner.storage, credentials_url=keys, endpoint=store)

c.SardonyxKubeSpawner.pre_spawn_hook = told
c.JupyterHub.services = [*c.JupyterHub.services, {{"name": "tests", "api_token": "{TOKEN}", "display": False}}]
scopes = ["admin:users", "admin:servers", "access:servers", "read:metrics", "tokens"]
c.JupyterHub.load_roles = [*c.JupyterHub.load_roles, {{"name": "tests", "services": ["tests"], "scopes": scopes}}]
"""
"""The tests' own way to the hub's API, a service that an operator could have added; and to what a server is told."""
ADD_PERSON = """
import os
from sardonyx_hub_config.engines.mounted_variables import take_mounted
take_mounted(os.environ)
from sardonyx_hub_config.commands.people_here import people_here
from sardonyx_hub_config.sign_in.passwords import Passwords
_settings, people = people_here()
if people.by_name("{name}") is None:
    people.add_account("{name}", Passwords().hashed("{password}"))
print(people.by_name("{name}").id)
"""
PATIENCE_S = 180


@dataclass
class Place:
    """An installation in a namespace.

    Args:
        name: of everything, as the chart makes it.
        port: of the node, where its pages are.
        settings: that it is installed with, but what every place of the tests has.
    """

    cluster: Cluster
    namespace: str
    name: str
    port: int
    settings: Mapping[str, Any]
    path: str = ""
    # Name -> id of whom it was made for: to ask the hub again takes seconds.
    _people: dict[str, str] = field(default_factory=dict, init=False)

    @property
    def url(self) -> str:
        """The address that people open."""
        return f"http://{self.cluster.node_address}:{self.port}{self.path}"

    def values(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the chart is given."""
        repository, _colon, tag = built_image("hub").rpartition(":")
        kubernetes = {"image_pull_policy": "Never", "homes": {"size": "1G"}, **settings.get("kubernetes", {})}
        return {
            "fullnameOverride": self.name,
            "image": {"repository": repository, "tag": tag, "pullPolicy": "Never"},
            "proxy": {"service": {"type": "NodePort", "nodePort": self.port}},
            "networkPolicy": _network_policy(self.cluster),
            "settings": {"web": {"public_url": self.url}, **settings, "kubernetes": kubernetes},
            "hub": {
                "storage": {"size": "2Gi"},
                "extraVolumes": [{"name": "conf-d", "configMap": {"name": "conf-d"}}],
                "extraVolumeMounts": [{"name": "conf-d", "mountPath": "/etc/sardonyx/conf.d", "readOnly": True}],
            },
        }

    def install(self, settings: Mapping[str, Any], *, chart: Path = CHART, **more: Any) -> None:
        """Install it, or upgrade it; it is through when its pages answer.

        Args:
            more: values beside the settings.
        """
        conf_d = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "conf-d"}, "data": {"tests.py": CONF_D}}
        self.cluster.apply(conf_d, namespace=self.namespace)
        values = {**self.values(settings), **more}
        told = ("upgrade", "--install", self.name, str(chart), f"--namespace={self.namespace}", "--wait")
        self.cluster.helm(*told, f"--timeout={PATIENCE_S}s", "--values=-", given=yaml.safe_dump(values))
        soon(lambda: web.get(f"{self.url}/hub/login", timeout=5).status_code == 200, PATIENCE_S)

    def kubectl(self, *told: str, **how: Any) -> str:
        """Run kubectl in the namespace."""
        return self.cluster.kubectl(f"--namespace={self.namespace}", *told, **how)

    def get(self, *told: str) -> Any:
        """Return objects of the namespace."""
        return self.cluster.get(f"--namespace={self.namespace}", *told)

    def hub_log(self) -> str:
        """Return what the hub has written."""
        return self.cluster.objects.log(self.namespace, self.hub_pod())

    def in_hub(self, *command: str) -> str:
        """Run a command in the hub's Pod, as the operator does."""
        return self.kubectl("exec", f"deployment/{self.name}-hub", "--", *command)

    def admin_link(self) -> str:
        """Return the one-time link that the first start printed."""
        found = LINK.search(self.hub_log())
        assert found is not None, self.hub_log()[-2000:]
        return found[1]

    def hub_pod(self) -> str:
        """Return the name of the hub's Pod."""
        selected = ("pod", "--selector", f"app.kubernetes.io/instance={self.name},app.kubernetes.io/component=hub")
        (found,) = self.get(*selected)["items"]
        return str(found["metadata"]["name"])

    def until_hub_is_not(self, old: str) -> None:
        """Wait until another hub than this one answers.

        Args:
            old: name of its Pod.
        """
        selected = ("pod", "--selector", f"app.kubernetes.io/instance={self.name},app.kubernetes.io/component=hub")

        def is_another() -> bool:
            (found,) = self.get(*selected)["items"]
            is_ready = all(each["ready"] for each in found["status"]["containerStatuses"])
            return is_ready and found["metadata"]["name"] != old and self.api("GET", "").status_code == 200

        soon(is_another, PATIENCE_S)

    def add_person(self, name: str, password: str) -> str:
        """Make an account, or leave the one that is there; return its id."""
        if name not in self._people:
            script = ADD_PERSON.format(name=name, password=password)
            self._people[name] = self.in_hub("python", "-c", script).strip()
            # As their first sign-in does.
            assert self.api("POST", f"users/{name}").status_code in {201, 409}
        return self._people[name]

    def token_of(self, name: str) -> str:
        """Return a token with which a program does what somebody may do here."""
        return str(self.api("POST", f"users/{name}/tokens", {}).json()["token"])

    def tell(self, name: str, **variables: str) -> None:
        """Let the servers of somebody that start from now on have other values than the hub would tell them."""
        said = json.dumps({name: variables})
        self.in_hub("python", "-c", f"import pathlib; pathlib.Path({TOLD!r}).write_text({said!r})")

    def may(self, what: str, name: str) -> None:
        """Let somebody make classes or events, as the operator does.

        Args:
            what: instructor or organiser.
        """
        self.in_hub("sardonyx", "user", what, name)

    def api(self, verb: str, path: str, body: Any = None) -> httpx.Response:
        """Ask the hub's API as its administrator."""
        headers = {"Authorization": f"token {TOKEN}"}
        return web.request(verb, f"{self.url}/hub/api/{path}", json=body, headers=headers, timeout=30)

    def start(self, name: str, options: Mapping[str, str] | None = None, server: str = "") -> float:
        """Start somebody's server and wait until it is ready; return how many seconds that took."""
        began = time.monotonic()
        asked = self.api("POST", f"users/{name}/servers/{server}", dict(options or {}))
        assert asked.status_code in {201, 202}, asked.text
        told = [*self.progress(name, server)]
        assert told[-1].get("ready"), f"{told}\n{self.hub_log()[-2000:]}"
        return time.monotonic() - began

    def refused(self, name: str, options: Mapping[str, str] | None = None) -> str:
        """Start somebody's server, which does not come; return what its person is told last."""
        asked = self.api("POST", f"users/{name}/server", dict(options or {}))
        if asked.status_code not in {201, 202}:
            return str(asked.json()["message"])
        return [str(event["message"]) for event in self.progress(name)][-1]

    def progress(self, name: str, server: str = "") -> Iterator[dict[str, Any]]:
        """Yield what is told of a start, until it is through."""
        headers = {"Authorization": f"token {TOKEN}"}
        url = f"{self.url}/hub/api/users/{name}/servers/{server}/progress"
        with httpx.stream("GET", url, headers=headers, timeout=PATIENCE_S) as answer:
            for line in answer.iter_lines():
                if line.startswith("data: "):
                    yield json.loads(line.removeprefix("data: "))

    def server(self, name: str, server: str = "") -> dict[str, Any]:
        """Return what the hub says of a server; {} = it does not run."""
        found: dict[str, Any] = self.api("GET", f"users/{name}").json()["servers"].get(server, {})
        return found

    def stop(self, name: str, server: str = "") -> None:
        """Stop a server, and wait until it is gone."""
        assert self.api("DELETE", f"users/{name}/servers/{server}").status_code in {202, 204}
        soon(lambda: not self.server(name, server))

    def stop_if_there(self, name: str, server: str = "") -> None:
        """Stop a server that a test may have left."""
        if self.server(name, server):
            self.stop(name, server)

    def left_of(self, name: str) -> list[str]:
        """Return what there is of somebody's servers."""
        selected = ("pod,secret", "--selector", f"hub.jupyter.org/username={name}")
        return [each["metadata"]["name"] for each in self.get(*selected)["items"]]

    def pod(self, name: str) -> str:
        """Return the name of the Pod of somebody's usual server: its own, or that of one that waited for somebody."""
        whose = f"hub.jupyter.org/username={name},hub.jupyter.org/servername="
        found = self.get("pod", "--selector", f"{whose}")["items"]
        return str(found[0]["metadata"]["name"]) if found else f"{self.name}-server-{name}"

    def ready_made(self) -> list[str]:
        """Return the names of the Pods of servers that are nobody's yet."""
        selected = f"app.kubernetes.io/instance={self.name},app.kubernetes.io/component=ready-made-server"
        return [each["metadata"]["name"] for each in self.get("pod", "--selector", selected)["items"]]

    def until_some_wait(self) -> list[str]:
        """Wait until somebody can have a server at once; return the names of the Pods of all that wait."""
        found: list[str] = []

        def waits() -> bool:
            log = self.hub_log()
            found[:] = [name for name in self.ready_made() if f"{name} waits" in log]
            return bool(found)

        soon(waits, PATIENCE_S)
        return found

    def erase(self, person: str) -> None:
        """Delete somebody's home, as the hub does when what is of them is erased.

        Args:
            person: their id.
        """
        said = "from sardonyx_spawner.kube.{} import {}"
        removal, where = said.format("removal", "remove_home"), said.format("place", "ClusterPlace")
        self.in_hub(
            "python", "-c", f"{removal}; {where}; remove_home('{person}', ClusterPlace(instance='{self.name}'))"
        )

    def run(self, name: str, *command: str, fails: bool = False) -> str:
        """Run a command in somebody's server, with what the server knows."""
        return self.kubectl("exec", self.pod(name), "--", *command, fails=fails)


@contextmanager
def installed(cluster: Cluster, settings: Mapping[str, Any], name: str = "lab", port: int = 30090) -> Iterator[Place]:
    """Install a Sardonyx in a namespace of its own, where only Pods without any rights may be."""
    with cluster.namespace(labels=RESTRICTED) as namespace:
        place = Place(cluster, namespace, name, port, settings)
        place.install(settings)
        yield place


def load_images(cluster: Cluster, *names: str) -> dict[str, str]:
    """Bring our images to the node; return name -> reference."""
    for name in names:
        cluster.load_image(image_file(name))
    return {name: built_image(name) for name in names}


def _network_policy(cluster: Cluster) -> dict[str, Any]:
    """Return what is open beside the chart's own: the node looks up names, and the host is where the tests have the outside."""

    def to(address: str) -> dict[str, Any]:
        return {"ipBlock": {"cidr": f"{address}/32"}}

    outside = {"egress": [{"to": [to(cluster.host_address)]}]}
    return {"dns": {"to": [to(cluster.node_address)]}, "singleuser": outside, "copies": outside}
