"""Limits that the file system keeps, on small disks of their own with project quotas; where the kernel has these."""

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.deep import nest
from support.hubs import running_hub
from support.leases import is_leased, leased

from sardonyx_spawner.contract import FIRST_OWNER
from sardonyx_spawner.local.folders import ServerFolders
from sardonyx_spawner.local.home_room import HomeRoom
from sardonyx_spawner.local.owners import Owners, give
from sardonyx_spawner.local.project_quota import find_quotas, project_of

MIB = 1 << 20
MAKE = {"ext4": ["mkfs.ext4", "-q", "-O", "quota,project"], "xfs": ["mkfs.xfs", "-q"]}
WRITE = """
import errno, os, sys
os.setgroups([]); os.setresgid(*[int(sys.argv[1])] * 3); os.setresuid(*[int(sys.argv[1])] * 3)
written = 0
try:
    with open(sys.argv[2], "wb", buffering=0) as file:
        while written < 64 << 20: written += file.write(bytes(1 << 18)); os.fsync(file)
    problem = 0
except OSError as error:
    problem = error.errno
print(problem, written)
"""

LEAVE = """
import ctypes, errno, fcntl, os, struct, sys
os.setgroups([]); os.setresgid(*[int(sys.argv[1])] * 3); os.setresuid(*[int(sys.argv[1])] * 3)
if ctypes.CDLL(None, use_errno=True).unshare(0x10000000) != 0:
    sys.exit("no user namespace")
about = struct.Struct("=5I8x")
home = os.open(sys.argv[2], os.O_RDONLY)
flags, extent, extents, project, copies = about.unpack(fcntl.ioctl(home, 0x801C581F, bytes(28)))
try:
    fcntl.ioctl(home, 0x401C5820, about.pack(flags, extent, extents, 0, copies))
    print("left")
except OSError as error:
    print(errno.errorcode[error.errno])
"""


class Disk:
    """A disk with homes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.homes, self.servers = folder, folder / "homes", folder / "servers"
        for path in (self.homes, self.servers):
            path.mkdir()
        folder.chmod(0o755)
        self.homes.chmod(0o755)
        self.owners = Owners(self.servers)

    def home(self, person: str) -> tuple[Path, int]:
        """Make somebody's home; return it and their number."""
        folders = ServerFolders.of(self.homes, self.servers, person, "", fresh=False)
        folders.prepare()
        owner = self.owners.of(folders.private.parent)
        folders.claim_home(owner)
        return folders.home, owner

    def room(self, most: int | None) -> HomeRoom:
        """Return what a hub has with this setting."""
        return HomeRoom(self.homes, self.servers, self.folder / "uses.json", most)


