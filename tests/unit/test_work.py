"""Work that nobody looks at is use, and a page that was left open is not."""

import os
from pathlib import Path

import pytest

from sardonyx_singleuser.work import Work, used_by_own_processes


class Place:
    """A server whose clock, kernels and processors are numbers."""

    def __init__(self) -> None:
        self.now, self.used, self.told = 1000.0, 0.0, 0
        self.states: list[str] = []
        self.sees_others = False
        self.work = Work(lambda: self.states, self.tell, self.used_until_now, lambda: self.now)

    def used_until_now(self) -> float | None:
        """Return the processor time, where it can be told apart."""
        return None if self.sees_others else self.used

    def tell(self) -> None:
        """Count."""
        self.told += 1

    def minute(self, used: float) -> int:
        """Let a minute go by in which so much processor time was used; return how often work was told of by then."""
        self.now += 60
        self.used += used
        self.work.look()
        return self.told


@pytest.fixture
def place() -> Place:
    """A server that has been looked at once."""
    found = Place()
    found.work.look()
    return found


def test_a_busy_kernel_is_work_however_silent(place: Place) -> None:
    """And an idle one is not."""
    place.states = ["idle", "busy"]
    assert place.minute(0) == 1

    place.states = ["idle"]
    assert place.minute(0) == 1


def test_a_job_in_a_terminal_is_work_by_what_it_uses(place: Place) -> None:
    """A tenth of one processor; a page that was left open uses less."""
    assert place.minute(59) == 1
    assert place.minute(1) == 1
    assert place.minute(7) == 2


def test_a_first_look_knows_nothing_yet() -> None:
    """A start uses much."""
    found = Place()
    found.used = 100

    found.work.look()

    assert found.told == 0


def test_where_others_are_seen_only_kernels_count(place: Place) -> None:
    """Their work is not this server's."""
    place.sees_others = True

    assert place.minute(60) == 0
    place.states = ["busy"]
    assert place.minute(0) == 1


def test_processor_time_is_that_of_all_processes_seen(tmp_path: Path) -> None:
    """Whatever they are called; one that ends meanwhile is left out."""
    tick = os.sysconf("SC_CLK_TCK")
    fields = f"S 0 0 0 0 -1 0 0 0 0 0 {3 * tick} {2 * tick} 0"
    for name, text in {
        "1": f"1 (a) b c) {fields}",
        "23": f"23 (x) {fields}",
        "24": "",
        "self": f"9 (x) {fields}",
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "stat").write_text(text)

    assert used_by_own_processes(tmp_path) == 10
    assert used_by_own_processes(tmp_path / "nothing") is None
