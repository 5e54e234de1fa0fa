"""Why a server did not start, or ended: in words for the person, from what the machine said."""

import errno
import signal

from sardonyx_spawner.amounts import say_duration, say_memory

ASK = "Ask the people who run this place to look at it."

_NO_ROOM = f"The disk of this machine is full, so your server has no room to start. {ASK}"
_NO_ROOM_FOR_FILES = (
    "It found no room for its files. If its home is a fresh one, choose a larger server; else delete files that you do"
    " not need, or ask the people who run this place whether the disk is full."
)
_NO_MORE = "This machine runs as much as it can. Stop a server that you do not use, or try again later."
NOT_READY = f"What this server is made of is not ready on this machine. {ASK}"

_ERRORS = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EACCES: NOT_READY,
    errno.ENOENT: NOT_READY,
    errno.ENOEXEC: NOT_READY,
    errno.EROFS: f"This machine cannot write to its disk at the moment. {ASK}",
    errno.EAGAIN: _NO_MORE,
    errno.EMFILE: _NO_MORE,
    errno.ENFILE: _NO_MORE,
    errno.ETIMEDOUT: "This machine is too busy to start your server at the moment. Try again in a minute.",
    errno.ENOMEM: "This machine has no memory left. Choose a smaller server, or try again later.",
}

# Looked for in the end of a server's log, in this order; the log may hold anything.
_LOG_SIGNS = (
    (b"No space left on device", _NO_ROOM_FOR_FILES),
    (b"Disk quota exceeded", _NO_ROOM_FOR_FILES),
    (b"Sardonyx: this server has no plan", f"This server and this place are of different versions. {ASK}"),
    (b"No module named", NOT_READY),
    (b"ImportError", NOT_READY),
    (b"Address already in use", "Something else took the place of your server on this machine. Start it again."),
    (b"MemoryError", _ERRORS[errno.ENOMEM]),
    (b"Cannot allocate memory", _ERRORS[errno.ENOMEM]),
)


def why_not_started(error: OSError) -> str:
    """Say why a server's process could not be started."""
    return _ERRORS.get(error.errno or 0, f"Your server could not be started on this machine. {ASK}")


def why_ended_while_starting(log: bytes, memory: int | None = None, killed_for_memory: int = 0) -> str:
    """Say why a server ended before it answered, from the end of its log.

    Args:
        memory: bytes that it may use.
        killed_for_memory: how many of its processes were ended because it used more.
    """
    if killed_for_memory:
        return f"Your server ended while it started. {_used_more(memory)} Choose a larger one."
    said = next(
        (sentence for sign, sentence in _LOG_SIGNS if sign in log),
        "Try again; if it happens again, tell the people who run this place.",
    )
    return f"Your server ended while it started. {said}"


def why_ended(code: int | None, memory: int | None = None, killed_for_memory: int = 0) -> str:
    """Say why a server ended that nobody stopped.

    Args:
        code: its exit code; -9 = signal 9 ended it, None = nobody knows.
        memory: bytes that it may use.
        killed_for_memory: how many of its processes were ended because it used more.
    """
    if killed_for_memory and code in {None, -signal.SIGKILL}:
        return _used_more(memory)
    if killed_for_memory:
        return f"It ended by itself. Before that, a part of it was ended: {_lower(_used_more(memory))}"
    if code is None:
        # Started by an earlier hub: its exit was told to nobody.
        return "It ended while nobody watched."
    if code == -signal.SIGKILL:
        return "It was ended from outside, most often because the machine had no memory left."
    return "It ended by itself."


def part_ended(memory: int | None) -> str:
    """Say that a process in a server was ended, and the server goes on."""
    return f"Something in this server, such as a kernel, was ended: {_lower(_used_more(memory))}"


def _used_more(memory: int | None) -> str:
    return f"It used more than its {say_memory(memory)} of memory." if memory else "It used more memory than it may."


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def why_over(lifetime_s: int) -> str:
    """Say that a server reached the end that was chosen for it."""
    return f"It reached its end after {say_duration(lifetime_s)}." if lifetime_s else "It reached its end."


def why_moved(address: str, wanted: str) -> str:
    """Say that a server cannot be reached any more where its hub has come back with another path; "" = it can."""
    return "The address of this place was changed." if wanted and address != wanted else ""


def why_no_environment(title: str) -> str:
    """Say that the environment of a profile is missing and cannot be made."""
    return f"“{title}” is not ready on this machine. {ASK}"
