"""Work that goes on beside requests: looked at again and again, and what fails is tried at the next look."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from sardonyx_services.people.web.errors import RefusedError

log = logging.getLogger(__name__)


async def again_and_again(
    look: Callable[[], Awaitable[object]], every_s: float, fault: str, sooner: asyncio.Event | None = None
) -> None:
    """Look, and wait, without an end.

    Args:
        fault: what the log says where a look fails.
        sooner: who sets it does not wait for so long; None = nobody does.
    """
    sooner = sooner or asyncio.Event()
    while True:
        sooner.clear()
        await alone(look, fault, fault)
        with suppress(TimeoutError):
            async with asyncio.timeout(every_s):
                await sooner.wait()


async def alone(step: Callable[[], Awaitable[object]], not_yet: str, fault: str) -> None:
    """Do a step; what goes wrong in it is in the log, and keeps no other.

    Args:
        not_yet: what the log says where the hub or the store is away, before their own words.
        fault: what it says of everything else.
    """
    try:
        await step()
    except RefusedError as error:
        log.warning("%s: %s", not_yet, error.message)
    except Exception:
        log.exception(fault)
