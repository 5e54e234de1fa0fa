"""Waiting for what comes by itself."""

import time
from collections.abc import Callable

import pytest

PATIENCE_S = 30.0
TICK_S = 0.1


def soon(works: Callable[[], bool], patience_s: float = PATIENCE_S) -> float:
    """Wait until something is so; return how long that took."""
    # Whoever reads that it did not come wants to see what was waited for.
    __tracebackhide__ = True
    began = time.monotonic()
    while time.monotonic() - began < patience_s:
        try:
            if works():
                return time.monotonic() - began
        except Exception:  # noqa: BLE001, S110 - it does not work yet, in whichever way
            pass
        time.sleep(TICK_S)
    pytest.fail(f"it is not so after {patience_s} s")
