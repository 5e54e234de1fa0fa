"""Servers that wait are made, greeted, and taken away as they are wanted: with a cluster that does what a test says."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientConnectionError
from cryptography.fernet import Fernet
from kubernetes_asyncio.client import ApiException

from sardonyx_spawner.kube.place import ClusterPlace
from sardonyx_spawner.kube.ready_made.keeper import Maker, StockKeeper
from sardonyx_spawner.kube.ready_made.stock import Stock
from sardonyx_spawner.kube.ready_made.wishes import Rules
from sardonyx_spawner.plan import ServerPlan

PLAN = ServerPlan("kite2345", "python", "Python", "Python", image="lab/python:1", home="fresh")


class FakeCluster:
    """A namespace in which Pods do what a test says."""

    namespace = "lab"

    def __init__(self) -> None:
        self.pods: dict[str, dict[str, Any]] = {}
        self.secrets: dict[str, Mapping[str, Any]] = {}
        self.owners: dict[str, str] = {}
        self.refuses: Exception | None = None

    async def make_secret(self, body: Mapping[str, Any]) -> None:
        """Take it."""
        self.secrets[body["metadata"]["name"]] = body

    async def remove_secret(self, name: str) -> None:
        """Forget it."""
        del self.secrets[name]

    async def make_pod(self, body: Mapping[str, Any]) -> str:
        """Take it, or refuse it."""
        if self.refuses is not None:
            raise self.refuses
        name = body["metadata"]["name"]
        self.pods[f"lab/{name}"] = {**body, "status": {"phase": "Pending"}}
        return f"uid-of-{name}"

    async def own_secret(self, name: str, pod: str, uid: str) -> None:
        """Note whose it is."""
        assert name == pod
        self.owners[name] = uid

    async def remove_pod(self, name: str, _grace_s: int) -> None:
        """Forget it, with its Secret."""
        self.pods.pop(f"lab/{name}", None)
        self.secrets.pop(name, None)

    def now(self, **status: Any) -> None:
        """Let all Pods be in another state."""
        for pod in self.pods.values():
            pod["status"] = status


class Shop:
    """A stock with its keeper, and what it is kept on."""

    def __init__(self, port: int = 8888) -> None:
        self.cluster = FakeCluster()
        self.stock = Stock(Rules(at_most=2), ClusterPlace(), port)
        self.stock.offer([PLAN])
        cluster: Any = self.cluster
        self.keeper = StockKeeper(self.stock, cluster, lambda: self.cluster.pods, Maker("lab-ready", "lab-hub-7", "5f"))

    async def until(self, condition: Any) -> None:
        """Look again and again until something is so."""
        async with asyncio.timeout(5):
            while not condition():
                await self.keeper.look()
                await asyncio.sleep(0.01)

    async def with_one(self) -> str:
        """Make one; return its name."""
        await self.keeper.look()
        (name,) = self.stock.servers
        # Seen once, so that it is missed when it is gone.
        await self.keeper.look()
        return name


@asynccontextmanager
async def waiting(answer: bytes) -> AsyncIterator[int]:
    """Give the port of a process that answers whoever comes."""

    async def answer_them(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(answer)
        if answer:
            await is_over.wait()
        writer.close()
        await writer.wait_closed()

    is_over = asyncio.Event()
    server = await asyncio.start_server(answer_them, "127.0.0.1", 0)
    async with server:
        yield int(server.sockets[0].getsockname()[1])
        is_over.set()


async def test_what_is_missing_is_made_once() -> None:
    """With a Secret that belongs to its Pod, and a key in it that is one; both belong to that of the hub until then."""
    shop = Shop()
    name = await shop.with_one()

    assert list(shop.cluster.pods) == [f"lab/{name}"]
    assert shop.cluster.owners == {name: f"uid-of-{name}"}
    for made in (shop.cluster.pods[f"lab/{name}"], shop.cluster.secrets[name]):
        (owner,) = made["metadata"]["ownerReferences"]
        assert (owner["name"], owner["uid"]) == ("lab-hub-7", "5f")
    Fernet(shop.cluster.secrets[name]["stringData"]["key"])


async def test_one_that_runs_is_greeted_and_can_be_taken() -> None:
    """As soon as it says that it waits."""
    async with waiting(b'{"warmed": true}\n') as port:
        shop = Shop(port)
        await shop.with_one()
        assert shop.stock.take(PLAN) is None
        shop.cluster.now(phase="Running", podIP="127.0.0.1")
        await shop.until(lambda: any(each.is_ready for each in shop.stock.servers.values()))
        found = shop.stock.take(PLAN)
        assert found is not None
        assert found.waiting is not None
        found.waiting.close()


@pytest.mark.parametrize(
    ("status", "logged"),
    [
        (
            {"phase": "Running", "containerStatuses": [{"state": {"terminated": {"exitCode": 1, "reason": "Error"}}}]},
            "Error, exit code 1",
        ),
        (
            {
                "phase": "Pending",
                "containerStatuses": [{"state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such"}}}],
            },
            "ImagePullBackOff: no such",
        ),
        (
            {
                "phase": "Pending",
                "conditions": [{"type": "PodScheduled", "status": "False", "message": "0/1 nodes: Insufficient cpu."}],
            },
            "there is no place for it: 0/1 nodes: Insufficient cpu.",
        ),
        ({"phase": "Failed", "reason": "Evicted", "message": "MemoryPressure"}, "Evicted: MemoryPressure"),
    ],
    ids=["ended", "no image", "no place", "evicted"],
)
async def test_one_that_comes_to_nothing_is_taken_away_and_made_again_later(
    status: dict[str, Any], logged: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It must not be in anybody's way; the operator reads why."""
    shop = Shop()
    name = await shop.with_one()
    shop.cluster.now(**status)
    await shop.keeper.look()

    assert (shop.cluster.pods, shop.cluster.secrets, shop.stock.servers) == ({}, {}, {})
    assert f"A ready-made server is lost, {name}: {logged}" in caplog.text
    assert "Next in 10 s" in caplog.text


