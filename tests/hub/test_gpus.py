"""Made-up GPUs in servers: their own can be opened, and nobody else's; not tried with real ones."""

import json
import os
import signal
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest
from support.everybody import ORDINARY
from support.gpus import UUIDS, made_up_amd, made_up_nvidia

GROUP = 1_900_000_900
TRY = """
import errno, json, os, stat
def tried(action):
    try:
        action()
        return "worked"
    except OSError as error:
        return errno.errorcode[error.errno]
def use(path):
    descriptor = os.open(path, os.O_RDWR)
    os.write(descriptor, b"x")
    os.close(descriptor)
found = {path: tried(lambda: use(path)) for path in %s}
made = [
    tried(lambda: os.mknod(f"{folder}/mine-{kind}", kind | 0o666, os.makedev(1, 3)))
    for folder in ("/tmp", "/dev/shm", os.path.expanduser("~"), "/dev") for kind in (stat.S_IFCHR, stat.S_IFBLK)
]
print(json.dumps([found, made, sorted(os.listdir("/dev"))]))
"""


@pytest.mark.usefixtures("_nodes_can_be_reached")
def test_a_server_opens_its_own_gpu_and_can_neither_open_nor_make_another(forks: Any, tmp_path: Path) -> None:
    """On both levels: what was not given is not there, and device nodes cannot be made."""
    where = made_up_nvidia(tmp_path)
    own, others = ["/dev/nvidiactl", "/dev/nvidia1"], ["/dev/nvidia0", "/dev/nvidia-uvm", str(where.dev / "nvidia0")]

    server = forks.start("gus", dev=str(where.dev), devices=["nvidiactl", "nvidia1"])

    assert server.is_ready, server.log.read_text()
    found, made, there = json.loads(server.run(TRY % [*own, *others]))
    assert [found[path] for path in own] == ["worked"] * 2
    assert {found[path] for path in others} == {"ENOENT"}
    assert set(made) <= {"EPERM", "EROFS", "EACCES"}
    assert [name for name in there if "nvidia" in name] == ["nvidia1", "nvidiactl"]
    os.kill(server.pid, signal.SIGKILL)


@pytest.mark.usefixtures("_nodes_can_be_reached")
def test_a_server_without_a_gpu_sees_none(forks: Any) -> None:
    """Only what every program needs is in /dev."""
    server = forks.start("nogpu")

    assert server.is_ready, server.log.read_text()
    _, _, there = json.loads(server.run(TRY % []))
    assert set(there) == {
        "fd", "full", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom", "zero",
    }  # fmt: skip
    os.kill(server.pid, signal.SIGKILL)


@pytest.mark.usefixtures("_nodes_can_be_reached")
def test_nodes_of_a_group_are_opened_by_joining_it_where_the_hub_is_root(forks: Any, tmp_path: Path) -> None:
    """As those of AMD; an ordinary hub has the groups that it has, and says which node cannot be opened."""
    where = made_up_amd(tmp_path, group=GROUP)

    server = forks.start("gina", dev=str(where.dev), devices=["kfd", "dri/renderD129"])

    if not forks.is_root:
        assert not server.is_ready
        assert f"/dev/kfd cannot be opened by user {ORDINARY}" in server.said[-1]["error"]
        return
    assert server.is_ready, server.log.read_text()
    found, _, _ = json.loads(server.run(TRY % ["/dev/kfd", "/dev/dri/renderD129", "/dev/dri/renderD128"]))
    assert list(found.values()) == ["worked", "worked", "ENOENT"]
    os.kill(server.pid, signal.SIGKILL)


@pytest.mark.usefixtures("_nodes_can_be_reached")
def test_the_group_of_root_is_never_joined(forks: Any, tmp_path: Path) -> None:
    """A node that only root and its group can open is said to be closed."""
    where = made_up_amd(tmp_path, group=0)

    server = forks.start("rita", dev=str(where.dev), devices=["kfd"])

    assert not server.is_ready
    assert "/dev/kfd cannot be opened" in server.said[-1]["error"]


def test_what_is_no_device_is_not_shown_as_one(forks: Any, tmp_path: Path) -> None:
    """Such as a file or a link that lies where a node should be."""
    (tmp_path / "nvidia0").write_text("")
    tmp_path.chmod(0o755)

    server = forks.start("fred", dev=str(tmp_path), devices=["nvidia0"])

    assert not server.is_ready
    assert "is no character device" in server.said[-1]["error"] or "Permission denied" in server.said[-1]["error"]


def test_each_server_has_a_gpu_of_its_own_also_after_a_crash_of_the_hub(hub: Any) -> None:
    """The third person is told; what ends is free again."""
    made_up_nvidia(hub.data)
    users = [hub.user(name) for name in ("gpu-one", "gpu-two", "gpu-three")]
    one, two, three = users
    code = "import os; print(os.environ['CUDA_VISIBLE_DEVICES'], os.environ['NVIDIA_VISIBLE_DEVICES'])"
    for user in (one, two):
        assert user.start(profile="gpu").status_code in {201, 202}
    told = [user.run(code).split() for user in (one, two)]
    assert sorted(told) == [[uuid, uuid] for uuid in sorted(UUIDS.values())]
    said = "All GPUs are in use: this machine has 2, and you asked for 1. Try again later."
    assert refused(three) == said
    without = hub.user("gpu-none")
    without.start(profile="python")
    assert without.run(f"{code.replace('print(', 'print([').rstrip(')')}])").strip() == "['', 'void']"
    without.stop()

    hub.end(signal.SIGKILL)
    hub.start()
    assert refused(three) == said

    one.stop()
    assert not (one.private / "gpus").exists()
    three.start(profile="gpu")
    assert three.run(code).split() == told[0]
    os.kill(two.pid, signal.SIGKILL)
    two.wait(lambda server: not server)
    one.start(profile="gpu")
    assert one.run(code).split() == told[1]
    for user in (one, three):
        user.stop()


def refused(user: Any) -> str:
    """Start a server that cannot have a GPU; return what the person is told."""
    answer = user.hub.call("POST", f"/users/{user.name}/server", {"profile": "gpu"})
    if answer.status_code == 202:
        return str(user.events()[-1]["message"]).removeprefix("Spawn failed: ")
    assert answer.status_code == 409
    return str(answer.json()["message"])


@pytest.fixture
def _nodes_can_be_reached(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let an ordinary user reach the tests' own folder."""
    ours = (f"{gettempdir()}/pytest", str(tmp_path_factory.getbasetemp()))
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and str(folder).startswith(ours):
            folder.chmod(0o755)
