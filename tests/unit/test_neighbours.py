"""Code that was executed, copied to one place: functions do what they did, and what is known by its identity stays."""

import asyncio
import gc
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jinja2 import utils

from sardonyx_singleuser.forkserver.neighbours import Neighbours

PAGE = 4096
NOBODYS = "package_of_nobody"


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """Leave nothing of one test for the next."""
    yield
    Neighbours.moved.clear()


def _place(function: Callable[..., Any]) -> int:
    """Return where a function's code is; whoever kept the code itself would keep it from being moved."""
    return id(function.__code__)


def _gather(function: Callable[..., Any], *arguments: Any, own: str = NOBODYS) -> Any:
    """Note what a function executes, gather that, and return what the function returned."""
    neighbours = Neighbours()
    with neighbours.note():
        found = function(*arguments)
    neighbours.gather(own)
    return found


def test_a_function_that_was_executed_does_the_same_from_another_place() -> None:
    """Defaults, names from around, and what else belongs to a function rather than to its code."""
    step = 10

    def add(number: int, more: int = 1) -> int:
        return number + more + step

    before = _place(add)
    assert _gather(add, 1) == 12
    assert _place(add) != before
    assert [code for code in Neighbours.moved if id(code) == before] == [add.__code__]
    step = 20
    assert add(1) == 22
    assert add.__name__ == "add"


def test_generators_and_coroutines_work_as_before() -> None:
    """Also one that is in the middle of its work meanwhile: what runs stays."""

    def count() -> Iterator[int]:
        yield 1
        yield 2

    async def wait() -> str:
        await asyncio.sleep(0)
        return "waited"

    begun = count()
    assert next(begun) == 1
    before = _place(count)
    assert _gather(lambda: list(count())) == [1, 2]
    assert _place(count) == before
    assert list(begun) == [2]
    del begun
    assert _gather(lambda: list(count())) == [1, 2]
    assert _place(count) != before
    assert list(count()) == [1, 2]
    before = _place(wait)
    assert _gather(lambda: asyncio.run(wait())) == "waited"
    assert _place(wait) != before
    assert asyncio.run(wait()) == "waited"


def test_a_function_in_a_function_has_one_code_wherever_it_is() -> None:
    """Those that there are and those that are made later have the same."""

    def outer(number: int) -> Callable[[], int]:
        def inner() -> int:
            return number

        return inner

    made = outer(1)
    before = _place(made)
    assert _gather(lambda: outer(2)() + made()) == 3
    assert _place(made) != before
    assert outer(3).__code__ is made.__code__
    assert (made(), outer(3)()) == (1, 3)


def test_what_was_not_executed_stays() -> None:
    """So does all of it when nothing was noted."""

    def used() -> None: ...

    def unused() -> None: ...

    before = _place(used), _place(unused)
    _gather(used)
    assert _place(used) != before[0]
    assert _place(unused) == before[1]
    assert Neighbours().gather(NOBODYS) == 0


def test_functions_of_an_own_package_count_as_executed() -> None:
    """They are what a child executes before its server begins."""
    names: dict[str, Any] = {"__name__": "own_package_of_a_test.part"}
    exec("def f():\n    return 1", names)  # noqa: S102 - a module of the test
    before = _place(names["f"])
    Neighbours().gather(NOBODYS)
    assert _place(names["f"]) == before
    Neighbours().gather("own_package_of_a_test")
    assert _place(names["f"]) != before
    assert names["f"]() == 1


@pytest.mark.parametrize("hold", [lambda code: {code}, lambda code: [code], lambda code: {1: code}])
def test_code_that_something_else_knows_stays(hold: Callable[[types.CodeType], Any]) -> None:
    """By its identity it would not be known at another place."""

    def known() -> int:
        return 1

    held, before = hold(known.__code__), _place(known)
    assert _gather(known) == 1
    assert held
    assert _place(known) == before


def test_jinja2_knows_its_own_functions() -> None:
    """It leaves them out of tracebacks by their code."""
    known = {id(code) for code in utils.internal_code}
    functions = [found for found in gc.get_objects() if type(found) is types.FunctionType]
    internal = [function for function in functions if _place(function) in known]
    assert internal
    assert Neighbours().gather("jinja2") > 0
    assert all(_place(function) in known for function in internal)


def test_what_was_executed_is_on_fewer_pages() -> None:
    """One function in sixteen, as they come from a file; the others are not in between any more."""
    names: dict[str, Any] = {}
    text = "".join(f"def f{number}(a):\n    return [a + {number}] * {number}\n" for number in range(4000))
    exec(text, names)  # noqa: S102 - a module of the test
    used = [names[f"f{number}"] for number in range(0, 4000, 16)]

    def pages() -> int:
        return len({_place(function) // PAGE for function in used})

    before = pages()
    _gather(lambda: [function(1) for function in used])
    assert pages() * 3 < before
    assert all(function(1) == [1 + number] * number for number, function in zip(range(0, 4000, 16), used, strict=True))
