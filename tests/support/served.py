"""What an application answers to, by its own table of routes: also what it includes, and what is mounted in it."""

from collections.abc import Iterator, Sequence

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Mount

OF_EVENTS = ("/api/events", "/events", "/take")
"""Below these is what is tried with an event; all else is tried with a class."""


def served(routes: Sequence[BaseRoute], below: str = "") -> list[tuple[str, str]]:
    """Return method and path of all that is answered, in their order.

    Args:
        below: path of the application itself; what is not there stays as it is.
    """
    return sorted((method, path.removeprefix(below)) for method, path in _all(routes))


def is_of_events(route: tuple[str, str]) -> bool:
    """Tell with what a route is tried."""
    return any(route[1] == each or route[1].startswith(f"{each}/") for each in OF_EVENTS)


def _all(routes: Sequence[BaseRoute]) -> Iterator[tuple[str, str]]:
    for route in iter_route_contexts(routes):
        path = route.path or ""
        if isinstance(route.original_route, Mount):
            inner = route.original_route.routes
            # Files, say, have no table: then all of them is one line.
            yield from ((method, f"{path}{each}") for method, each in _all(inner)) if inner else [("*", path)]
        elif route.methods is None:
            yield "*", path
        else:
            yield from ((method, path) for method in route.methods)
