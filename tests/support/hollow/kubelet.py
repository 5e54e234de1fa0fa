"""The kubelet of all hollow nodes: of a kubelet's work it does what the API server, the hub and people see.

A Pod that is bound to one of the nodes begins to run after a while, has an address of this machine's loopback at which a
small server answers, and goes when it is to. `python -m support.hollow.kubelet FILE`, in the namespaces of the real node.
"""

import asyncio
import ipaddress
import resource
import sys
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, TCPConnector
from support.hollow import pods
from support.hollow.api import CONFLICT, NOT_FOUND, Api, RefusedError
from support.hollow.logs import Logs
from support.hollow.server import serve, tell
from support.hollow.told import LABEL, PODS_PER_NODE, SELECTOR, Told

RENEWED_S, AGAIN_S = 10, 1.0
FIRST_ADDRESS = int(ipaddress.IPv4Address("127.64.0.1"))
"""The machine has all of 127.0.0.0/8, and the namespace its own."""
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
AMOUNTS = {"cpu": "256", "memory": "1Ti", "ephemeral-storage": "10Ti", "pods": str(PODS_PER_NODE)}
TOKEN = "JUPYTERHUB_API_TOKEN"

Pod = Mapping[str, Any]
Key = tuple[str, str]


class Kubelet:
    """Runs what is bound to the nodes."""

    def __init__(self, told: Told, api: Api, hub: ClientSession) -> None:
        self._told, self._api, self._hub = told, api, hub
        self._nodes = frozenset(told.nodes)
        self._running: dict[Key, asyncio.Task[None]] = {}
        self._uids: dict[Key, str] = {}
        self._ending: set[str] = set()
        self._used = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Go on for ever."""
        await asyncio.gather(*(self._register(name) for name in self._told.nodes))
        await Logs(self._told, lambda namespace, name: (namespace, name) in self._running).start()
        await asyncio.to_thread(Path(self._told.ready).touch)
        async with asyncio.TaskGroup() as together:
            together.create_task(self._renew())
            together.create_task(self._follow())

    async def _register(self, name: str) -> None:
        status = {
            "capacity": AMOUNTS,
            "allocatable": AMOUNTS,
            "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "hollow"}],
            "addresses": [{"type": "InternalIP", "address": self._told.address}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": self._told.port}},
        }
        node = {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name, **SELECTOR}},
            "spec": {"taints": [{"key": LABEL, "value": "true", "effect": "NoSchedule"}]},
            "status": status,
        }
        await self._api.ask("POST", "/api/v1/nodes", node)

    async def _renew(self) -> None:
        while True:
            await asyncio.gather(*(self._renew_one(name) for name in self._told.nodes))
            await asyncio.sleep(RENEWED_S)

    async def _renew_one(self, name: str) -> None:
        now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        spec = {"holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": now}
        change = {"metadata": {"name": name}, "spec": spec}
        with suppress(ClientError, TimeoutError):
            try:
                await self._api.ask("PATCH", f"{LEASES}/{name}", change, "application/merge-patch+json")
            except RefusedError as error:
                if error.status != NOT_FOUND:
                    raise
                await self._api.ask("POST", LEASES, change)

    async def _follow(self) -> None:
        while True:
            # An API server that is away comes back; what was missed is in the list.
            with suppress(ClientError, TimeoutError):
                listed = await self._api.ask("GET", "/api/v1/pods")
                for pod in listed["items"]:
                    self._see(pod)
                for key in self._running.keys() - {_key(pod) for pod in listed["items"]}:
                    self._forget(key)
                async for kind, pod in self._api.watch("/api/v1/pods", listed["metadata"]["resourceVersion"]):
                    if kind == "ERROR":
                        break
                    if kind == "DELETED":
                        if self._uids.get(_key(pod)) == pod["metadata"]["uid"]:
                            self._forget(_key(pod))
                    elif kind != "BOOKMARK":
                        self._see(pod)
            await asyncio.sleep(AGAIN_S)

    def _see(self, pod: Pod) -> None:
        if pod["spec"].get("nodeName") not in self._nodes:
            return
        key, uid = _key(pod), pod["metadata"]["uid"]
        if "deletionTimestamp" in pod["metadata"]:
            if uid not in self._ending:
                self._ending.add(uid)
                self._begin(self._end(pod))
        elif self._uids.get(key) != uid:
            self._forget(key)
            self._uids[key] = uid
            self._running[key] = asyncio.create_task(self._live(pod))

    def _forget(self, key: Key) -> None:
        self._uids.pop(key, None)
        task = self._running.pop(key, None)
        if task is not None:
            task.cancel()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _live(self, pod: Pod) -> None:
        told, where = self._told, pods.path(pod)
        self._used += 1
        address = str(ipaddress.IPv4Address(FIRST_ADDRESS + self._used))
        with suppress(RefusedError):
            await self._say(pod, "Pulled", f'Container image "{pod["spec"]["containers"][0]["image"]}" already present')
            await self._api.patch_status(where, pods.preparing(pod))
            await self._say(pod, "Created", "Created container: notebook")
            variables = await self._variables(pod)
            await asyncio.sleep(told.begins_s)
            await self._api.patch_status(where, pods.running(pod, address, told.address))
            await self._say(pod, "Started", "Started container notebook")
            await asyncio.sleep(told.answers_s)
            server = await serve(address, pods.port(pod))
            try:
                await tell(self._hub, variables)
            finally:
                server.close()

    async def _variables(self, pod: Pod) -> dict[str, str]:
        wanted = pods.variables(pod)
        found = dict(wanted.plain)
        for name, keys in wanted.secret.items():
            secret = await self._api.ask("GET", f"/api/v1/namespaces/{pod['metadata']['namespace']}/secrets/{name}")
            found |= {variable: pods.decoded(secret, key) for variable, key in keys.items()}
        return found

    async def _end(self, pod: Pod) -> None:
        with suppress(RefusedError):
            await self._say(pod, "Killing", "Stopping container notebook")
        await asyncio.sleep(self._told.ends_s)
        if self._uids.get(_key(pod)) == pod["metadata"]["uid"]:
            self._forget(_key(pod))
        gone = {"gracePeriodSeconds": 0, "preconditions": {"uid": pod["metadata"]["uid"]}}
        try:
            await self._api.ask("DELETE", pods.path(pod), gone)
        except RefusedError as error:
            # Somebody else was in more of a hurry.
            if error.status not in {NOT_FOUND, CONFLICT}:
                raise
        self._ending.discard(pod["metadata"]["uid"])

    async def _say(self, pod: Pod, reason: str, message: str) -> None:
        where = f"/api/v1/namespaces/{pod['metadata']['namespace']}/events"
        await self._api.ask("POST", where, pods.event(pod, reason, message))


def _key(pod: Pod) -> Key:
    return pod["metadata"]["namespace"], pod["metadata"]["name"]


async def _main(told: Told) -> None:
    connector = TCPConnector(limit=0)
    async with Api(told.server, told.authority, told.token) as api, ClientSession(connector=connector) as hub:
        await Kubelet(told, api, hub).run()


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(_main(Told.read(Path(sys.argv[1]))))
