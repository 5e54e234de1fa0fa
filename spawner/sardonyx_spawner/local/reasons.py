"""Why a server did not start, or ended: in words for the person, from what the machine said."""

import errno
import signal

from sardonyx_spawner.amounts import say_memory
from sardonyx_spawner.ends import used_more
from sardonyx_spawner.language import N_, Said, _, english, in_a_row

_NO_ROOM = N_(
    "The disk of this machine is full, so your server has no room to start. Ask the people who run this place to look at it."
)
_NO_ROOM_FOR_FILES = N_(
    "It found no room for its files. If its home is a fresh one, choose a larger server; else delete files that you do"
    " not need, or ask the people who run this place whether the disk is full."
)
_NO_MORE = N_("This machine runs as much as it can. Stop a server that you do not use, or try again later.")
NOT_READY = N_(
    "What this server is made of is not ready on this machine. Ask the people who run this place to look at it."
)

_ERRORS = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EACCES: NOT_READY,
    errno.ENOENT: NOT_READY,
    errno.ENOEXEC: NOT_READY,
    errno.EROFS: N_(
        "This machine cannot write to its disk at the moment. Ask the people who run this place to look at it."
    ),
    errno.EAGAIN: _NO_MORE,
    errno.EMFILE: _NO_MORE,
    errno.ENFILE: _NO_MORE,
    errno.ETIMEDOUT: N_("This machine is too busy to start your server at the moment. Try again in a minute."),
    errno.ENOMEM: N_("This machine has no memory left. Choose a smaller server, or try again later."),
}

# Looked for in the end of a server's log, in this order; the log may hold anything.
_LOG_SIGNS = (
    (b"No space left on device", _NO_ROOM_FOR_FILES),
    (b"Disk quota exceeded", _NO_ROOM_FOR_FILES),
    (
        b"Sardonyx: this server has no plan",
        N_("This server and this place are of different versions. Ask the people who run this place to look at it."),
    ),
    (b"No module named", NOT_READY),
    (b"ImportError", NOT_READY),
    (b"Address already in use", N_("Something else took the place of your server on this machine. Start it again.")),
    (b"MemoryError", _ERRORS[errno.ENOMEM]),
    (b"Cannot allocate memory", _ERRORS[errno.ENOMEM]),
)


def why_not_started(error: OSError) -> Said:
    """Say why a server's process could not be started."""
    usual = N_("Your server could not be started on this machine. Ask the people who run this place to look at it.")
    return _(_ERRORS.get(error.errno or 0, usual))


def why_ended_while_starting(log: bytes, memory: int | None = None, killed_for_memory: int = 0) -> Said:
    """Say why a server ended before it answered, from the end of its log.

    Args:
        memory: bytes that it may use.
        killed_for_memory: how many of its processes were ended because it used more.
    """
    if killed_for_memory:
        return in_a_row([_("Your server ended while it started."), used_more(memory), _("Choose a larger one.")])
    usual = N_("Try again; if it happens again, tell the people who run this place.")
    sentence = next((sentence for sign, sentence in _LOG_SIGNS if sign in log), usual)
    return in_a_row([_("Your server ended while it started."), _(sentence)])


def why_ended(code: int | None, memory: int | None = None, killed_for_memory: int = 0) -> Said:
    """Say why a server ended that nobody stopped.

    Args:
        code: its exit code; -9 = signal 9 ended it, None = nobody knows.
        memory: bytes that it may use.
        killed_for_memory: how many of its processes were ended because it used more.
    """
    if killed_for_memory and code in {None, -signal.SIGKILL}:
        return used_more(memory)
    if killed_for_memory:
        if memory:
            return _(
                "It ended by itself. Before that, a part of it was ended: it used more than its {amount} of memory."
            ).format(amount=say_memory(memory))
        return _("It ended by itself. Before that, a part of it was ended: it used more memory than it may.")
    if code is None:
        # Started by an earlier hub: its exit was told to nobody.
        return _("It ended while nobody watched.")
    if code == -signal.SIGKILL:
        return _("It was ended from outside, most often because the machine had no memory left.")
    return _("It ended by itself.")


def part_ended(memory: int | None) -> str:
    """Say in a log that a process in a server was ended, and the server goes on."""
    more = (
        f"it used more than its {english(say_memory(memory))} of memory"
        if memory
        else "it used more memory than it may"
    )
    return f"Something in this server, such as a kernel, was ended: {more}."


def why_part_ended(memory: int | None) -> Said:
    """Say that a process in a server was ended, and the server goes on."""
    return in_a_row([_("Something in it, such as a kernel, was ended."), used_more(memory)])


def why_no_environment(title: str) -> Said:
    """Say that the environment of a profile is missing and cannot be made."""
    return _("“{title}” is not ready on this machine. Ask the people who run this place to look at it.").format(
        title=title
    )
