"""A start is followed until its server answers, or will not: with a Pod that changes as a test says."""

import asyncio
import socket
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from sardonyx_spawner.kube import start
from sardonyx_spawner.kube.refusals import StartFailedError
from sardonyx_spawner.kube.start import SilentNodeError, Start, answers, pause_s
from sardonyx_spawner.kube.tale import Tale
from sardonyx_spawner.kube.waiting import container_state
from sardonyx_spawner.plan import ServerPlan

PLAN = ServerPlan("kite2345", "python", "Python", "Python", image="lab/python:1", memory=1 << 30)
Pod = Mapping[str, Any]


def a_pod(state: Mapping[str, Any] | None = None, **status: Any) -> Pod:
    """Return a Pod that a node has."""
    conditions = [{"type": "PodScheduled", "status": "True"}]
    containers = [] if state is None else [{"name": "notebook", "state": state}]
    return {"metadata": {"name": "p"}, "status": {"conditions": conditions, "containerStatuses": containers, **status}}


class Life:
    """What the cluster says of a Pod, a look at a time; the last goes on."""

    def __init__(self, *looks: Pod | None, log: bytes = b"", most_s: float = 5) -> None:
        self._looks, self._log = [*looks], log
        self.tale = Tale()
        self.without_place = 0
        until = time.monotonic() + most_s
        look, log_end, count = self._look, self._end_of_log, self._count
        self.start = Start(PLAN, self.tale, pod=look, log=log_end, until=until, no_place=count)

    def _count(self) -> None:
        self.without_place += 1

    def _look(self) -> Pod | None:
        return self._looks.pop(0) if len(self._looks) > 1 else self._looks[0]

    async def _end_of_log(self) -> bytes:
        return self._log

    @property
    def told(self) -> list[str]:
        """What was told."""
        return [event["message"] for event in self.tale.events]


