"""What a person reads of a start that failed, for each thing that a machine can say."""

import errno
import os

import pytest

from sardonyx_spawner.language import english
from sardonyx_spawner.local.fork_client import ForkServerError, TryAgainError
from sardonyx_spawner.local.making import NotReadyError
from sardonyx_spawner.local.reasons import why_no_environment, why_not_started
from sardonyx_spawner.local.refusals import NO_THREAD, refusals
from sardonyx_spawner.spawner import StartRefusedError

FULL = "The disk of this machine is full, so your server has no room to start. Ask the people who run this place to look at it."
NO_MORE = "This machine runs as much as it can. Stop a server that you do not use, or try again later."
NOT_READY = "What this server is made of is not ready on this machine. Ask the people who run this place to look at it."
USUAL = "Your server could not be started on this machine. Ask the people who run this place to look at it."
BUSY = "This machine is too busy to start your server at the moment. Try again in a minute."


def refusal(error: Exception) -> StartRefusedError:
    """Return what a start is refused with that fails so."""
    with pytest.raises(StartRefusedError) as found, refusals("Python", "ann's server"):
        raise error
    return found.value


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENOSPC, FULL),
        (errno.EDQUOT, FULL),
        (errno.EACCES, NOT_READY),
        (errno.ENOENT, NOT_READY),
        (errno.ENOEXEC, NOT_READY),
        (
            errno.EROFS,
            "This machine cannot write to its disk at the moment. Ask the people who run this place to look at it.",
        ),
        (errno.EAGAIN, NO_MORE),
        (errno.EMFILE, NO_MORE),
        (errno.ENFILE, NO_MORE),
        (errno.ETIMEDOUT, BUSY),
        (errno.ENOMEM, "This machine has no memory left. Choose a smaller server, or try again later."),
        (errno.EIO, USUAL),
        (None, USUAL),
    ],
)
def test_what_the_machine_says_is_said_in_words(code: int | None, said: str) -> None:
    """The log has it in the machine's own."""
    error = OSError(code, os.strerror(code)) if code is not None else OSError("something")

    assert english(why_not_started(error)) == said
    found = refusal(error)
    assert (english(found.jupyterhub_message), found.status_code) == (said, 500)
    assert found.log_message == f"ann's server: {error}"


def test_no_further_thread_is_the_same_as_no_further_process() -> None:
    """Python does not say it as an error of the system."""
    found = refusal(RuntimeError(NO_THREAD))

    assert (english(found.jupyterhub_message), found.status_code) == (NO_MORE, 503)
    assert found.log_message == "ann's server: can't start new thread"


def test_any_other_error_is_one_of_ours() -> None:
    """JupyterHub writes down where it was."""
    with pytest.raises(RuntimeError, match="^no more than that$"), refusals("Python", "ann's server"):
        raise RuntimeError("no more than that")


@pytest.mark.parametrize(
    ("error", "said", "status"),
    [
        pytest.param(ForkServerError("/env/bin/python cannot be run"), NOT_READY, 500, id="no-fork-server"),
        pytest.param(TryAgainError("too slow", errno.ETIMEDOUT), BUSY, 503, id="slow"),
        pytest.param(TryAgainError("no process", errno.EAGAIN), NO_MORE, 503, id="passes"),
        pytest.param(NotReadyError("no lock"), english(why_no_environment("Python")), 500, id="environment"),
    ],
)
def test_what_keeps_an_environment_from_starting_is_said_in_words(error: Exception, said: str, status: int) -> None:
    """With what to do."""
    found = refusal(error)

    assert (english(found.jupyterhub_message), found.status_code) == (said, status)
