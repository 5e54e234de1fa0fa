"""What goes wrong between the hub and the cluster: tried again where that may help, else turned into a refusal, once."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from aiohttp import ClientError
from kubernetes_asyncio.client import ApiException

from sardonyx_spawner.kube.failures import Failure, refused, stuck
from sardonyx_spawner.kube.tale import Tale
from sardonyx_spawner.kube.waiting import Step
from sardonyx_spawner.language import Said, _
from sardonyx_spawner.spawner import StartRefusedError

TICK_S, AGAIN_S, PATIENCE_S = 0.05, 1.0, 90.0
AWAY = (ApiException, ClientError, TimeoutError, OSError)
"""What a question to the cluster fails with."""
LATER = frozenset({429, 500, 502, 503, 504})
"""Answers of an API server that starts, or has too much to do."""
FORBIDDEN = 403
RIGHTS_S = 15.0
WITHOUT_RIGHTS = re.compile(r'User "[^"]+" cannot \w+ resource')
"""What an API server says that has just started, before it knows who may what; and one whose role was taken away."""
T = TypeVar("T")


class StartFailedError(Exception):
    """A start came to nothing, for a reason that is known."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.logged)
        self.failure = failure


def too_slow() -> Said:
    """Say that a start was given up."""
    return stuck(None, title="").said


def refusal(failure: Failure, server: str) -> StartRefusedError:
    """Return what JupyterHub is told.

    Args:
        server: what the log calls it.
    """
    status = 503 if failure.reason in {"capacity", "quota", "cluster", "slow"} else 500
    return StartRefusedError(
        failure.said, reason=failure.reason, status_code=status, log_message=f"{server}: {failure.logged}"
    )


@contextmanager
def refusals(server: str) -> Iterator[None]:
    """Turn what goes wrong in the block into a refusal.

    Args:
        server: what the log calls it.

    Raises:
        StartRefusedError: in words for the person.
    """
    try:
        yield
    except StartFailedError as error:
        raise refusal(error.failure, server) from error
    except ApiException as error:
        raise refusal(refused(error.status or 0, message_of(error)), server) from error
    except (ClientError, OSError) as error:
        raise refusal(refused(0, repr(error)), server) from error


def message_of(error: ApiException) -> str:
    """Return what the API server said, without its headers."""
    try:
        return str(json.loads(error.body or "")["message"])
    except (TypeError, ValueError, KeyError):
        return str(error.reason)


def said_of(error: BaseException) -> str:
    """Return what was wrong with a question to the cluster, for the operator."""
    return message_of(error) if isinstance(error, ApiException) else repr(error)


async def asked(ask: Callable[[], Awaitable[T]], tale: Tale, *, patience_s: float = PATIENCE_S) -> T:
    """Ask the cluster, again and again while it is away, and tell whoever waits.

    Raises:
        ApiException: it refuses.
        ClientError, TimeoutError, OSError: it was away for so long.
    """
    until = time.monotonic() + patience_s
    answered: float | None = None
    while True:
        try:
            return await ask()
        except ApiException as error:
            if error.status == FORBIDDEN:
                # Not from the beginning: it may have been away until now.
                answered = answered or time.monotonic()
            if not _is_for_now(error) or time.monotonic() > min(until, (answered or until) + RIGHTS_S):
                raise
        except (ClientError, TimeoutError, OSError):
            if time.monotonic() > until:
                raise
        tale.tell(Step(_("The cluster does not answer at the moment. Trying again"), "warn"))
        await asyncio.sleep(AGAIN_S)


def _is_for_now(error: ApiException) -> bool:
    """Tell whether the same question may be answered otherwise in a moment."""
    return error.status in LATER or (error.status == FORBIDDEN and WITHOUT_RIGHTS.search(message_of(error)) is not None)


async def asked_until(ask: Callable[[], Awaitable[bool]], tale: Tale) -> None:
    """Ask the cluster until it says yes."""
    while not await asked(ask, tale):  # noqa: ASYNC110 - an answer of the cluster
        await asyncio.sleep(TICK_S)