async def test_one_that_was_taken_away_is_made_again() -> None:
    """Such as with its machine."""
    shop = Shop()
    name = await shop.with_one()
    shop.cluster.pods.clear()
    await shop.keeper.look()
    assert name not in shop.stock.servers


async def test_one_that_does_not_greet_is_taken_away(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever answers in its place."""
    async with waiting(b"") as port:
        shop = Shop(port)
        name = await shop.with_one()
        shop.cluster.now(phase="Running", podIP="127.0.0.1")
        await shop.until(lambda: name not in shop.stock.servers)
    assert "it does not wait for us" in caplog.text


async def test_a_cluster_that_refuses_is_asked_again_later(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is left of what it refused."""
    shop = Shop()
    shop.cluster.refuses = ApiException(status=403, reason="quota")
    await shop.keeper.look()
    await shop.keeper.look()

    assert shop.cluster.secrets == {}
    assert caplog.text.count("No server can be made ready: quota. Next try in 10 s") == 1


async def test_one_for_which_a_placeholder_gives_way_is_left_to_come() -> None:
    """The scheduler says that it has no place, and which one it will have, with one change."""
    shop = Shop()
    name = await shop.with_one()
    condition = {"type": "PodScheduled", "status": "False", "message": "0/1 nodes: Insufficient cpu."}
    shop.cluster.now(phase="Pending", conditions=[condition], nominatedNodeName="node-1")
    await shop.keeper.look()

    assert [*shop.stock.servers] == [name]


async def test_a_cluster_that_is_away_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """Not at each look."""
    shop = Shop()
    shop.cluster.refuses = ClientConnectionError("away")
    keeping = asyncio.create_task(shop.keeper.run())
    await asyncio.sleep(0.7)
    keeping.cancel()
    assert caplog.text.count("No servers are made ready now") == 1


async def test_what_nobody_needs_is_taken_away() -> None:
    """Such as where somebody found no place."""
    shop = Shop()
    await shop.with_one()
    shop.stock.give_back()
    await shop.keeper.look()
    assert (shop.cluster.pods, shop.stock.servers) == ({}, {})


async def test_those_of_an_earlier_hub_are_cleared_away() -> None:
    """Nobody has their keys."""
    shop = Shop()
    shop.cluster.pods["lab/lab-ready-old"] = {"metadata": {"name": "lab-ready-old"}}
    await shop.with_one()
    await shop.keeper.clear()
    assert shop.cluster.pods == {}


async def test_what_could_not_become_somebodys_is_taken_away_when_it_has_ended() -> None:
    """It is in no stock any more; one that may still become somebody's is left alone."""
    shop = Shop()
    for name, phase in (("lab-ready-a", "Succeeded"), ("lab-ready-b", "Running")):
        shop.cluster.pods[f"lab/{name}"] = {"metadata": {"name": name}, "status": {"phase": phase}}
    await shop.with_one()
    assert "lab/lab-ready-a" not in shop.cluster.pods
    assert "lab/lab-ready-b" in shop.cluster.pods
