"""Another user of the machine, who is nobody in Sardonyx, beside one that runs."""

import os
import signal
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support import web
from support.everybody import ORDINARY
from support.listeners import listening_in
from support.other_user import Got, Tried, tries
from support.stack import Stack, running_stack
from support.visitors import come_first
from support.waiting import soon

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can try as another user"),
]
SETTINGS = """
vault: {{address: 'http://127.0.0.1:9'}}
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles: {{python: {{title: Python, environment: python}}}}
"""
NAMED = (
    "secrets/signing-keys/*",
    "secrets/cookie",
    "secrets/vault-leases.sqlite",
    "people.sqlite",
    "hub/jupyterhub.sqlite",
    "run/credentials.json",
    "store/administrator.json",
    "store/signing.key",
    "logs/audit/credentials.jsonl",
    "logs/hub.log",
    "homes/*/diary.txt",
)
PARTS = (
    "configurable-http-proxy",
    "sardonyx_services.credentials",
    "sardonyx_services.object_store ",
    "sardonyx_services.links",
    "sardonyx_services.people.web",
    "sardonyx_singleuser.forkserver ",
    " -volume.max=",
)
KEPT = (3, 4, 5, 6)
"""From the first port of a place: those of services, which the hub keeps."""


@pytest.fixture(scope="module")
def running(prefix: Path, browser: Any) -> Iterator[Stack]:
    """A Sardonyx with somebody's server, in a folder that everybody may enter."""
    with tempfile.TemporaryDirectory(prefix="sardonyx-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        settings = folder / "settings.yaml"
        settings.write_text(SETTINGS.format(prefix=prefix))
        with running_stack(folder / "data", settings) as stack:
            ann = come_first(stack, browser.new_context().new_page(), "ann")
            ann.start()
            ann.begin("open('diary.txt', 'w').write('private'); import time; time.sleep(3600)")
            soon(lambda: bool(list(stack.data.glob("homes/*/diary.txt"))))
            yield stack


@pytest.fixture
def opened(running: Stack) -> Iterator[Stack]:
    """The same, whose data folder an operator has opened to everybody, such as for a backup."""
    assert stat.S_IMODE(running.data.stat().st_mode) == 0o700
    running.data.chmod(0o755)
    yield running
    running.data.chmod(0o700)


@dataclass(frozen=True)
class Paths:
    """What somebody could reach by its name."""

    files: list[Path]
    folders: list[Path]
    sockets: list[Path]


def paths_of(stack: Stack) -> Paths:
    """Return all of a place, and whatever else its processes write to."""
    found = Paths([], [], [])
    for path in [stack.data, *stack.data.rglob("*"), *written_by(stack)]:
        with suppress(OSError):
            mode = path.lstat().st_mode
            if stat.S_ISDIR(mode):
                found.folders.append(path)
            elif stat.S_ISSOCK(mode):
                found.sockets.append(path)
            elif stat.S_ISREG(mode):
                found.files.append(path)
    return found


def written_by(stack: Stack) -> set[Path]:
    """Return the files that its processes have open to write."""
    found = set()
    for descriptor in (each for process in stack.processes() for each in Path(f"/proc/{process}/fd").glob("*")):
        with suppress(OSError):
            flags = next(
                int(line.split()[1], 8)
                for line in (descriptor.parent.parent / "fdinfo" / descriptor.name).read_text().splitlines()
                if line.startswith("flags")
            )
            path = descriptor.readlink()
            if flags & (os.O_WRONLY | os.O_RDWR) and path.exists():
                found.add(path)
    return found


def test_no_file_is_read_or_written_and_no_socket_answers(opened: Stack) -> None:
    """Each by its own rights, not only because of the folder above it: keys, tokens, people, accessors, audit, homes."""
    found = paths_of(opened)
    issuer = opened.data / "run" / "issuer.sock"
    assert [name for name in NAMED if not set(found.files) & set(opened.data.glob(name))] == []
    assert issuer in found.sockets

    tried = tries(files=found.files, folders=found.folders, sockets=found.sockets)

    # What is read-only for servers, too, and holds no secret; and names in the folder that was opened.
    public: Got = [["list", str(opened.data / name)] for name in ("", "mirrors", "tools")]
    assert (tried.uid, sorted(tried.got)) == (ORDINARY, public)
    own = tries(files=found.files, sockets=[issuer], is_other=False)
    assert len(own.got) == 2 * len(found.files) + 1


def test_no_process_tells_anything(running: Stack) -> None:
    """Neither hub nor services, store, servers and kernels: environment, memory, open files, namespaces; no signal."""
    processes = sorted(running.processes())
    assert [part for part in PARTS if not running.find_all(part)] == []

    tried = tries(processes=processes)

    assert tried == Tried(ORDINARY, [])
    own = tries(processes=processes, is_other=False)
    assert {process for what, process in own.got if what == "environ"} == set(processes)


def test_no_secret_stands_where_everybody_looks(running: Stack) -> None:
    """Command lines are for all to read; abstract sockets are for all to connect to."""
    secrets = [path.read_bytes().strip() for path in (running.data / "secrets").iterdir() if path.is_file()]
    lines = b"".join(Path(f"/proc/{process}/cmdline").read_bytes() for process in running.processes())

    assert [secret for secret in secrets if len(secret) == 64 and secret in lines] == []
    inodes = {line.split()[6] for line in Path("/proc/net/unix").read_text().splitlines() if line.split()[-1][0] == "@"}
    mine = [str(each.readlink()) for process in running.processes() for each in Path(f"/proc/{process}/fd").glob("*")]
    assert [each for each in mine if each.removeprefix("socket:[").removesuffix("]") in inodes] == []


def test_no_side_door_of_the_store_is_there(running: Stack) -> None:
    """What it listens on beside S3 is in a network of its own."""
    keys = running.port + 3
    doors = [port for port in listening_in(running.find(" -volume.max=")) if port != keys]
    assert len(doors) >= 4

    assert tries(doors=[*doors, keys]) == Tried(ORDINARY, [["reach", keys]])


def test_no_port_is_taken_also_while_a_service_is_away(running: Stack) -> None:
    """At the address that servers are told, with any option: who holds the keys' port is sent everybody's tokens."""
    ports = [running.port + offset for offset in KEPT]
    before = tries(ports=ports)
    first = running.find("sardonyx_services.credentials")
    os.kill(first, signal.SIGKILL)

    meanwhile = tries(ports=ports)

    assert (before, meanwhile) == (Tried(ORDINARY, []), Tried(ORDINARY, []))
    soon(lambda: running.find("sardonyx_services.credentials") != first)
    soon(lambda: web.get(f"http://127.0.0.1:{running.port + 3}/services/credentials/jwks").status_code == 200)


@pytest.mark.parametrize(
    ("offset", "path"),
    [
        pytest.param(1, "/hub/api/users", id="hub"),
        pytest.param(2, "/api/routes", id="proxy"),
        pytest.param(3, "/services/credentials/aws", id="keys"),
        pytest.param(3, "/services/credentials/vault", id="vault"),
        pytest.param(3, "/services/credentials/metrics", id="metrics"),
        pytest.param(4, "/", id="store"),
        pytest.param(4, "/sardonyx?list-type=2", id="bucket"),
    ],
)
def test_nothing_is_given_without_a_token(running: Stack, offset: int, path: str) -> None:
    """A port of the machine is for all its users to reach."""
    answer = web.get(f"http://127.0.0.1:{running.port + offset}{path}")

    assert answer.status_code == 403
