"""What the proxy of a cluster leads to, where it was started anew."""

import asyncio
import logging
from typing import Any

import pytest

from sardonyx_hub_config.services.proxy_routes import keep_routes

USERS, SERVICES = {"1": "amina"}, {"credentials": "keys"}


class Hub:
    """A hub, and a proxy that answers one after the other: routes, an error, or, for None, nothing at all."""

    log = logging.getLogger("test")
    routespec = "/"
    users, _service_map = USERS, SERVICES

    def __init__(self, *answers: dict[str, Any] | Exception | None) -> None:
        self.hub, self.proxy = self, self
        self.answers = list(answers)
        self.told: list[tuple[Any, ...]] = []
        self.is_over = asyncio.Event()

    async def get_all_routes(self) -> dict[str, Any]:
        """Answer, and say when all was asked for."""
        if not self.answers:
            self.is_over.set()
            return {"/": {}}
        answer = self.answers.pop(0)
        if isinstance(answer, dict):
            return answer
        if isinstance(answer, Exception):
            raise answer
        await asyncio.Event().wait()
        raise AssertionError("nobody waits for so long")

    async def check_routes(self, *told: Any) -> None:
        """Hear what the proxy is told."""
        self.told.append(told)


async def looked_at(hub: Hub) -> list[tuple[Any, ...]]:
    """Return what the proxy was told until it had no answers left."""
    task = asyncio.create_task(keep_routes(hub, look_s=0.001, patience_s=0.05))
    async with asyncio.timeout(10):
        await hub.is_over.wait()
    task.cancel()
    return hub.told


async def test_a_proxy_that_leads_here_is_left_alone() -> None:
    """Whatever else it leads to: that is JupyterHub's to look at, now and then."""
    assert await looked_at(Hub({"/": {}, "/user/old/": {}}, {"/": {}})) == []


async def test_a_proxy_that_leads_nowhere_is_told_all_routes(caplog: pytest.LogCaptureFixture) -> None:
    """As soon as that is seen; the log says so."""
    assert await looked_at(Hub({"/": {}}, {}, {"/": {}})) == [(USERS, SERVICES, {})]
    assert caplog.messages == ["The proxy was started anew, and leads nowhere: it is told all routes"]


async def test_a_proxy_that_is_away_is_asked_again() -> None:
    """Nobody has to start the hub again."""
    assert await looked_at(Hub(TimeoutError("away"), OSError("refused"), {})) == [(USERS, SERVICES, {})]


async def test_a_proxy_that_does_not_answer_is_not_waited_for() -> None:
    """A connection to one that is going away may hang for half a minute, and the next one is there long before."""
    assert await looked_at(Hub(None, {})) == [(USERS, SERVICES, {})]
