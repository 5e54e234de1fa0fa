"""How many files a hub may have open."""

import resource
import subprocess
import sys

import pytest

from sardonyx_spawner.open_files import ENOUGH, wanted


@pytest.mark.parametrize(
    ("begun_with", "most", "found"),
    [
        pytest.param(1024, 1 << 20, ENOUGH, id="as Linux begins"),
        pytest.param(1024, 4096, 4096, id="no more are given"),
        pytest.param(1 << 20, 1 << 20, 1 << 20, id="more than enough"),
        pytest.param(1024, resource.RLIM_INFINITY, ENOUGH, id="as many as one wants"),
        pytest.param(resource.RLIM_INFINITY, resource.RLIM_INFINITY, resource.RLIM_INFINITY, id="without a limit"),
    ],
)
def test_a_hub_asks_for_enough_and_never_for_less_than_it_has(begun_with: int, most: int, found: int) -> None:
    """A page that is open is a connection."""
    assert wanted(begun_with, most) == found


def test_what_it_asks_for_is_what_it_has() -> None:
    """And what it starts for people has what it was begun with."""
    code = (
        "import resource\nfrom sardonyx_spawner import open_files\nopen_files.take_enough()\n"
        "print(open_files.BEGUN_WITH, *resource.getrlimit(resource.RLIMIT_NOFILE))"
    )

    said = subprocess.check_output(["prlimit", "--nofile=512:2048", sys.executable, "-c", code], text=True)

    assert said == "512 2048 2048\n"