@pytest.fixture
def port() -> Iterator[int]:
    """A port on which something listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


async def test_it_is_there_when_its_server_answers(port: int) -> None:
    """Not when its container runs."""
    life = Life(None, a_pod(), a_pod({"running": {}}), a_pod({"running": {}}))
    assert await life.start.until_there() == a_pod()

    found = await life.start.until_it_answers([], lambda pod: _where(pod, port))

    assert found == a_pod({"running": {}})
    assert life.told[-1] == "Starting “Python”"


def _where(pod: Pod, port: int) -> tuple[str, int] | None:
    return ("127.0.0.1", port) if "running" in container_state(pod) else None


@pytest.mark.parametrize(
    ("nominated", "given_back", "told"),
    [
        pytest.param("", 2, "Waiting for a free place: no machine has so many cores free", id="nothing gives way"),
        pytest.param("node-1", 0, "Making room for your server", id="a placeholder does"),
    ],
)
async def test_servers_that_wait_give_their_places_where_nothing_else_does(
    nominated: str, given_back: int, told: str
) -> None:
    """Until there is room, since what waits could take it; where some is made is said with the same change of the Pod."""
    said = "0/1 nodes are available: 1 Insufficient cpu."
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": said}
    status = {"conditions": [condition], "nominatedNodeName": nominated}
    life = Life({"metadata": {"name": "p"}, "status": status}, most_s=0.2)
    with pytest.raises(StartFailedError):
        await life.start.until_it_answers([], lambda _pod: None)

    # Again and again, though the Pod stays as it is.
    assert min(life.without_place, 2) == given_back
    assert life.tale.now == told


async def test_events_are_told_once_each() -> None:
    """In the order in which they come, beside what the Pod itself says."""
    events: list[Mapping[str, Any]] = [{"reason": "Scheduled", "message": ""}]
    life = Life(a_pod(), most_s=0.4)
    following = asyncio.create_task(life.start.until_it_answers(events, lambda _pod: None))
    await asyncio.sleep(0.1)
    events.append({"reason": "Pulling", "message": ""})

    with pytest.raises(StartFailedError):
        await following

    assert life.told.count("Found a place for your server") == 1
    assert life.told[-1] == "Getting “Python” onto the machine"


@pytest.mark.parametrize(
    ("looks", "log", "said"),
    [
        pytest.param(
            [a_pod(), a_pod({"waiting": {"reason": "ImagePullBackOff"}})],
            b"",
            "What “Python” is made of could not be fetched.",
            id="no image",
        ),
        pytest.param(
            [a_pod({"terminated": {"reason": "Error", "exitCode": 1}})],
            b"No module named sardonyx_singleuser",
            "The image of “Python” is not made for this place.",
            id="what the log says",
        ),
        pytest.param([a_pod({"running": {}}), None], b"", "It was taken away", id="gone"),
        pytest.param([a_pod({"running": {}})], b"", "Your server took too long to start.", id="too slow"),
    ],
)
async def test_a_start_that_comes_to_nothing_says_why(looks: list[Pod | None], log: bytes, said: str) -> None:
    """At once where nothing gets better, else when its time is over."""
    with pytest.raises(StartFailedError) as caught:
        await Life(*looks, log=log, most_s=0.3).start.until_it_answers([], lambda _pod: None)
    assert said in str(caught.value.failure.said)


async def test_files_that_are_elsewhere_are_the_reason_of_a_start_that_took_too_long() -> None:
    """Not that it took too long: its person can do something."""
    elsewhere = {"reason": "FailedAttachVolume", "message": 'Multi-Attach error for volume "pvc-1"'}
    events = [elsewhere, {"reason": "Pulling", "message": ""}]
    with pytest.raises(StartFailedError) as caught:
        await Life(a_pod({"waiting": {}}), most_s=0.3).start.until_it_answers(events, lambda _pod: None)
    assert str(caught.value.failure.said).startswith("Your files are in use on another machine.")


async def test_a_node_that_says_nothing_is_left_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one may be as slow: it gets all the time that is left."""
    monkeypatch.setattr(start, "SILENT_S", 0.1)
    life = Life({**a_pod(), "spec": {"nodeName": "gone"}}, most_s=1)
    with pytest.raises(SilentNodeError, match="^gone$"):
        await life.start.until_it_answers([], lambda _pod: None)

    with pytest.raises(StartFailedError):
        await life.start.until_it_answers([], lambda _pod: None)


@pytest.mark.parametrize(
    "pod",
    [
        pytest.param({**a_pod(startTime="2026-01-02T03:04:05Z"), "spec": {"nodeName": "slow"}}, id="it said so"),
        pytest.param({**a_pod(), "spec": {}}, id="no node has it yet"),
    ],
)
async def test_a_start_is_left_where_it_is(monkeypatch: pytest.MonkeyPatch, pod: Pod) -> None:
    """However long it takes: an image may be large, and a machine has to be started first."""
    monkeypatch.setattr(start, "SILENT_S", 0.1)
    with pytest.raises(StartFailedError):
        await Life(pod, most_s=0.5).start.until_it_answers([], lambda _pod: None)


async def test_a_pod_that_never_appears_is_not_waited_for_for_ever() -> None:
    """The cluster took it, and says nothing of it."""
    with pytest.raises(StartFailedError) as caught:
        await Life(None, most_s=0.1).start.until_there()
    assert "Your server took too long to start." in str(caught.value.failure.said)


async def test_a_closed_port_does_not_answer() -> None:
    """And is no error."""
    assert not await answers("127.0.0.1", 9)


@pytest.mark.parametrize(("waited_s", "again_s"), [(0, 0.05), (1, 0.05), (4, 0.2), (10, 0.5), (300, 0.5)])
def test_a_pod_that_does_not_change_is_looked_at_less_often(waited_s: float, again_s: float) -> None:
    """Nobody waits a twentieth longer for that."""
    assert pause_s(waited_s) == pytest.approx(again_s)
