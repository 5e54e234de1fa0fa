"""How many files may be open at a time: in the hub and its services, and in what they start for people."""

import resource

BEGUN_WITH, MOST = resource.getrlimit(resource.RLIMIT_NOFILE)
"""What this process was begun with: how many it may have open, and how many it may ask for."""
ENOUGH = 65_536


def wanted(begun_with: int, most: int) -> int:
    """Return how many a hub asks for: enough, or all that it may; never less than it was begun with."""
    if resource.RLIM_INFINITY in {begun_with, most}:
        return begun_with if begun_with == resource.RLIM_INFINITY else max(ENOUGH, begun_with)
    return max(begun_with, min(ENOUGH, most))


def take_enough() -> None:
    """Let this process, and the services that it starts, have many: each open page is a connection, and Linux begins with 1,024.

    What is started for people is begun with what this process was: there are programs that close every number below
    the limit when they start another one.
    """
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted(BEGUN_WITH, MOST), MOST))
