"""What the machine of the tests can do, asked in another way than the product asks."""

import ctypes

LANDLOCK_CREATE_RULESET, VERSION = 444, 1
SCOPES = 6


def has_scopes() -> bool:
    """Tell whether its Landlock keeps processes from abstract names of sockets (Linux 6.12)."""
    return int(ctypes.CDLL(None).syscall(LANDLOCK_CREATE_RULESET, None, 0, VERSION)) >= SCOPES
