"""What a person sees of a start on a cluster while it goes on."""

import asyncio
from contextlib import aclosing
from typing import Any

from sardonyx_spawner.kube.progress import follow
from sardonyx_spawner.kube.tale import Tale
from sardonyx_spawner.kube.waiting import Step


class Start:
    """One that a test lets go on, and what was seen of it."""

    def __init__(self) -> None:
        self.tale, self.seen = Tale(), list[dict[str, Any]]()
        self.before: int | None = None

    async def look(self, events: int) -> None:
        """Look until so many events more were seen."""
        async with aclosing(follow(lambda: self.tale, lambda: None, lambda: self.before)) as found, asyncio.timeout(5):
            while events:
                self.seen.append(await anext(found))
                events -= 1


async def test_who_waits_reads_how_many_are_before_them_and_each_place_once() -> None:
    """As on one machine."""
    start = Start()
    looking = asyncio.create_task(start.look(3))
    for place in (2, 2, 0, None):
        start.before = place
        await asyncio.sleep(0.25)
    start.tale.tell(Step("A place is looked for", "now"))
    await looking

    assert [event["message"] for event in start.seen] == ["2 before you", "You are next", "A place is looked for"]
    assert start.seen[0] == {"progress": 5, "message": "2 before you", "state": "wait"}


async def test_a_new_start_is_told_from_its_beginning() -> None:
    """Whoever listened to an earlier one hears of it."""
    start = Start()
    start.tale.tell(Step("An earlier start", "warn"))
    looking = asyncio.create_task(start.look(2))
    await asyncio.sleep(0.25)
    start.tale = Tale()
    start.tale.tell(Step("A place is looked for", "now"))
    await looking

    assert [event["message"] for event in start.seen] == ["An earlier start", "A place is looked for"]
