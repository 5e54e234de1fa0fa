"""What kernels have imported when they begin is what the operator says, else what is usual."""

from pathlib import Path

import pytest

from sardonyx_singleuser.kernels.warm import LIBRARIES, libraries
from sardonyx_spawner.local.fork_client import ForkServer


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param({}, LIBRARIES, id="nobody says"),
        pytest.param({"SARDONYX_PREIMPORT": ""}, (), id="nothing"),
        pytest.param({"SARDONYX_PREIMPORT": "scipy, numpy"}, ("scipy", "numpy"), id="these"),
    ],
)
def test_libraries_are_those_that_are_named(variables: dict[str, str], expected: tuple[str, ...]) -> None:
    """An image says it in the same variable."""
    assert libraries(variables) == expected


def test_other_libraries_have_another_fork_server(tmp_path: Path) -> None:
    """So a change of the settings counts from the next start on; servers of before go on beside it."""
    prefix = tmp_path / "environment"
    usual, none, some = (ForkServer.of(tmp_path, prefix, 1, wanted).folder for wanted in (None, (), ("numpy", "scipy")))

    assert len({usual, none, some}) == 3
    assert ForkServer.of(tmp_path, prefix, 1, ("numpy", "scipy")).folder == some
