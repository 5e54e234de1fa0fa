"""What the system is told of this process' memory (madvise(2)), for which Python has no function but for maps of its own."""

import ctypes

MADV_DONTNEED, MADV_COLLAPSE = 4, 25

_libc = ctypes.CDLL(None, use_errno=True)


def collapse(address: int, size: int) -> bool:
    """Let the system put a range of this process' memory into huge pages; return whether it did."""
    return int(_libc.madvise(ctypes.c_void_p(address), ctypes.c_size_t(size), MADV_COLLAPSE)) == 0


def let_go(address: int, size: int) -> bool:
    """Take a range of this process' memory out of its page tables; return whether the system did.

    What was written there is lost: what is read from a file comes from it again, when somebody looks.
    """
    return int(_libc.madvise(ctypes.c_void_p(address), ctypes.c_size_t(size), MADV_DONTNEED)) == 0
