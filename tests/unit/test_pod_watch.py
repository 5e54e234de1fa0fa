"""What Pods there are is known for as long as the hub runs: with a cluster's API that is away when a test says so."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from kubernetes_asyncio.client import Configuration
from kubespawner.clients import _client_cache
from kubespawner.spawner import KubeSpawner
from support.pods_api import PodsApi, pods_api
from traitlets.config import Config

from sardonyx_spawner.kube import pod_watch, spawner
from sardonyx_spawner.kube.pod_watch import PodWatch
from sardonyx_spawner.kube.refusals import AWAY
from sardonyx_spawner.kube.spawner import SardonyxKubeSpawner
from sardonyx_spawner.running import Running
from sardonyx_spawner.troubles import TROUBLES

RUNS = {"podIP": "10.0.0.9", "containerStatuses": [{"name": "notebook", "ready": True, "state": {"running": {}}}]}


class Person:
    """As much of JupyterHub's as a spawner asks for."""

    name, id, url = "ida", 1, "/user/ida/"
    spawners: dict[str, Any] = {}  # noqa: RUF012 - nobody changes it


@pytest.fixture
async def api(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PodsApi]:
    """A cluster's API that is there, and that everything here asks."""
    monkeypatch.setattr(pod_watch, "LONGEST_AGAIN_S", 0.05)
    monkeypatch.setattr(pod_watch, "AGAIN_S", 0.01)
    # KubeSpawner loads how to reach a cluster once for the whole process.
    monkeypatch.setattr("kubespawner.spawner.load_config", lambda **_how: None)
    async with pods_api() as found:
        told = Configuration()
        told.host = found.url
        monkeypatch.setattr(Configuration, "_default", told)
        yield found
        await KubeSpawner._stop_all_reflectors()
        for client in [*_client_cache.values()]:
            await client.api_client.close()
        _client_cache.clear()


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.01)


def a_spawner(**more: Any) -> Any:
    """Return the spawner of somebody's server."""
    found = SardonyxKubeSpawner(config=Config(), user=Person(), namespace="lab", _mock=True, **more)
    found.k8s_api_request_timeout = 1
    return found


async def a_watch() -> Any:
    """Return one that has begun."""
    watch = PodWatch(namespace="lab", labels={"component": "x"})
    await watch.start()
    return watch


async def test_pods_are_known_again_after_the_api_was_away(api: PodsApi, caplog: pytest.LogCaptureFixture) -> None:
    """However often it has failed; until then as they were, and the log has one line at the beginning and one at the end."""
    api.put("old")
    watch = await a_watch()
    await watch.until_seen()
    with caplog.at_level(logging.WARNING):
        api.status = 503
        # KubeSpawner gives up after ten.
        await until(lambda: watch.fault is not None)
        await asyncio.sleep(1)
        assert [*watch.pods] == ["lab/old"]
        assert not watch.watch_task.done()
        api.pods.clear()
        api.put("new")
        api.status = 200

        await until(lambda: [*watch.pods] == ["lab/new"])
    assert [record.getMessage().split(",")[0] for record in caplog.records] == [
        "The cluster does not tell of pods: not now. Asking until it does",
        "The cluster tells of pods again",
    ]
    await watch.stop()


async def test_what_changes_is_heard_without_a_look(api: PodsApi) -> None:
    """It comes, and it goes."""
    watch = await a_watch()
    await watch.until_seen()
    await asyncio.sleep(0.05)
    api.put("new")
    await until(lambda: [*watch.pods] == ["lab/new"])
    api.pods.clear()
    await until(lambda: not watch.pods)

    assert api.looks == 1
    await watch.stop()


async def test_a_first_look_that_fails_is_no_look(api: PodsApi) -> None:
    """Whoever asks waits for one that does not, and who stops waiting stops nobody else."""
    api.status = 503
    watch = await a_watch()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await watch.until_seen()
    waiting = asyncio.create_task(watch.until_seen())
    await asyncio.sleep(0.1)
    assert not waiting.done()

    api.put("there")
    api.status = 200
    await waiting
    assert [*watch.pods] == ["lab/there"]
    await watch.stop()


async def test_a_server_is_not_over_because_nobody_could_look(api: PodsApi) -> None:
    """A hub that starts while the cluster is away asks until it knows, and deletes nothing."""
    server = a_spawner()
    server.running = Running(is_there=True, url="http://10.0.0.9:8888", owner_id="kite2345", profile="python")
    api.put(server.pod_name, **RUNS)
    api.status = 503
    looking = asyncio.create_task(server.poll())
    await asyncio.sleep(0.3)
    assert not looking.done()
    api.status = 200

    assert await looking is None
    assert api.deleted == []


async def test_a_start_says_why_nothing_can_be_seen(api: PodsApi) -> None:
    """The cluster's own answer, so that a right that is missing is told from one that is away."""
    api.status = 403
    server = a_spawner()
    with pytest.raises(AWAY) as caught:
        await server._see_pods()
    assert getattr(caught.value, "status", 0) == 403


@pytest.mark.parametrize("status", [pytest.param({"phase": "Pending"}, id="pending"), pytest.param(RUNS, id="running")])
async def test_a_start_that_an_earlier_hub_did_not_see_through_is_ended_and_said(
    api: PodsApi, monkeypatch: pytest.MonkeyPatch, status: dict[str, Any]
) -> None:
    """With its Secret, which may belong to nothing yet."""
    said: list[tuple[str, str]] = []
    monkeypatch.setattr(TROUBLES, "note", lambda _key, why, profile, **_more: said.append((str(why), profile)))
    monkeypatch.setattr(spawner, "TICK_S", 0.01)
    server = a_spawner()
    monkeypatch.setattr(server, "_end_of_log", _nothing)
    monkeypatch.setattr(server, "_logs_of", lambda _name: SimpleNamespace(keep=lambda _log: None))
    server.orm_spawner = SimpleNamespace(
        user_options={"profile": "class-ab2c3d4e"},
        name="",
        server=None,
        started=datetime(2026, 11, 30, 21, 54, 5, 3, tzinfo=UTC),
    )
    server.load_state({"ended": {"en": "It ended by itself."}})
    server._check_pending = True
    api.put(server.pod_name, **status)

    assert await server.poll() == 1

    why = "This place was started again while your server started. Start it once more."
    assert said == [(why, "class-ab2c3d4e")]
    assert server.stop_reason == why
    assert api.deleted == [f"pods/{server.pod_name}", f"secrets/{server.pod_name}-20261130215405000003"]


async def test_a_start_of_this_hub_is_not_ended_by_a_look_at_it(api: PodsApi) -> None:
    """JupyterHub looks at one that failed before it stops it."""
    server = a_spawner()
    api.put(server.pod_name, phase="Pending")

    assert await server.poll() is None
    assert api.deleted == []


async def _nothing() -> bytes:
    return b""
