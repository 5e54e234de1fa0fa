"""Who gets which GPU: never one twice, and none lost."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from support.gpus import made_up_nvidia

from sardonyx_spawner.local.gpu_allotment import FILE, GpuAllotment, NoGpuError, choose
from sardonyx_spawner.local.gpus import Gpu
from sardonyx_spawner.local.process import ProcessId, began

TWO = tuple(Gpu(f"nvidia{n}", "nvidia", f"GPU-{n}", n, (f"nvidia{n}",)) for n in range(2))
MIXED = (*TWO[:1], Gpu("renderD128", "amd", "", 0, ("kfd", "dri/renderD128")))


def names(gpus: tuple[Gpu, ...]) -> list[str]:
    """Return their names."""
    return [gpu.name for gpu in gpus]


@pytest.mark.parametrize(
    ("found", "taken", "count", "per_gpu", "chosen"),
    [
        pytest.param((), {}, 0, 1, [], id="none-wanted"),
        pytest.param(TWO, {"nvidia0": 1}, 1, 1, ["nvidia1"], id="the-free-one"),
        pytest.param(TWO, {}, 2, 1, ["nvidia0", "nvidia1"], id="all"),
        pytest.param(TWO, {"nvidia0": 1, "nvidia1": 0}, 1, 4, ["nvidia1"], id="the-one-with-fewer-servers"),
        pytest.param(TWO, {"nvidia0": 1, "nvidia1": 1}, 1, 2, ["nvidia0"], id="shared-because-the-operator-says-so"),
        pytest.param(MIXED, {"nvidia0": 1}, 1, 1, ["renderD128"], id="the-other-kind"),
    ],
)
def test_a_server_gets_gpus_that_nobody_has(
    found: tuple[Gpu, ...], taken: Mapping[str, int], count: int, per_gpu: int, chosen: list[str]
) -> None:
    """Unless the operator lets several servers have the same one."""
    assert names(choose(found, taken, count, per_gpu)) == chosen


@pytest.mark.parametrize(
    ("found", "taken", "count", "has_one", "said"),
    [
        pytest.param((), {}, 1, False, "This machine has no GPU for servers. Choose a server without one.", id="no-gpu"),
        pytest.param(TWO, {}, 3, False, "This machine has 2 GPUs, and you asked for 3. Choose fewer.", id="too-many"),
        pytest.param(MIXED, {}, 2, False, "This machine has 1 GPU, and you asked for 2. Choose fewer.", id="two-kinds"),
        pytest.param(
            TWO, {"nvidia0": 1, "nvidia1": 1}, 1, False,
            "All GPUs are in use: this machine has 2, and you asked for 1. Try again later.", id="all-in-use",
        ),
        pytest.param(
            TWO, {"nvidia0": 1}, 2, True,
            "Only 1 of the 2 GPUs here is free, and you asked for 2. Stop your other server that has one, or try again later.",
            id="own",
        ),
    ],
)  # fmt: skip
def test_who_gets_none_learns_why(
    found: tuple[Gpu, ...], taken: Mapping[str, int], count: int, said: str, *, has_one: bool
) -> None:
    """And what to do."""
    with pytest.raises(NoGpuError) as caught:
        choose(found, taken, count, 1, has_one=has_one)

    assert caught.value.message == said


class Place:
    """A machine with two GPUs, and folders of servers."""

    def __init__(self, folder: Path) -> None:
        self.sources = made_up_nvidia(folder)
        self.servers = folder / "servers"
        self.here = ProcessId(os.getpid(), began(os.getpid()) or 0)

    def hub(self) -> GpuAllotment:
        """Return what a hub has that just started."""
        return GpuAllotment(self.servers, sources=self.sources)

    def server(self, name: str) -> Path:
        """Return somebody's private folder."""
        private = self.servers / name / "default"
        private.mkdir(parents=True, exist_ok=True)
        return private


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The machine."""
    return Place(tmp_path)


async def test_what_runs_keeps_its_gpus_also_for_the_next_hub(place: Place) -> None:
    """Who starts, who runs, and who ended are told apart."""
    hub = place.hub()
    async with hub.given(place.server("ann"), 1) as ann, hub.given(place.server("bob"), 1) as bob:
        assert {*names(ann.gpus), *names(bob.gpus)} == {"nvidia0", "nvidia1"}
        ann.keep(place.here)
    # Bob's start failed.
    for allotment in (hub, place.hub()):
        with pytest.raises(NoGpuError, match="Only 1 of the 2"):
            async with allotment.given(place.server("cleo"), 2):
                pass
        async with allotment.given(place.server("cleo"), 1) as cleo:
            assert names(cleo.gpus) == names(bob.gpus)

    hub.free(place.server("ann"))

    assert not (place.server("ann") / FILE).exists()
    async with hub.given(place.server("cleo"), 2) as cleo:
        assert len(cleo.gpus) == 2


async def test_gpus_of_a_server_that_ended_are_free_whoever_saw_it(place: Place) -> None:
    """Such as one that ended while no hub ran."""
    child = subprocess.Popen(  # noqa: ASYNC220 - a fork, not a wait
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE
    )
    hub = place.hub()
    async with hub.given(place.server("ann"), 2) as ann:
        ann.keep(ProcessId(child.pid, began(child.pid) or 0))
    with pytest.raises(NoGpuError, match="All GPUs are in use"):
        async with hub.given(place.server("bob"), 1):
            pass

    child.communicate()

    for allotment in (hub, place.hub()):
        async with allotment.given(place.server("bob"), 2) as bob:
            assert len(bob.gpus) == 2


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"gpus": 1, "pid": 1, "began": 1}', "\0"])
async def test_a_note_that_cannot_be_read_holds_nothing(place: Place, text: str) -> None:
    """Half a file after a full disk."""
    (place.server("ann") / FILE).write_text(text)

    async with place.hub().given(place.server("bob"), 2) as bob:
        assert len(bob.gpus) == 2


async def test_all_that_the_libraries_need_is_given_once(place: Place) -> None:
    """Nodes that both GPUs need are in the list once."""
    async with place.hub().given(place.server("ann"), 2) as ann:
        assert ann.nodes == ("nvidiactl", "nvidia-uvm", "nvidia1", "nvidia0")
        assert ann.variables(hides_others=True)["CUDA_VISIBLE_DEVICES"].count("GPU-") == 2
