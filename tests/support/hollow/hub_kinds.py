"""The hubs that are measured: ours as its Pod runs it, and JupyterHub with plain KubeSpawner."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from json import dumps
from pathlib import Path

from support.cluster.cluster import Cluster
from support.hollow.hubs import HUB, PASSWORD, PROXY_API, PUBLIC, TOKEN, NodeHub
from support.hollow.told import SELECTOR, TOLERATION

from sardonyx_hub_config.sign_in.passwords import Passwords
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.kube.removal import NAMESPACE_FILE

IMAGE = "sardonyx.test/hollow:1"
SCOPES = ["admin:users", "admin:servers", "access:servers", "read:metrics", "admin-ui", "list:users"]
CONF_D = f"""
c.JupyterHub.services = [*c.JupyterHub.services, {{"name": "tests", "api_token": "{TOKEN}", "display": False}}]
c.JupyterHub.load_roles = [*c.JupyterHub.load_roles, {{"name": "tests", "services": ["tests"], "scopes": {SCOPES}}}]
"""


class Sardonyx(NodeHub):
    """Ours, with the settings of the chart, and all of its services."""

    kind = "Sardonyx"
    ready = "Sardonyx is ready"
    NAME = "scale"

    @property
    def _environment(self) -> dict[str, str]:
        return {
            **super()._environment,
            "SARDONYX_ENGINE": "kubernetes",
            "SARDONYX_NAME": self.NAME,
            "SARDONYX_DATA": str(self.folder / "data"),
            "SARDONYX_SETTINGS": str(self.folder / "settings.yaml"),
            "POD_NAMESPACE": self.namespace,
        }

    def prepare(self) -> list[str]:
        """Write settings; let the names of the chart's Services be this node."""
        hosts = self.folder / "hosts"
        hosts.write_text(f"127.0.0.1 localhost {self.NAME}-hub {self.NAME}-proxy-api\n")
        subprocess.run(self.cluster.node.command("mount", "--bind", str(hosts), "/etc/hosts"), check=True)
        # As in a Pod.
        put = f"mkdir -p {Path(NAMESPACE_FILE).parent} && printf %s {self.namespace} > {NAMESPACE_FILE}"
        subprocess.run(self.cluster.node.command("sh", "-ec", put), check=True)
        gives = {"image": IMAGE, "cpu": 1, "memory": "1G", "home": "fresh"}
        # Nothing waits on hollow nodes: no program runs there.
        kubernetes = {"homes": {"size": "1G"}, "ready_made": {"at_most": 0}}
        settings = {
            "title": "Scale",
            "web": {"public_url": self.url},
            "profiles": {"python": {"title": "Python", **gives}},
            "kubernetes": {"node_selector": SELECTOR, "tolerations": [TOLERATION], **kubernetes},
        }
        (self.folder / "settings.yaml").write_text(dumps(settings))
        (self.folder / "conf.d").mkdir()
        namespace = f"c.SardonyxKubeSpawner.namespace = {self.namespace!r}\n"
        (self.folder / "conf.d" / "scale.py").write_text(CONF_D + namespace)
        return [str(Path(sys.executable).parent / "sardonyx"), "hub"]

    def add_people(self, names: list[str]) -> None:
        """Give each an account; the first is an administrator with a password."""
        with closing(PeopleStore(self.folder / "data" / "people.sqlite")) as people:
            hashed = Passwords().hashed(PASSWORD)
            for name in names:
                people.add_account(name, hashed if name == names[0] else "", is_admin=name == names[0])
        self.add_users(names)


class Plain(NodeHub):
    """JupyterHub with KubeSpawner as the chart zero-to-jupyterhub sets it, as far as that counts here.

    Its defaults: SQLite, 64 starts at a time, events, a look at the proxy's routes each minute, servers that nobody
    uses ended after an hour.
    """

    kind = "KubeSpawner"
    ready = "JupyterHub is now running"

    def prepare(self) -> list[str]:
        """Write its configuration."""
        lines = {
            "JupyterHub.spawner_class": "kubespawner.KubeSpawner",
            "JupyterHub.db_url": f"sqlite:///{self.folder}/hub.sqlite",
            "JupyterHub.cookie_secret_file": f"{self.folder}/cookie",
            "JupyterHub.bind_url": f"http://:{PUBLIC}",
            "JupyterHub.hub_bind_url": f"http://:{HUB}",
            "JupyterHub.hub_connect_url": f"http://127.0.0.1:{HUB}",
            "JupyterHub.cleanup_servers": False,
            "JupyterHub.cleanup_proxy": False,
            "JupyterHub.concurrent_spawn_limit": 64,
            "JupyterHub.last_activity_interval": 60,
            "JupyterHub.tornado_settings": {"slow_spawn_timeout": 0},
            "JupyterHub.authenticator_class": "dummy",
            "DummyAuthenticator.password": PASSWORD,
            "Authenticator.allow_all": True,
            "Authenticator.admin_users": {"admin"},
            "ConfigurableHTTPProxy.should_start": False,
            "ConfigurableHTTPProxy.api_url": f"http://127.0.0.1:{PROXY_API}",
            "ConfigurableHTTPProxy.auth_token": TOKEN,
            "Spawner.consecutive_failure_limit": 5,
            "Spawner.cmd": ["jupyterhub-singleuser"],
            "KubeSpawner.namespace": self.namespace,
            "KubeSpawner.image": IMAGE,
            "KubeSpawner.image_pull_policy": "IfNotPresent",
            "KubeSpawner.start_timeout": 300,
            "KubeSpawner.events_enabled": True,
            "KubeSpawner.uid": 1000,
            "KubeSpawner.fs_gid": 100,
            "KubeSpawner.cpu_limit": 1,
            "KubeSpawner.mem_limit": "1G",
            "KubeSpawner.mem_guarantee": "1G",
            "KubeSpawner.node_selector": SELECTOR,
            "KubeSpawner.tolerations": [TOLERATION],
            "JupyterHub.services": [
                {
                    "name": "cull-idle",
                    "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600", "--cull-every=600"],
                }
            ],
            "JupyterHub.load_roles": [
                {
                    "name": "cull-idle",
                    "services": ["cull-idle"],
                    "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
                }
            ],
        }
        text = "".join(f"c.{name} = {value!r}\n" for name, value in lines.items())
        (self.folder / "config.py").write_text(text + CONF_D)
        return [sys.executable, "-m", "jupyterhub", "--config", str(self.folder / "config.py")]

    def add_people(self, names: list[str]) -> None:
        """Make their rows; it knows nobody otherwise."""
        self.add_users(names)


@contextmanager
def node_hub(kind: type[NodeHub], cluster: Cluster, folder: Path) -> Iterator[NodeHub]:
    """Run a hub in a namespace of its own; nothing of it is left."""
    folder.mkdir()
    with cluster.namespace() as namespace:
        hub = kind(cluster, namespace, folder)
        try:
            hub.start()
            yield hub
        finally:
            hub.end()
