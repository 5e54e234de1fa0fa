"""The GPUs of a machine, found with made-up device nodes, and what servers are told of them."""

from pathlib import Path

import pytest
from support.gpus import UUIDS, made_up_amd, made_up_nvidia, make_node

from sardonyx_hub_config.looks.gpus import look_at_gpus
from sardonyx_spawner.local.gpus import Gpu, Sources, find_gpus, gpu_variables
from sardonyx_spawner.profiles import Allowed, Gives, Option, Profile

NVIDIA = (Gpu("nvidia1", "nvidia", "GPU-b", 0, ("nvidia1",)), Gpu("nvidia0", "nvidia", "GPU-a", 1, ("nvidia0",)))
NAMELESS = tuple(Gpu(gpu.name, "nvidia", "", gpu.place, gpu.nodes) for gpu in NVIDIA)
AMD = (Gpu("renderD128", "amd", "GPU-0000000000000abc", 0, ("kfd", "dri/renderD128")),)


def test_a_machine_without_gpus_has_none(tmp_path: Path) -> None:
    """No folder of a driver, no node."""
    assert find_gpus(Sources(tmp_path, tmp_path, tmp_path)) == ()


def test_gpus_of_nvidia_are_found_with_their_nodes(tmp_path: Path) -> None:
    """The driver says which node is which GPU; parts of a divided one go with it, and the right to divide never does."""
    found = find_gpus(made_up_nvidia(tmp_path, parts_of="nvidia0"))

    assert [(gpu.name, gpu.uuid, gpu.place) for gpu in found] == [
        ("nvidia1", UUIDS["nvidia1"], 0), ("nvidia0", UUIDS["nvidia0"], 1),
    ]  # fmt: skip
    assert found[0].nodes == ("nvidiactl", "nvidia-uvm", "nvidia1")
    assert found[1].nodes == ("nvidiactl", "nvidia-uvm", "nvidia0", "nvidia-caps/nvidia-cap9")


def test_a_uuid_that_the_driver_does_not_know_yet_is_none(tmp_path: Path) -> None:
    """It shows question marks until something has used the GPU."""
    where = made_up_nvidia(tmp_path)
    told = where.nvidia / "gpus" / "0000:07:00.0" / "information"
    told.write_text("GPU UUID: GPU-????????-????\nDevice Minor: 1\n")

    assert find_gpus(where)[0].uuid == ""


def test_a_node_that_is_no_device_is_no_gpu(tmp_path: Path) -> None:
    """Neither a file nor a link."""
    where = made_up_nvidia(tmp_path)
    for name in UUIDS:
        (where.dev / name).unlink()
    (where.dev / "nvidia0").write_text("")
    (where.dev / "nvidia1").symlink_to("/dev/null")

    assert find_gpus(where) == ()


def test_nodes_alone_are_enough(tmp_path: Path) -> None:
    """As in a container, which hides what the driver tells."""
    for name in ("nvidia10", "nvidia2", "nvidiactl"):
        make_node(tmp_path / name)

    found = find_gpus(Sources(tmp_path, tmp_path / "no", tmp_path / "no"))

    assert [(gpu.name, gpu.place) for gpu in found] == [("nvidia2", 0), ("nvidia10", 1)]


def test_gpus_of_amd_are_found_with_their_nodes(tmp_path: Path) -> None:
    """The processor in the same list is none."""
    found = find_gpus(made_up_amd(tmp_path))

    assert [(gpu.name, gpu.uuid, gpu.nodes) for gpu in found] == [
        ("renderD128", "GPU-0000000000000abc", ("kfd", "dri/renderD128")), ("renderD129", "", ("kfd", "dri/renderD129")),
    ]  # fmt: skip
    assert "/sys/class/kfd" in found[0].folders


def test_only_those_count_that_the_operator_names(tmp_path: Path) -> None:
    """One may drive a screen."""
    assert [gpu.name for gpu in find_gpus(made_up_nvidia(tmp_path), ["nvidia0"])] == ["nvidia0"]


@pytest.mark.parametrize(
    ("given", "found", "hides", "told"),
    [
        pytest.param(
            NVIDIA[1:], NVIDIA, True, {"CUDA_VISIBLE_DEVICES": "GPU-a", "NVIDIA_VISIBLE_DEVICES": "GPU-a"}, id="by-uuid"
        ),
        pytest.param(
            NAMELESS[1:], NAMELESS, True,
            {"CUDA_VISIBLE_DEVICES": "0", "NVIDIA_VISIBLE_DEVICES": "0", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"},
            id="the-only-one-that-can-be-seen",
        ),
        pytest.param(
            NAMELESS[1:], NAMELESS, False,
            {"CUDA_VISIBLE_DEVICES": "1", "NVIDIA_VISIBLE_DEVICES": "1", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"},
            id="one-of-all-that-can-be-seen",
        ),
        pytest.param((), NVIDIA, False, {"CUDA_VISIBLE_DEVICES": "", "NVIDIA_VISIBLE_DEVICES": "void"}, id="none"),
        pytest.param(
            (), NVIDIA + AMD, True,
            {"ROCR_VISIBLE_DEVICES": "", "CUDA_VISIBLE_DEVICES": "", "NVIDIA_VISIBLE_DEVICES": "void"}, id="none-of-both",
        ),
        pytest.param(AMD, AMD + NVIDIA, True, {"ROCR_VISIBLE_DEVICES": "GPU-0000000000000abc"}, id="amd-reads-both"),
        pytest.param((), (), False, {}, id="no-gpu-here"),
    ],
)  # fmt: skip
def test_a_server_is_told_which_gpus_are_its_own(
    given: tuple[Gpu, ...], found: tuple[Gpu, ...], told: dict[str, str], *, hides: bool
) -> None:
    """A number means another GPU where the others cannot be seen; a UUID never does."""
    assert gpu_variables(given, found, hides_others=hides) == told


def test_the_doctor_names_gpus_and_what_is_wrong_with_them(tmp_path: Path) -> None:
    """A profile that asks for more, a name that is none, a node that nobody can open, a node that is missing."""
    where = made_up_nvidia(tmp_path)
    asks = Option("gpus", "GPUs", maximum=4)
    profiles = [
        Profile("one", "One", gives=Gives(gpus=1)),
        Profile("many", "Many", options=(asks,)),
        Profile("some", "Some", options=(Option("size", "Size", choices=(Allowed("l", "L", gives=Gives(gpus=3)),)),)),
    ]

    assert list(look_at_gpus(profiles[:1], None, where)) == [(False, "2 GPUs: nvidia1, nvidia0")]
    assert [text for is_fault, text in look_at_gpus(profiles, None, where) if is_fault] == [
        "“Many” gives up to 4 GPUs, and a server can have 2 here. Change the profile.",
        "“Some” gives up to 3 GPUs, and a server can have 2 here. Change the profile.",
    ]
    (where.dev / "nvidia0").chmod(0o600)
    (where.dev / "nvidia-uvm").unlink()
    assert [text for is_fault, text in look_at_gpus((), ("nvidia0", "nvidia7"), where) if is_fault] == [
        "there is no nvidia7. Correct 'one_machine.gpus' in the settings.",
        f"servers cannot open {where.dev}/nvidia0. Open it to all: the driver's option is NVreg_DeviceFileMode=0666.",
        f"there is no {where.dev}/nvidia-uvm. At each start of the machine: nvidia-modprobe -u -c 0.",
    ]
    assert list(look_at_gpus([Profile("x", "X")], None, Sources(tmp_path, tmp_path, tmp_path))) == []
