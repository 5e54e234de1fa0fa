"""What a server tells its person of memory and time, by its own control groups and its plan."""

from pathlib import Path

import pytest

from sardonyx_singleuser.resources import Meter, memory_used, programs_killed


def put(folder: Path, files: dict[str, str]) -> None:
    """Make a look-alike of control groups."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


V1 = {
    "memory/memory.usage_in_bytes": "1000\n",
    "memory/memory.stat": "cache 700\ntotal_inactive_file 600\n",
    "memory/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
}
V2 = {
    "memory.current": "1000\n",
    "memory.stat": "anon 400\ninactive_file 100\n",
    "memory.events": "low 0\noom 1\noom_kill 1\n",
}


@pytest.mark.parametrize(
    ("files", "used", "killed"),
    [
        pytest.param(V1, 400, 2, id="v1"),
        pytest.param(V2, 900, 1, id="v2"),
        pytest.param({f"unified/{name}": text for name, text in V2.items()}, 900, 1, id="both"),
        pytest.param({}, None, 0, id="none"),
        pytest.param({**V2, "memory.current": "max\n"}, None, 1, id="garbage"),
        pytest.param({**V1, "memory/memory.stat": "total_inactive_file 5000\n"}, 0, 2, id="more cache than use"),
    ],
)
def test_memory_is_what_cannot_be_given_back(
    tmp_path: Path, files: dict[str, str], used: int | None, killed: int
) -> None:
    """On both versions of control groups; where there are none, nothing is said."""
    put(tmp_path, files)

    assert memory_used(tmp_path) == used
    assert programs_killed(tmp_path) == killed


def test_limits_are_those_that_jupyterhub_names(tmp_path: Path) -> None:
    """Whatever else stands there is no limit."""
    found = Meter({"MEM_LIMIT": "2147483648", "CPU_LIMIT": "1.5"}, tmp_path).read()
    none = Meter({"MEM_LIMIT": "2G", "CPU_LIMIT": "some"}, tmp_path).read()

    assert (found.memory_limit, found.cpu_limit) == (2 << 30, 1.5)
    assert (none.memory_limit, none.cpu_limit) == (None, None)
