"""The look at which keys the store has to refuse goes on, whatever happens."""

import asyncio
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sardonyx_services.credentials import store_refusals
from sardonyx_services.credentials.revocation import Living
from sardonyx_services.credentials.store_refusals import StoreRefusals


async def test_an_error_that_nobody_thought_of_does_not_end_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Else the keys of who is removed would be good until they end, and nothing would say so."""
    unused: Any = None
    refusals = StoreRefusals(unused, Path("unused"), Living([], datetime.now(UTC)), lambda _person: None)
    looks = 0
    looked_twice = asyncio.Event()
    loop = asyncio.get_running_loop()

    def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise KeyError("somebody")
        loop.call_soon_threadsafe(looked_twice.set)

    monkeypatch.setattr(refusals, "_look", look)
    monkeypatch.setattr(store_refusals, "EVERY_S", 0.01)
    with caplog.at_level(logging.ERROR):
        task = asyncio.create_task(refusals.run())
        await asyncio.wait_for(looked_twice.wait(), 10)
        task.cancel()

    assert "It was not looked which keys the store has to refuse, and will be again" in caplog.text
