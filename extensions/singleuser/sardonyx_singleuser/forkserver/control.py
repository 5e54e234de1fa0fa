"""What a zygote and its supervisor say to each other, through a socket that only they have.

In a module of its own: the supervisor lives as long as there are servers, and needs nothing of what a zygote imports.
"""

ZYGOTE = "sardonyx_singleuser.forkserver.zygote"
"""What the supervisor starts."""
COLD = "cold"
"""A zygote that is told so imports nothing."""
CONTROL = 3
"""The supervisor's socket has this number in the zygote."""
READY = b"ready"
FAILED = b"failed "
MADE = b"made "
MOST_SAID = 1000
"""So long is a problem that a zygote says, in bytes."""
