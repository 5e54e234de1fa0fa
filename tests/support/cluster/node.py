"""The node: namespaces of its own, in which all programs of a cluster run, and with which they end."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from support.cluster.network import Network
from support.waiting import TICK_S, soon

CONTROL_GROUPS = Path("/sys/fs/cgroup")
PATIENCE_S = 30
INSIDE = r"""
set -e
# What is mounted in here is seen by containers, and by nobody outside.
mount --make-rshared /
mount -t tmpfs tmpfs /run
for place in /var/lib /var/log; do
  mkdir -p "$1$place/upper" "$1$place/work"
  mount -t overlay overlay -o "lowerdir=$place,upperdir=$1$place/upper,workdir=$1$place/work" "$place"
done
echo 1 > /proc/sys/net/ipv4/ip_forward
# From a pod to a service whose pod is on the same bridge.
[ ! -e /proc/sys/net/bridge ] || echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables
echo ready
# It is the first process in here: those whose parents end are its children, and it waits for them.
sleep infinity &
while :; do wait; done
"""
"""What /var and /run keep of the node's goes into its own folder, and what the machine has there can be read."""


class Node:
    """A machine in the machine: what is started in it ends with it, containers and mounts, too."""

    def __init__(self, network: Network, folder: Path) -> None:
        self.network = network
        self.folder = folder
        self._outside: subprocess.Popen[str] | None = None
        self._inside = 0
        self._programs: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Make the namespaces, and the link to the host."""
        with (self.folder / "node.log").open("ab") as log:
            self._outside = subprocess.Popen(
                [
                    # However the tests end, it does, too.
                    *("setpriv", "--pdeathsig", "KILL"),
                    *("unshare", "--net", "--mount", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc"),
                    *("--propagation", "private", "sh", "-c", INSIDE, "node", str(self.folder)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                # Ctrl-C is for whoever ends the cluster, in its order.
                start_new_session=True,
            )
        assert self._outside.stdout is not None
        with self._outside.stdout as words:
            said = words.readline()
        assert said == "ready\n", f"the node did not start: {(self.folder / 'node.log').read_text()}"
        outside = self._outside.pid
        self._inside = int(Path(f"/proc/{outside}/task/{outside}/children").read_text().split()[0])
        self.network.join(self._inside)

    def command(self, *command: str) -> list[str]:
        """Return a command that runs in the node."""
        return ["nsenter", f"--target={self._inside}", "--net", "--mount", "--pid", "--ipc", "--", *command]

    def run(self, name: str, *command: str, environment: Mapping[str, str] | None = None) -> None:
        """Start a program that goes on; what it says is in `NAME.log`."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self._programs[name] = subprocess.Popen(
                self.command("setpriv", "--pdeathsig", "KILL", *command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            )

    def stop(self, name: str) -> None:
        """Stop one program at once; what it would have said goodbye to finds it gone."""
        program = self._programs.pop(name)
        program.kill()
        program.wait(PATIENCE_S)

    @contextmanager
    def slowed(self, name: str, held_s: float, let_go_s: float) -> Iterator[None]:
        """Let one program work only now and then: held for so long, let go for so long, again and again."""
        starter, over = self._programs[name].pid, threading.Event()
        # What started it waits for it: the one that enters a node's processes is in none.
        program = int(Path(f"/proc/{starter}/task/{starter}/children").read_text().split()[0])

        def hold() -> None:
            while not over.is_set():
                os.kill(program, signal.SIGSTOP)
                over.wait(held_s)
                # What started it has held itself, too.
                for held in (starter, program):
                    os.kill(held, signal.SIGCONT)
                over.wait(let_go_s)

        holding = threading.Thread(target=hold)
        holding.start()
        try:
            yield
        finally:
            over.set()
            holding.join()

    def ended(self) -> list[str]:
        """Return the programs that ended by themselves."""
        return [name for name, program in self._programs.items() if program.poll() is not None]

    def end(self) -> None:
        """End all that runs in it. The kernel does it: nothing that was started can have got out."""
        if self._outside is not None:
            self._outside.kill()
            self._outside.wait(PATIENCE_S)
            # Its first process is there until all others are gone.
            soon(lambda: self._inside == 0 or not Path(f"/proc/{self._inside}").exists(), PATIENCE_S)
        for program in self._programs.values():
            program.kill()
            program.wait(PATIENCE_S)
        soon(lambda: not Path("/sys/class/net", self.network.name).exists(), PATIENCE_S)


def controllers(network: Network) -> list[Path]:
    """Return the node's group in each hierarchy: one with cgroup v2, one for each controller with v1."""
    if (CONTROL_GROUPS / "cgroup.controllers").exists():
        return [CONTROL_GROUPS / network.name]
    return [place / network.name for place in CONTROL_GROUPS.iterdir() if (place / "cgroup.procs").exists()]


@contextmanager
def node(network: Network) -> Iterator[Node]:
    """Give a node, and leave nothing of it."""
    folder = Path(tempfile.gettempdir()) / network.name
    _remove(network, folder)  # where the last one of that number was killed
    folder.mkdir(mode=0o755)
    found = Node(network, folder)
    try:
        _make_control_groups(network)
        found.start()
        yield found
    finally:
        found.end()
        _remove(network, folder)


def _make_control_groups(network: Network) -> None:
    for group in controllers(network):
        group.mkdir()
        if (group / "cgroup.subtree_control").exists():
            offered = (group.parent / "cgroup.controllers").read_text().split()
            for place in (group.parent, group):
                with contextlib.suppress(OSError):  # those that somebody else has
                    (place / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in offered))
        for given in ("cpuset.cpus", "cpuset.mems"):
            if (group / given).exists() and not (group / "cgroup.controllers").exists():
                (group / given).write_text((group.parent / given).read_text())


def _remove(network: Network, folder: Path) -> None:
    for group in controllers(network):
        for below in sorted(group.rglob("*/"), reverse=True):
            _remove_group(below)
        _remove_group(group)
    shutil.rmtree(folder, ignore_errors=not folder.exists())


def _remove_group(group: Path) -> None:
    began = time.monotonic()
    while group.exists():
        try:
            group.rmdir()
        except OSError:
            # A process that has ended is in its group for a moment.
            if time.monotonic() - began > PATIENCE_S:
                raise
            time.sleep(TICK_S)
