"""How much memory each process of a server may have, where no control group limits the server."""

from pathlib import Path

import pytest

from sardonyx_spawner.local.cgroup_places import Place
from sardonyx_spawner.local.limits import SET_ASIDE, ServerLimits

GB = 1 << 30


@pytest.mark.parametrize(
    ("controllers", "memory", "expected"),
    [
        pytest.param((), 2 * GB, 2 * GB + SET_ASIDE, id="no groups"),
        pytest.param(("cpu", "pids"), 2 * GB, 2 * GB + SET_ASIDE, id="groups for other things"),
        pytest.param(("memory",), 2 * GB, 0, id="its group limits all of them together"),
        pytest.param((), None, 0, id="the plan says nothing"),
    ],
)
def test_it_is_that_of_the_plan_and_what_programs_set_aside(
    controllers: tuple[str, ...], memory: int | None, expected: int
) -> None:
    """A group is better: it counts what is used, of all processes."""
    places = [Place(Path("/nowhere"), controllers, 2)] if controllers else []

    assert ServerLimits(places, Path("/servers")).of_each_process(memory) == expected
