"""The process from which servers are made: it has imported and warmed everything, and knows nobody's secrets.

It makes a child for each connection before anything was read from it; when it has nothing else to do, before there is
a connection. The child's parent is the supervisor (CLONE_PARENT), so nothing happens to servers when a zygote ends.
"""

import gc
import os
import select
import socket
import sys
import traceback
from contextlib import suppress
from pathlib import Path

from sardonyx_singleuser.forkserver import file_pages, huge_pages
from sardonyx_singleuser.forkserver.control import COLD, CONTROL, FAILED, MADE, MOST_SAID, READY
from sardonyx_singleuser.forkserver.protocol import WARM, say
from sardonyx_singleuser.forkserver.scratch import clear, scratch
from sardonyx_singleuser.forkserver.spare import Spare
from sardonyx_singleuser.forkserver.warm import warm
from sardonyx_singleuser.kernels.origin import Origin
from sardonyx_singleuser.kernels.preimported import Preimported
from sardonyx_singleuser.kernels.warm import warm as warm_kernels
from sardonyx_singleuser.sandbox.enter import Identity

QUIET_MS = 500
"""So long after the last connection a child is made for the next one: not while its server takes what there is."""


def serve(control: socket.socket, root: str) -> None:
    """Make a server for each connection that the supervisor passes on, until it closes its side."""
    hub = Identity.own()
    spare: Spare | None = None
    with Path("/proc/self/mountinfo").open("rb") as mounts:
        waiting = select.poll()
        waiting.register(control, select.POLLIN)
        # The system tells once of each change (proc_pid_mountinfo(5)).
        waiting.register(mounts, select.POLLPRI)
        while True:
            heard = {descriptor for descriptor, _ in waiting.poll(QUIET_MS if spare is None else None)}
            if mounts.fileno() in heard and spare is not None:
                # It has the mounts of before: a disk that was put up since would be missing, one that was taken away held.
                spare.dismiss()
                spare = None
            if not heard and spare is None:
                # Whoever comes then is told why there is none.
                with suppress(OSError):
                    spare = Spare.make(root, hub)
            if control.fileno() in heard:
                _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
                if not descriptors:
                    return
                with socket.socket(fileno=descriptors[0]) as connection:
                    _give(control, connection, spare, root, hub)
                spare = None


def _give(control: socket.socket, connection: socket.socket, spare: Spare | None, root: str, hub: Identity) -> None:
    """Let somebody's request become a server, of what waits for it if that is still there."""
    try:
        if spare is None or not spare.is_there():
            spare = Spare.make(root, hub)
    except OSError as error:
        say(connection, error=f"no process can be made: {error.strerror}", errno=error.errno)
    else:
        # Before it is a server, whose end must not be missed.
        control.send(MADE + str(spare.pid).encode())
        # Where it has ended just now, the hub hears nothing but the connection's end, and asks again.
        with suppress(OSError):
            spare.give(connection)


def check_threads() -> None:
    """Make sure that there is one thread: a second would be missing in children, with whatever lock it holds.

    Raises:
        RuntimeError: there are others.
    """
    threads = [Path(f"/proc/self/task/{number}/comm").read_text().strip() for number in os.listdir("/proc/self/task")]  # noqa: PTH208
    if len(threads) > 1:
        raise RuntimeError(f"threads are left after warming: {', '.join(threads)}")


def main() -> None:
    """Run as `python -m sardonyx_singleuser.forkserver.zygote FOLDER [cold]`, started by the supervisor.

    A cold one imports nothing: each of its servers does, slowly, because warming has failed.
    """
    control = socket.socket(fileno=CONTROL)
    leave_working_folder()
    # Compiled modules are written beside their sources at their first import: whoever runs in a sandbox reads them, too.
    os.umask(0o022)
    root = Path(sys.argv[1])
    clear(root.with_name(WARM))
    if COLD not in sys.argv[2:]:
        try:
            with scratch(root.with_name(WARM)) as folder:
                warm_all(folder)
        except Exception as error:  # noqa: BLE001 - the supervisor is told, and the log has the rest
            control.send(FAILED + f"{type(error).__name__}: {error}".encode()[:MOST_SAID])
            traceback.print_exc()
            raise SystemExit(1) from None
    # Collected and then left alone: the collector would write to pages that children share.
    gc.collect()
    gc.freeze()
    file_pages.let_go()
    huge_pages.use()
    control.send(READY)
    serve(control, str(root))


def leave_working_folder() -> None:
    """Search no modules in the working folder, neither here nor in a kernel."""
    if not sys.flags.safe_path:
        del sys.path[0]


def warm_all(folder: str | None = None) -> None:
    """Get ready what servers and their kernels are made from.

    Args:
        folder: for what is made meanwhile; None = that for temporary files.

    Raises:
        Exception: whatever keeps a server from starting here.
    """
    # Before the server's modules: an ordinary kernel has none of them.
    warm_kernels(folder)
    warm(folder)
    if Origin.current is not None:
        Preimported.current = Preimported(Origin.current.ordinary, Origin.current.library_filters)
    check_threads()


if __name__ == "__main__":
    main()
