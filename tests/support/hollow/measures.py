"""What many servers cost a hub, measured on hollow nodes: starts, rest, pages, a restart, and stops."""

import statistics
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

import httpx
from support.hollow.crowd import Crowd, Times
from support.hollow.hubs import PER_PAGE, NodeHub
from support.waiting import soon

AT_ONCE = 64
"""How many want to start at a time where it is no burst."""
LOOKS = 5
SETTLED_S = 10
"""What starts have read to its end is written down a moment after them."""
ALL_KNOWN_S = 300.0
WATCHES = ("list", "watch")
"""What is asked for all servers together, not for one."""


@dataclass(frozen=True)
class Size:
    """How much is measured.

    Args:
        people: in the hub's database.
        burst: so many start in one moment.
        servers: so many run in the end.
        rest_s: for so long nobody does anything.
    """

    people: int
    burst: int
    servers: int
    rest_s: int


@dataclass(frozen=True)
class Measures:
    """What was found; CPU and memory are those of the hub's own process.

    Args:
        burst: the starts in one moment.
        growth: the starts after them.
        ends: the stops of all.
        cpu_per_start_s: of a burst.
        cpu_per_stop_s: at the end.
        cpu_at_rest: cores.
        memory_mb: with no server, after the burst, and with all.
        asked_per_start: of the API server, for one server.
        asked_at_rest: of the API server, in a minute.
        pages_s: the home page, the administrators' page, and the list of everybody.
        restart_s: until the hub answers, with all servers.
        known_s: until it has found all of them.
    """

    burst: Times
    growth: Times
    ends: Times
    cpu_per_start_s: float
    cpu_per_stop_s: float
    cpu_at_rest: float
    memory_mb: tuple[float, float, float]
    asked_per_start: float
    asked_at_rest: float
    pages_s: tuple[float, float, float]
    restart_s: float
    known_s: float


def measure(hub: NodeHub, size: Size, said: Callable[[str], None] = lambda _text: None) -> Measures:
    """Let a hub work, and look at it.

    Args:
        said: hears how far it is.
    """
    names = [f"person{number}" for number in range(size.people)]
    hub.add_people(["admin", *names])
    # Adding them takes memory of its own, which nobody needs later.
    hub.stop_hub()
    hub.start_hub()
    crowd, running = Crowd(hub.url), names[: size.servers]
    empty, at, began = hub.memory_mb(), hub.audit_bytes(), hub.cpu_s()
    burst = crowd.start(running[: size.burst], size.burst)
    per_start, some = (hub.cpu_s() - began) / size.burst, hub.memory_mb()
    asked = sum(count for what, count in hub.asked(at).items() if not what.startswith(WATCHES)) / size.burst
    said(
        f"{hub.kind}: burst of {size.burst} in {burst.taken_s:.0f} s, CPU {per_start:.3f} s each, {dict(hub.asked(at))}"
    )
    growth = crowd.start(running[size.burst :], AT_ONCE)
    full = hub.memory_mb()
    failed = [*burst.failed, *growth.failed]
    said(
        f"{hub.kind}: {len(growth.seconds)} more in {growth.taken_s:.0f} s, {full:.0f} MB, {len(failed)} failed {failed[:3]}"
    )
    time.sleep(SETTLED_S)
    at, began = hub.audit_bytes(), hub.cpu_s()
    time.sleep(size.rest_s)
    at_rest, asked_at_rest = (hub.cpu_s() - began) / size.rest_s, hub.asked(at)
    said(f"{hub.kind}: at rest {at_rest:.3f} cores, {dict(asked_at_rest)}")
    pages = _pages(hub, size)
    hub.stop_hub()
    restart_s, known_s = hub.start_hub(), soon(lambda: len(hub.servers()) == size.servers, ALL_KNOWN_S)
    said(f"{hub.kind}: pages {pages}, restart {restart_s:.1f} s, all known {known_s:.1f} s later")
    began = hub.cpu_s()
    ends = crowd.stop(running, AT_ONCE)
    per_stop = (hub.cpu_s() - began) / size.servers
    said(f"{hub.kind}: all stopped in {ends.taken_s:.0f} s, CPU {per_stop:.3f} s each")
    return Measures(
        burst=burst,
        growth=growth,
        ends=ends,
        cpu_per_start_s=per_start,
        cpu_per_stop_s=per_stop,
        cpu_at_rest=at_rest,
        memory_mb=(empty, some, full),
        asked_per_start=asked,
        asked_at_rest=sum(asked_at_rest.values()) * 60 / size.rest_s,
        pages_s=pages,
        restart_s=restart_s,
        known_s=restart_s + known_s,
    )


def _pages(hub: NodeHub, size: Size) -> tuple[float, float, float]:
    with closing(hub.signed_in("admin")) as browser:
        home = _median(lambda: browser.get(f"{hub.url}/hub/home"))
        # The page itself is empty: what it shows first is asked for by it.
        first = {"include_stopped_servers": "1", "offset": "0", "limit": "50"}
        page = _median(lambda: browser.get(f"{hub.url}/hub/admin"))
        shown = _median(lambda: hub.client.get(f"{hub.url}/hub/api/users", params=first))
    everybody = statistics.median(_taken(lambda: _everybody(hub, size.people)) for _time in range(LOOKS))
    return home, page + shown, everybody


def _everybody(hub: NodeHub, people: int) -> None:
    found = 0
    for offset in range(0, people + 1, PER_PAGE):
        found += len(hub.api("GET", f"users?offset={offset}&limit={PER_PAGE}"))
    assert found == people + 1, found


def _median(do: Callable[[], httpx.Response]) -> float:
    def once() -> None:
        assert do().status_code == 200

    return statistics.median(_taken(once) for _time in range(LOOKS))


def _taken(do: Callable[[], None]) -> float:
    began = time.monotonic()
    do()
    return time.monotonic() - began
