"""The GPUs of a machine: found in what their drivers show, with the device nodes that each of them needs."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["nvidia", "amd"]

NVIDIA_SHARED = ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset")
"""What everybody with a GPU of NVIDIA needs, whichever it is."""
AMD_SHARED = ("kfd",)
AMD_FOLDERS = ("/sys/class/kfd", "/sys/devices/virtual/kfd", "/sys/class/drm", "/sys/dev/char", "/sys/module/amdgpu")
"""Where AMD's libraries learn which GPUs there are."""
NVIDIA_FOLDERS = ("/sys/bus/pci/devices",)


@dataclass(frozen=True)
class Gpu:
    """One GPU.

    Args:
        name: of its own device node, without folders, such as "nvidia0" or "renderD128".
        uuid: by which its libraries know it in every numbering; "" = the driver does not say.
        place: where it stands when the libraries count all GPUs of its kind, from 0 on.
        nodes: its device nodes and those that all of its kind need, below /dev.
        folders: what of /sys its libraries read.
    """

    name: str
    kind: Kind
    uuid: str
    place: int
    nodes: tuple[str, ...]
    folders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sources:
    """Where to look.

    Args:
        nvidia: what the driver of NVIDIA tells.
        amd: one folder for each processor and each GPU that AMD's driver knows.
    """

    dev: Path = Path("/dev")
    nvidia: Path = Path("/proc/driver/nvidia")
    amd: Path = Path("/sys/class/kfd/kfd/topology/nodes")


def find_gpus(sources: Sources | None = None, only: Sequence[str] | None = None) -> tuple[Gpu, ...]:
    """Return the GPUs of this machine that have a device node.

    Args:
        only: names of those that count; None = all.
    """
    where = sources or Sources()
    found = [*_nvidia(where), *_amd(where)]
    return tuple(gpu for gpu in found if only is None or gpu.name in only)


def gpu_variables(given: Sequence[Gpu], found: Sequence[Gpu], *, hides_others: bool) -> dict[str, str]:
    """Return what the libraries of the GPUs read to know which ones to use.

    Both take a GPU's UUID, which means the same GPU whatever can be seen and in whichever order it is counted. A number
    counts those that the process can open, so it is another one where the others are hidden.

    Args:
        found: all GPUs of the machine.
        hides_others: the server can open no other GPU than those given.

    Sources: CUDA Programming Guide, CUDA_VISIBLE_DEVICES ("" hides all); NVIDIA Container Toolkit,
    NVIDIA_VISIBLE_DEVICES ("void" = none); ROCm, "GPU isolation techniques".
    """
    told: dict[str, str] = {}
    named = _named(given, hides_others=hides_others)
    is_amd = any(gpu.kind == "amd" for gpu in given)
    if any(gpu.kind == "amd" for gpu in found):
        told["ROCR_VISIBLE_DEVICES"] = named if is_amd else ""
    # HIP reads CUDA_VISIBLE_DEVICES too: an empty one would hide the GPU of AMD that was given.
    if any(gpu.kind == "nvidia" for gpu in found) and not is_amd:
        told["CUDA_VISIBLE_DEVICES"], told["NVIDIA_VISIBLE_DEVICES"] = named, named or "void"
        if given and not all(gpu.uuid for gpu in given):
            # Else the fastest one would be the first.
            told["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
    return told


def _named(given: Sequence[Gpu], *, hides_others: bool) -> str:
    if all(gpu.uuid for gpu in given):
        return ",".join(gpu.uuid for gpu in given)
    return ",".join(str(number if hides_others else gpu.place) for number, gpu in enumerate(given))


def _nvidia(where: Sources) -> Iterator[Gpu]:
    shared = tuple(name for name in NVIDIA_SHARED if is_device(where.dev / name))
    told = [(folder, _lines(folder / "information", ":")) for folder in sorted(where.nvidia.glob("gpus/*"))]
    # Its number and its place among the others need not be the same.
    numbers = [(folder, lines.get("Device Minor", ""), lines.get("GPU UUID", "")) for folder, lines in told]
    if not told:
        names = sorted(int(path.name[6:]) for path in where.dev.glob("nvidia*") if path.name[6:].isdigit())
        numbers = [(Path(), str(number), "") for number in names]
    for place, (folder, minor, uuid) in enumerate(numbers):
        name = f"nvidia{minor}"
        if minor.isdigit() and is_device(where.dev / name):
            # Until something has used the GPU, the driver shows question marks.
            known = "" if "?" in uuid else uuid
            pci = Path("/sys/bus/pci/devices") / folder.name
            folders = (*NVIDIA_FOLDERS, os.path.realpath(pci)) if folder.name else ()
            yield Gpu(name, "nvidia", known, place, (*shared, name, *_parts(where, minor)), folders)


def _parts(where: Sources, minor: str) -> Iterator[str]:
    """Yield the nodes of the parts into which a GPU is divided (MIG): those of this GPU, and never of another."""
    folder = where.nvidia / "capabilities" / f"gpu{minor}" / "mig"
    for access in sorted([*folder.glob("gi*/access"), *folder.glob("gi*/ci*/access")]):
        node = f"nvidia-caps/nvidia-cap{_lines(access, ':').get('DeviceFileMinor', '')}"
        if is_device(where.dev / node):
            yield node


def _amd(where: Sources) -> Iterator[Gpu]:
    if not is_device(where.dev / "kfd"):
        return
    folders = sorted((path for path in where.amd.glob("*") if path.name.isdigit()), key=lambda path: int(path.name))
    told = [_lines(folder / "properties", None) for folder in folders]
    # A processor is in the list too, and has no node.
    numbers = [(lines["drm_render_minor"], lines.get("unique_id", "0")) for lines in told if _is_gpu(lines)]
    if not folders:
        names = sorted(path.name[7:] for path in where.dev.glob("dri/renderD*"))
        numbers = [(name, "0") for name in names]
    for place, (minor, unique) in enumerate(numbers):
        node = f"dri/renderD{minor}"
        if is_device(where.dev / node):
            uuid = f"GPU-{int(unique):016x}" if unique.isdigit() and int(unique) else ""
            device = os.path.realpath(f"/sys/class/drm/renderD{minor}/device")
            yield Gpu(f"renderD{minor}", "amd", uuid, place, (*AMD_SHARED, node), (*AMD_FOLDERS, device))


def _is_gpu(lines: dict[str, str]) -> bool:
    return lines.get("drm_render_minor", "0") not in {"0", "-1"}


def is_device(path: Path) -> bool:
    """Tell whether a path is a character device, and no link to one."""
    try:
        return stat.S_ISCHR(path.lstat().st_mode)
    except OSError:
        return False


def _lines(path: Path, separator: str | None) -> dict[str, str]:
    try:
        text = path.read_text()
    except OSError:
        return {}
    pairs = [line.split(separator, 1) for line in text.splitlines()]
    return {pair[0].strip(): pair[1].strip() for pair in pairs if len(pair) > 1}
