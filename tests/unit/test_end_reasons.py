"""Why a server ended, in words."""

import pytest

from sardonyx_spawner.ends import why_moved
from sardonyx_spawner.local.reasons import part_ended, why_ended, why_ended_while_starting

GIB = 1 << 30


@pytest.mark.parametrize(
    ("code", "memory", "killed", "said"),
    [
        pytest.param(-9, 2 * GIB, 1, "It used more than its 2 GB of memory.", id="for-memory"),
        pytest.param(None, 2 * GIB, 1, "It used more than its 2 GB of memory.", id="for-memory-unwatched"),
        pytest.param(-9, None, 1, "It used more memory than it may.", id="limit-unknown"),
        pytest.param(-9, 2 * GIB, 0, "It was ended from outside, most often because the machine had no memory left.", id="outside"),
        pytest.param(
            0, 2 * GIB, 3,
            "It ended by itself. Before that, a part of it was ended: it used more than its 2 GB of memory.",
            id="later",
        ),
        pytest.param(0, 2 * GIB, 0, "It ended by itself.", id="by-itself"),
        pytest.param(None, None, 0, "It ended while nobody watched.", id="unwatched"),
    ],
)  # fmt: skip
def test_a_server_that_ended_says_why(code: int | None, memory: int | None, killed: int, said: str) -> None:
    """What it used too much of comes first."""
    assert why_ended(code, memory, killed) == said


@pytest.mark.parametrize(
    ("address", "wanted", "said"),
    [
        pytest.param("/user/ann/", "/user/ann/", None, id="where-it-was"),
        pytest.param(
            "/user/ann/", "/datalab/user/ann/", "The address of this place was changed.", id="under-a-path-now"
        ),
        pytest.param("/user/ann/", "", None, id="not-known"),
    ],
)
def test_a_server_that_nobody_can_reach_any_more_says_so(address: str, wanted: str, said: str | None) -> None:
    """Its own addresses were made at its start."""
    assert why_moved(address, wanted) == said


def test_a_server_that_is_too_small_to_start_says_so() -> None:
    """Whatever stands in its log."""
    said = why_ended_while_starting(b"ImportError", 64 << 20, 1)

    assert said == "Your server ended while it started. It used more than its 64 MB of memory. Choose a larger one."


def test_a_kernel_that_was_ended_is_explained_in_the_log() -> None:
    """The server goes on."""
    assert (
        part_ended(GIB)
        == "Something in this server, such as a kernel, was ended: it used more than its 1 GB of memory."
    )
