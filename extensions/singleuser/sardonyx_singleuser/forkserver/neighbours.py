"""Puts the code that each start executes side by side in memory, so that a server writes to fewer of the zygote's pages.

Python counts who refers to a function's code each time the function runs, and a write to 16 bytes gives a child a page
of 4 kB of its own. Code is in memory as it was imported: what a start executes, 0.8 MB, is on pages of 5 MB.

Nothing is replaced by something else: each function gets a copy of its own code (`code.replace()`), made one after the
other. What anything but functions and other code refers to stays where it is: it may be known by its identity, as
jinja2 knows what it leaves out of tracebacks.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from gc import get_objects
from types import CodeType, FrameType, FunctionType
from typing import Any, ClassVar


class Neighbours:
    """Code that was executed while it was noted."""

    moved: ClassVar[list[CodeType]] = []
    """Where it was before: were that free, children would fill it with theirs, a page for each."""

    def __init__(self) -> None:
        self._seen: dict[int, CodeType] = {}

    @contextmanager
    def note(self) -> Iterator[None]:
        """Note what this thread executes."""
        seen, before = self._seen, sys.getprofile()

        def see(frame: FrameType, _event: str, _argument: Any) -> None:
            seen[id(frame.f_code)] = frame.f_code

        sys.setprofile(see)
        try:
            yield
        finally:
            sys.setprofile(before)

    def gather(self, own: str) -> int:
        """Copy it to one place; return how many functions have such a copy now.

        Args:
            own: a package whose functions count as executed, all of them.
        """
        functions = [found for found in get_objects() if type(found) is FunctionType]
        for function in functions:
            if (function.__module__ or "").partition(".")[0] == own:
                self._seen[id(function.__code__)] = function.__code__
        seen, self._seen = self._seen, {}
        held = _held(functions, seen.keys())
        # The last one is what nothing but the dictionary refers to, for comparison.
        seen[0] = _held.__code__.replace()
        counts = {key: sys.getrefcount(code) for key, code in seen.items()}
        free = {key for key in seen if counts[key] - counts[0] <= held[key]}
        copies: dict[int, CodeType] = {}
        gathered = 0
        for function in functions:
            code = function.__code__
            copy = _copied(code, free, copies)
            if copy is not code:
                self.moved.append(code)
                function.__code__ = copy
                gathered += 1
        return gathered


def _held(functions: list[FunctionType], wanted: AbstractSet[int]) -> Counter[int]:
    """Return how often functions and the code around it refer to each code.

    Args:
        wanted: of which code this is asked, by its identity.
    """
    held = Counter[int]()
    around: set[int] = set()
    for function in functions:
        left = [function.__code__]
        held.update({id(left[0])} & wanted)
        while left:
            code = left.pop()
            inner = [part for part in code.co_consts if type(part) is CodeType]
            # Most have none: nothing is kept of them.
            if inner and id(code) not in around:
                around.add(id(code))
                held.update(id(part) for part in inner if id(part) in wanted)
                left += inner
    return held


def _copied(code: CodeType, free: set[int], copies: dict[int, CodeType]) -> CodeType:
    """Return a copy of code, or of what is in it, if that may be moved; else the code itself.

    Args:
        free: what may be moved, by its identity.
        copies: those that there are.
    """
    known = copies.get(id(code))
    if known is not None:
        return known
    inner = tuple(_copied(part, free, copies) if type(part) is CodeType else part for part in code.co_consts)
    has_moved = any(new is not old for new, old in zip(inner, code.co_consts, strict=True))
    copies[id(code)] = code
    if id(code) in free:
        copies[id(code)] = code.replace(co_consts=inner) if has_moved else code.replace()
    return copies[id(code)]
