"""Many servers are stopped beside each other, a few at a time; one that does not stop holds up and keeps no other."""

import asyncio
from collections.abc import Iterable

import pytest
from support.ends import FakeHub

from sardonyx_services.people.web.hub import Server
from sardonyx_services.people.web.live.runs import AT_ONCE
from sardonyx_services.people.web.live.stops import Stops
from sardonyx_spawner.language import _


class SlowHub(FakeHub):
    """Stops a server once as many are being stopped as ever are at once; counts these."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__()
        self.running = dict.fromkeys(names, "running")
        self.profiles = dict.fromkeys(self.running, "class-1")
        self.now, self.most, self.broken, self.is_full = 0, 0, "", asyncio.Event()

    async def stop(self, name: str, why: object, server: str = "") -> None:
        """Stop one; the broken one fails in a way that nobody thought of."""
        self.now += 1
        self.most = max(self.most, self.now)
        if self.now == AT_ONCE:
            self.is_full.set()
        try:
            await asyncio.wait_for(self.is_full.wait(), 5)
            # All others that could begin do so before this one ends.
            await asyncio.sleep(0)
            if name == self.broken:
                raise ValueError("unforeseen")
            await super().stop(name, why, server)  # type: ignore[arg-type]  # as it came
        finally:
            self.now -= 1


async def stop_all(hub: FakeHub, servers: Iterable[Server] | None = None, *, of: tuple[str, ...] = ()) -> None:
    """Stop servers as they are listed, or others."""
    listed = await hub.servers() if servers is None else servers
    await Stops(hub, "Not yet", "Never").stop(listed, _("The class is over."), of=of)  # type: ignore[arg-type]  # as it is


async def test_so_many_are_stopped_at_once_and_no_more() -> None:
    """All of them in the end, with the reason."""
    hub = SlowHub(f"p{number}" for number in range(3 * AT_ONCE))

    await stop_all(hub)

    assert hub.running == {}
    assert hub.most == AT_ONCE
    assert set(hub.stopped.values()) == {"The class is over."}


async def test_what_fails_with_one_is_in_the_log_and_delays_no_other(caplog: pytest.LogCaptureFixture) -> None:
    """A hub that does not answer for it, and whatever nobody thought of."""
    hub = SlowHub(f"p{number}" for number in range(AT_ONCE + 2))
    hub.stuck, hub.broken = {"p1"}, "p2"

    await stop_all(hub)

    assert hub.running.keys() == {"p1", "p2"}
    assert "Not yet: The hub does not answer now." in caplog.text
    assert "Never\n" in caplog.text
    assert "unforeseen" in caplog.text


async def test_what_is_another_server_by_then_goes_on_but_for_whose_stop_all_the_same() -> None:
    """Who has an account of an event alone has nothing after it."""
    hub = FakeHub()
    hub.running, hub.profiles = {"amina": "running", "ada": "running"}, {"amina": "class-1", "ada": "class-1"}
    listed = await hub.servers()
    hub.profiles = {"amina": "python", "ada": "python"}

    await stop_all(hub, listed, of=("ada",))

    assert hub.running == {"amina": "running"}
