"""A machine with made-up GPUs: device nodes that are all /dev/null, and what the drivers would tell."""

import os
import stat
from pathlib import Path

import pytest

from sardonyx_spawner.local.gpus import Sources

NULL = os.makedev(1, 3)
UUIDS = {"nvidia0": "GPU-aaaaaaaa-0000", "nvidia1": "GPU-bbbbbbbb-1111"}


def make_node(path: Path, mode: int = 0o666, group: int = 0) -> None:
    """Make a device node; only root can."""
    if os.geteuid() != 0:
        pytest.skip("only root can make device nodes")
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mknod(path, stat.S_IFCHR | mode, NULL)
    os.chown(path, 0, group)
    path.chmod(mode)


def made_up_nvidia(folder: Path, parts_of: str = "") -> Sources:
    """Make two GPUs of NVIDIA, numbered against the order in which they are plugged in.

    Args:
        parts_of: name of the one that is divided.
    """
    where = Sources(folder / "dev", folder / "nvidia", folder / "amd")
    for name in ("nvidiactl", "nvidia-uvm", "nvidia0", "nvidia1", "nvidia-caps/nvidia-cap1", "nvidia-caps/nvidia-cap9"):
        make_node(where.dev / name)
    for slot, name in (("0000:07:00.0", "nvidia1"), ("0000:81:00.0", "nvidia0")):
        told = where.nvidia / "gpus" / slot / "information"
        told.parent.mkdir(parents=True)
        told.write_text(f"Model: \t\t Made Up\nGPU UUID: \t {UUIDS[name]}\nDevice Minor: \t {name[-1]}\n")
    if parts_of:
        access = where.nvidia / "capabilities" / f"gpu{parts_of[-1]}" / "mig" / "gi1" / "access"
        access.parent.mkdir(parents=True)
        access.write_text("DeviceFileMinor: 9\nDeviceFileMode: 292\n")
    return where


def made_up_amd(folder: Path, *, group: int = 0) -> Sources:
    """Make two GPUs of AMD beside a processor; only the first tells its number."""
    where = Sources(folder / "dev", folder / "nvidia", folder / "amd")
    make_node(where.dev / "kfd", 0o660, group)
    for number, minor, unique in ((0, 0, 0), (1, 128, 0xABC), (2, 129, 0)):
        told = where.amd / str(number) / "properties"
        told.parent.mkdir(parents=True)
        told.write_text(f"simd_count 4\ndrm_render_minor {minor}\nunique_id {unique}\n")
        if minor:
            make_node(where.dev / "dri" / f"renderD{minor}", 0o660, group)
    return where
