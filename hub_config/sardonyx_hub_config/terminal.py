"""What the operator sees while waiting: one calm line for each step that takes more than a second."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

QUIET_S = 1.0


def say(message: str) -> None:
    """Print one line for the operator."""
    sys.stdout.write(message + "\n")
    sys.stdout.flush()


@contextmanager
def step(what: str) -> Iterator[None]:
    """Name a step if it takes longer than a second, and say how long it took."""
    began = time.monotonic()
    announced = threading.Event()

    def announce() -> None:
        announced.set()
        say(f"{what} …")

    timer = threading.Timer(QUIET_S, announce)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
    if announced.is_set():
        say(f"{what}: done in {time.monotonic() - began:.0f} s.")
