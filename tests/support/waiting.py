"""Waiting for what comes by itself."""

import time
from collections.abc import Callable

import pytest

PATIENCE_S = 30


def soon(works: Callable[[], bool]) -> float:
    """Wait until something is so; return how long that took."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_S:
        try:
            if works():
                return time.monotonic() - began
        except Exception:  # noqa: BLE001, S110 - it does not work yet, in whichever way
            pass
        time.sleep(0.3)
    pytest.fail(f"it is not so after {PATIENCE_S} s")
