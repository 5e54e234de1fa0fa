"""Why a trial of a sandbox failed: for good, because this machine forbids it, or only now."""

import errno
from collections.abc import Sequence
from dataclasses import dataclass

PASSING = frozenset({
    errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EDQUOT, errno.EINTR, errno.EBUSY,
    errno.EIO, errno.ENOBUFS, errno.ETIMEDOUT,
})  # fmt: skip
"""What the machine had too little of; the next trial may find it."""


@dataclass(frozen=True)
class Obstacle:
    """What was in the way.

    Args:
        code: as in errno; 0 = none was told.
    """

    text: str
    code: int = 0

    @classmethod
    def of(cls, error: OSError) -> "Obstacle":
        """Return the one that an error tells of."""
        return cls(str(error), error.errno or 0)

    def passes(self, most_namespaces: Sequence[int]) -> bool:
        """Tell whether it may be gone at the next trial.

        Args:
            most_namespaces: how many of each kind this machine allows; 0 forbids them, and is told as ENOSPC, too.
        """
        return self.code in PASSING and not (self.code == errno.ENOSPC and 0 in most_namespaces)


ENDED = Obstacle("the trial was ended before it said anything", errno.EAGAIN)
"""Such as by the system, for want of memory: nothing was forbidden."""
