"""The queue in which a class waits for its starts."""

import asyncio

import pytest

from sardonyx_spawner.queue import StartQueue, Ticket, say_place, say_place_of


class Class:
    """Students that start, and a teacher who lets each start end; the servers of one student begin with the same letter."""

    def __init__(self, at_once: int, longest_s: float = 60) -> None:
        self.queue = StartQueue(at_once, longest_s)
        self.started: list[str] = []
        self.ends: dict[str, asyncio.Event] = {}
        self.tickets: dict[str, Ticket] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def press(self, *names: str) -> None:
        """Let students press the button, one after the other."""
        for name in names:
            self.ends[name], self.tickets[name] = asyncio.Event(), Ticket()
            self.tasks[name] = asyncio.create_task(self._start(name))
            await asyncio.sleep(0)

    async def end(self, name: str) -> None:
        """Let a start end."""
        self.ends[name].set()
        await self.tasks[name]
        await asyncio.sleep(0)

    def places(self, *names: str) -> list[int | None]:
        """Return how many are before each."""
        return [self.queue.before(self.tickets[name]) for name in names]

    async def _start(self, name: str) -> None:
        async with self.queue.turn(self.tickets[name], name[0]):
            self.started.append(name)
            await self.ends[name].wait()


async def test_a_few_start_at_once_and_the_others_in_order() -> None:
    """First come, first served."""
    school = Class(at_once=2)
    await school.press("a", "b", "c", "d", "e")
    assert school.started == ["a", "b"]

    await school.end("b")
    await school.end("a")

    assert school.started == ["a", "b", "c", "d"]


async def test_each_knows_how_many_are_before() -> None:
    """And the number only goes down."""
    school = Class(at_once=1)
    await school.press("a", "b", "c", "d")
    assert school.places("a", "b", "c", "d") == [None, 0, 1, 2]
    assert [school.queue.say_of(school.tickets[name]) for name in "abc"] == ["", "It is next", "1 start is before it"]

    await school.end("a")

    assert school.places("b", "c", "d") == [None, 0, 1]


async def test_who_starts_many_servers_lets_the_others_go_between() -> None:
    """Everybody has one start in each round, whoever came first; in a round it is who came first."""
    school = Class(at_once=1)
    await school.press("a1", "a2", "a3", "a4", "b1", "c1", "b2")
    assert school.places("b1", "c1", "a2", "b2", "a3", "a4") == [0, 1, 2, 3, 4, 5]

    for name in ("a1", "b1"):
        await school.end(name)
    assert school.places("a2", "b2", "a3", "a4") == [0, 1, 2, 3]
    # It joins the round that is under way, and those who have had their start in it are behind.
    await school.press("d1")
    assert school.places("d1", "a2", "b2", "a3", "a4") == [0, 1, 2, 3, 4]
    for name in ("c1", "d1", "a2", "b2", "a3", "a4"):
        await school.end(name)

    assert school.started == ["a1", "b1", "c1", "d1", "a2", "b2", "a3", "a4"]


async def test_what_somebody_started_and_gave_up_does_not_put_them_back() -> None:
    """Only what waits or goes on counts."""
    school = Class(at_once=1)
    await school.press("a1", "b1", "b2", "b3")
    for name in ("b1", "b2", "b3"):
        school.tasks[name].cancel()
    await asyncio.wait({school.tasks[name] for name in ("b1", "b2", "b3")})
    await school.press("b4", "c1")

    assert school.places("b4", "c1") == [0, 1]


@pytest.mark.parametrize(("leaver", "places"), [("b", [0, 1]), ("c", [0, 1]), ("d", [0, 1])])
async def test_who_stops_waiting_makes_room(leaver: str, places: list[int]) -> None:
    """Everybody behind moves up, and nobody is forgotten."""
    school = Class(at_once=1)
    await school.press("a", "b", "c", "d")
    school.tasks[leaver].cancel()
    await asyncio.wait({school.tasks[leaver]})
    rest = [name for name in ("b", "c", "d") if name != leaver]
    assert school.places(*rest) == places

    for name in ("a", *rest):
        await school.end(name)

    assert school.started == ["a", *rest]


async def test_who_is_called_and_stops_at_the_same_moment_passes_the_turn_on() -> None:
    """A turn that nobody takes would be lost for all."""
    school = Class(at_once=1)
    await school.press("a", "b", "c")
    school.ends["a"].set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    school.tasks["b"].cancel()
    await asyncio.wait({school.tasks["b"]})
    await asyncio.sleep(0)

    await school.end("c")

    assert "c" in school.started


async def test_a_start_that_fails_lets_the_next_one_in() -> None:
    """Whatever went wrong."""
    queue = StartQueue(1)
    with pytest.raises(RuntimeError, match="the disk is full"):
        async with queue.turn(Ticket(), "a"):
            raise RuntimeError("the disk is full")

    async with asyncio.timeout(1), queue.turn(Ticket(), "a"):
        assert queue.before(Ticket()) is None


async def test_a_start_that_waits_for_something_else_lets_the_next_one_in() -> None:
    """A slow repository of one must not hold up a class; and its end does not let in one more."""
    school = Class(at_once=1, longest_s=0.05)
    await school.press("a", "b", "c")

    await asyncio.sleep(0.08)
    assert school.started == ["a", "b"]
    await school.end("a")

    assert school.started == ["a", "b"]


def test_a_place_is_said_in_words() -> None:
    """As somebody in a line would."""
    assert [say_place(n) for n in (0, 1, 12)] == ["You are next", "1 before you", "12 before you"]
    others = [say_place_of(n) for n in (0, 1, 12)]
    assert others == ["It is next", "1 start is before it", "12 starts are before it"]
