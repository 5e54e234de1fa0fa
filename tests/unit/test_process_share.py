import pytest

from sardonyx_singleuser.sandbox.enter import most_processes


@pytest.mark.parametrize(
    ("soft", "hard", "is_shared", "expected"),
    [
        pytest.param(-1, -1, True, 4096, id="no limit outside"),
        pytest.param(30_000, 30_000, True, 4096, id="much more outside"),
        pytest.param(4096, 30_000, True, 1024, id="the usual of some systems, for all servers together"),
        pytest.param(4096, 30_000, False, 4096, id="the same, for one person alone"),
        pytest.param(400, 400, True, 256, id="enough for a server in any case"),
        pytest.param(100, 100, True, 100, id="never more than may be set"),
    ],
)
def test_a_server_has_a_part_of_what_the_hubs_user_may_have(
    soft: int,
    hard: int,
    is_shared: bool,  # noqa: FBT001 - by name below
    expected: int,
) -> None:
    """One that takes all of its part leaves some to others and to the hub."""
    assert most_processes(4096, soft, hard, is_shared=is_shared) == expected
