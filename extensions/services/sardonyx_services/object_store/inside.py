"""Inside the store's namespaces: its loopback, its way to the issuer, and SeaweedFS itself. Started by `store`.

Where namespaces are forbidden it runs on the machine's own loopback instead, on ports that are free.
"""

import asyncio
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from sardonyx_services.listening import LOOPBACK, bound
from sardonyx_services.object_store.configuration import ObjectStoreConfiguration
from sardonyx_services.object_store.relay import relay
from sardonyx_services.object_store.room import Room, room_in
from sardonyx_services.parent import die_with

SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40
PATIENCE_S = 2.0
DATA = Path("data")
PARTS = ("master", "volume", "filer", "s3")
FIXED_PORTS = (9333, 19333, 8080, 18080, 8888, 18888, 8333, 18333)


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on now; SeaweedFS' usual ones are also those of Jupyter and many others."""
    probes = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    found = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return found


def command(weed: Path, ports: Sequence[int], filer_socket: str, room: Room) -> list[str]:
    """Return SeaweedFS' command line; paths count from the store's folder, sockets have room for short ones only.

    Args:
        ports: of each part, one for HTTP and one for gRPC.
    """
    pairs = zip(PARTS, ports[::2], ports[1::2], strict=True)
    where = [flag for part, http, grpc in pairs for flag in (f"-{part}.port={http}", f"-{part}.port.grpc={grpc}")]
    return [
        str(weed), "-logtostderr=true", "server", f"-dir={DATA}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", *where,
        "-s3", "-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.config=s3.json", "-s3.iam.config=iam.json",
        "-s3.iam=false", "-s3.autoCreateBucket=false",
        "-s3.allowDeleteBucketNotEmpty=false", "-s3.localSocket=sock/s3.sock",
        # No peers: the master elects itself at once instead of waiting for others.
        "-master.peers=none", "-master.electionTimeout=1s", "-master.telemetry=false",
        f"-master.volumeSizeLimitMB={room.volume_mb}", f"-volume.max={room.volumes}",
        f"-volume.minFreeSpace={room.least_free_mb}MiB", "-volume.preStopSeconds=1",
        "-filer.disableDirListing", "-filer.exposeDirectoryData=false", "-filer.ui.deleteDir=false",
        f"-filer.localSocket={filer_socket}",
    ]  # fmt: skip


def loopback_up() -> None:
    """Bring the namespace's loopback up, as `ip link set lo up` does (netdevice(7))."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP | IFF_RUNNING))


def held(path: Path) -> tuple[int, Path]:
    """Open a path and return another name for it, good also when something is mounted over the first."""
    descriptor = os.open(path, os.O_PATH)
    return descriptor, Path(f"/proc/self/fd/{descriptor}")


def private_tmp(folder: Path) -> None:
    """Mount a /tmp of our own: SeaweedFS puts sockets with fixed names there, which others could squat.

    A store's folder below /tmp is shown again at its place: SeaweedFS goes back to its whole path.
    """
    descriptor, _ = held(folder)
    subprocess.run(["mount", "-n", "-t", "tmpfs", "-o", "mode=0700", "tmpfs", "/tmp"], check=True)  # noqa: S108 - it is mounted over
    if not folder.exists():
        folder.mkdir(parents=True)
        # Not canonical: mount would follow the link to the name that is hidden now.
        subprocess.run(["mount", "-n", "-c", "--bind", f"/proc/{os.getpid()}/fd/{descriptor}", str(folder)], check=True)
    os.close(descriptor)


async def run(start: Sequence[str], descriptors: tuple[int, int]) -> int:
    """Run SeaweedFS in the working folder until standard input ends, which is how the outer side says stop.

    Args:
        descriptors: that it has open: of its program, and of the lock that it holds for as long as it writes.
    """
    process = await asyncio.create_subprocess_exec(
        *start,
        stdin=subprocess.DEVNULL,
        env={"HOME": str(Path.cwd()), "PATH": os.defpath},
        pass_fds=descriptors,
        preexec_fn=partial(die_with, os.getpid()),
    )
    stopped = asyncio.create_task(_end_of_input())
    ended = asyncio.create_task(process.wait())
    await asyncio.wait({stopped, ended}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                await process.wait()
    if process.returncode is None:
        # SeaweedFS sometimes never ends after SIGTERM (4.48); what it acknowledged is on disk.
        process.kill()
        await process.wait()
    ended.cancel()
    return process.returncode or 0


async def _end_of_input() -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.read(1024):
        pass


def main() -> None:
    """Run inside fresh namespaces: `python -m sardonyx_services.object_store.inside CONFIGURATION WEED LOCK`."""
    configuration = ObjectStoreConfiguration.model_validate_json(Path(sys.argv[1]).read_text())
    # A terminal's Ctrl-C reaches everybody in the session; the outer side decides when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.umask(0o077)
    weed_descriptor, weed = held(Path(sys.argv[2]))
    descriptors = weed_descriptor, int(sys.argv[3])
    _, issuer_folder = held(configuration.issuer_socket.parent)
    if configuration.without_namespaces:
        os.chdir(configuration.folder)
        start = command(weed, free_ports(2 * len(PARTS)), "sock/filer.sock", room_in(DATA))
        raise SystemExit(asyncio.run(run(start, descriptors)))
    loopback_up()
    private_tmp(configuration.folder)
    os.chdir(configuration.folder)
    port = urlsplit(configuration.issuer).port or 80
    raise SystemExit(asyncio.run(run_alone(port, issuer_folder / configuration.issuer_socket.name, weed, descriptors)))


async def run_alone(port: int, issuer: Path, weed: Path, descriptors: tuple[int, int]) -> int:
    """Run SeaweedFS on a loopback of its own, on which the issuer answers as it does outside."""
    server = await relay(bound(port), issuer)
    try:
        return await run(command(weed, FIXED_PORTS, "/tmp/filer.sock", room_in(DATA)), descriptors)  # noqa: S108 - a /tmp of its own
    finally:
        server.close()


if __name__ == "__main__":
    main()
