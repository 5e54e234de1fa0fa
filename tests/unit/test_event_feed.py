"""What the cluster says of Pods that start is heard for as long as somebody listens: with an API that refuses."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from sardonyx_spawner.kube import event_feed
from sardonyx_spawner.kube.event_feed import EventFeed


class Api:
    """One that has just started: it answers, and refuses."""

    def __init__(self) -> None:
        self.asked = 0

    async def list_namespaced_event(self, **_how: Any) -> Any:
        """Refuse."""
        self.asked += 1
        return SimpleNamespace(read=self._refusal)

    async def _refusal(self) -> bytes:
        return b'{"kind": "Status", "metadata": {}, "status": "Failure", "code": 503}'


async def test_a_refusal_is_not_the_end_of_listening(monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks again, and its log says why; with nobody who listens it stops."""
    monkeypatch.setattr(event_feed, "AGAIN_S", 0.01)
    api = Api()
    with EventFeed(api, "lab").of("lab-server-amina"):
        await asyncio.sleep(0.2)
    asked = api.asked
    await asyncio.sleep(0.05)

    assert (asked > 2, api.asked) == (True, asked)
