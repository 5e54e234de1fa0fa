"""What a person and the log are told of a start that failed: each error of this engine, translated once."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sardonyx_spawner.errors import UserError
from sardonyx_spawner.language import _
from sardonyx_spawner.local.exposed_files import read_end
from sardonyx_spawner.local.fork_client import ForkServerError, TryAgainError
from sardonyx_spawner.local.gpu_allotment import NoGpuError
from sardonyx_spawner.local.machine import TooLargeError
from sardonyx_spawner.local.making import NotReadyError
from sardonyx_spawner.local.reasons import (
    NOT_READY,
    why_ended_while_starting,
    why_no_environment,
    why_not_started,
)
from sardonyx_spawner.spawner import StartRefusedError

LOG_LOOKED_AT = 1 << 16
WHY_NOT = {
    "too_slow": lambda: why_not_started(TimeoutError(errno.ETIMEDOUT, "")),
    "unknown": lambda: why_not_started(OSError()),
}
"""What whoever looks after a class reads of a start that was given up, and of one that failed for nobody knows what."""
NO_THREAD = "can't start new thread"
"""Python's word for what the system refuses as EAGAIN: there are as many processes and threads as there may be."""


@contextmanager
def refusals(title: str, server: str) -> Iterator[None]:
    """Turn what goes wrong in the block into a refusal.

    Args:
        title: of the profile.
        server: what the log calls the server.

    Raises:
        StartRefusedError: in words for the person.
    """
    try:
        yield
    except NotReadyError as error:
        said = why_no_environment(title)
        raise StartRefusedError(said, reason="environment", status_code=500, log_message=f"{title}: {error}") from error
    except NoGpuError as error:
        raise StartRefusedError(error.message, reason="gpus", status_code=409) from error
    except TooLargeError as error:
        raise StartRefusedError(error.message, reason="machine", status_code=409) from error
    except UserError as error:
        raise StartRefusedError(error.message, reason="home", status_code=500) from error
    except TryAgainError as error:
        raise StartRefusedError(
            why_not_started(OSError(error.code, str(error))),
            reason="machine",
            status_code=503,
            log_message=f"{server}: {error}",
        ) from error
    except ForkServerError as error:
        raise StartRefusedError(
            _(NOT_READY), reason="sandbox", status_code=500, log_message=f"{server}: {error}"
        ) from error
    except RuntimeError as error:
        if str(error) != NO_THREAD:
            raise
        raise StartRefusedError(
            why_not_started(OSError(errno.EAGAIN, str(error))),
            reason="machine",
            status_code=503,
            log_message=f"{server}: {error}",
        ) from error
    except OSError as error:
        raise StartRefusedError(
            why_not_started(error), reason="machine", status_code=500, log_message=f"{server}: {error}"
        ) from error


def ended_while_starting(server: str, log: Path, memory: int | None, killed: int) -> StartRefusedError:
    """Return what to say of a server that ended before it answered.

    Args:
        log: of the server.
        killed: how many of its processes were ended because it used more memory than it may.
    """
    return StartRefusedError(
        why_ended_while_starting(read_end(log, LOG_LOOKED_AT), memory, killed),
        reason="ended",
        status_code=500,
        log_message=f"{server} ended while it started; see {log}",
    )