@pytest.fixture(params=["ext4", "xfs"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    """A disk of 400 MB."""
    if os.geteuid() != 0 or shutil.which(MAKE[request.param][0]) is None:
        pytest.skip(f"only root with {MAKE[request.param][0]} can make such a disk")
    image, folder = tmp_path / "image", tmp_path / "disk"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(400 * MIB)
    subprocess.run([*MAKE[request.param], str(image)], check=True, capture_output=True)
    mounted = subprocess.run(
        ["mount", "-t", request.param, "-o", "loop,prjquota", str(image), str(folder)], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"this kernel mounts no {request.param} with project quotas")
    try:
        for path in tmp_path.parents:
            if path.stat().st_uid == 0 and path.stat().st_mode & 0o1 == 0:
                path.chmod(path.stat().st_mode | 0o1)
        tmp_path.chmod(0o755)
        yield Disk(folder)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def written(file: Path, owner: int) -> tuple[int, int]:
    """Write as a person until it is refused; return the error and the bytes."""
    problem, count = ran(WRITE, owner, file).split()
    return int(problem), int(count)


def ran(code: str, owner: int, path: Path) -> str:
    """Run code that becomes a person; return what it prints."""
    command = ["/usr/bin/python3", "-c", code, str(owner), str(path)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


async def test_a_home_cannot_grow_beyond_its_limit_and_others_are_not_touched(disk: Disk) -> None:
    """What was there before the limit counts, so deep and so hidden as it may be; deleting makes room."""
    (home, owner), (other, other_owner) = disk.home("ann00000"), disk.home("bob00000")
    (home / "old").mkdir()
    (home / "old" / "big").write_bytes(bytes(4 * MIB))
    nest(home)
    os.mkfifo(home / "pipe")
    (home / "link").symlink_to("/etc/passwd")
    give(home / "old" / "big", owner)
    give(home / "old", owner)
    room = disk.room(20 * MIB)

    assert "take" not in await room.claim("ann00000", owner)
    await room.claim("bob00000", other_owner)

    problem, count = written(home / "old" / "new", owner)
    assert problem in {errno.EDQUOT, errno.ENOSPC}
    assert 5 * MIB < count <= 16 * MIB
    use, limit = room.use("ann00000"), room.limit("ann00000")
    assert use is not None
    assert limit is not None
    assert limit.is_kept
    said = await room.claim("ann00000", owner)
    assert said.startswith(("Your files take all of the 20 MB", "Your files take 20 MB of the 20 MB")), said
    # A start leaves a little room, or nobody could start a server to delete something.
    assert 2 * MIB < written(home / "little", owner)[1] <= 4 * MIB
    assert written(other / "mine", other_owner)[1] > 15 * MIB
    for name in ("old/big", "little"):
        (home / name).unlink()
    assert written(home / "again", owner)[1] > 3 * MIB


async def test_a_file_that_a_program_holds_is_left_for_the_next_start(disk: Disk) -> None:
    """To open it would wait for whoever has a lease on it; all the rest counts at once."""
    home, owner = disk.home("grace")
    for name in ("held", "other"):
        (home / name).write_bytes(bytes(MIB))
    quotas, _ = find_quotas(disk.homes)
    assert quotas is not None

    with leased(home / "held", "F_WRLCK"):
        quotas.limit(home, owner, 8 * MIB)
        assert is_leased(home / "held")
    assert (project_of(home), quotas.used(owner) // MIB) == (0, 1)
    quotas.limit(home, owner, 8 * MIB)

    assert (project_of(home), quotas.used(owner) // MIB) == (owner, 2)


async def test_code_in_a_server_cannot_leave_its_project(disk: Disk) -> None:
    """In a user namespace, as every server is, nobody can; the files would not count any more."""
    home, owner = disk.home("ann00000")
    await disk.room(8 * MIB).claim("ann00000", owner)

    said = ran(LEAVE, owner, home)

    assert said in {"EINVAL", "EPERM"}
    assert project_of(home) == owner


async def test_a_limit_that_is_changed_or_taken_away_counts_from_the_next_start_on(disk: Disk) -> None:
    """A home that never had one is left alone."""
    home, owner = disk.home("ann00000")
    await disk.room(8 * MIB).claim("ann00000", owner)
    assert project_of(home) == owner >= FIRST_OWNER
    assert written(home / "one", owner)[1] < 9 * MIB

    await disk.room(16 * MIB).claim("ann00000", owner)
    assert written(home / "two", owner)[0] in {errno.EDQUOT, errno.ENOSPC}
    await disk.room(None).claim("ann00000", owner)

    assert written(home / "three", owner) == (0, 64 * MIB)
    bob, bob_owner = disk.home("bob00000")
    await disk.room(None).claim("bob00000", bob_owner)
    assert project_of(bob) == 0


def test_code_in_a_server_meets_the_limit_of_its_home(disk: Disk, prefix: Path) -> None:
    """Under a real hub; what the person deletes is free again, and the next start warns where nothing was deleted."""
    code = """
import errno, os
written = 0
try:
    with open("fill", "wb", buffering=0) as file:
        while written < 64 << 20:
            written += file.write(bytes(1 << 18))
            os.fsync(file)
except OSError as error:
    print(errno.errorcode[error.errno], written >> 20)
"""
    data = disk.folder / "place"
    data.mkdir()
    with running_hub(data, prefix, "fork", home_limit=20 * MIB) as hub:
        ann = hub.user("ann")
        ann.start(profile="python")
        for _ in range(2):
            problem, written_mib = ann.run(code).split()
            assert problem in {"EDQUOT", "ENOSPC"}
            assert 15 <= int(written_mib) <= 20
            ann.run("import os; os.unlink('fill')")
        ann.run(code)
        ann.stop()

        ann.start(profile="python")

        assert "Your files take " in (ann.private / "progress.jsonl").read_text()
        assert ann.run("import os; os.unlink('fill'); print(os.listdir())").strip()
        ann.stop()


def test_quotas_are_found_by_trying(disk: Disk, tmp_path: Path) -> None:
    """On that disk, and not beside it."""
    found, _ = find_quotas(disk.homes)
    assert found is not None

    none, why = find_quotas(tmp_path)

    assert none is None
    assert why
