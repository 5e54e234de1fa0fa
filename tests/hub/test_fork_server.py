"""The fork server by itself: who is whose parent, what survives what, what it answers to nonsense."""

import errno
import json
import mmap
import os
import re
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from support.addresses import get
from support.everybody import ORDINARY
from support.forks import OPEN_FILES, children, running_forks
from support.scarce import open_files, room_for_files
from support.waiting import soon

from sardonyx_singleuser.forkserver import huge_pages
from sardonyx_singleuser.forkserver.huge_pages import SIZE

FOREIGN_USER = 12345
MANY = 50
"""Libraries, at the least, that a zygote has imported."""
HELD_KB = 16 << 10
"""A zygote's own code and what it has executed since; with all that its imports touched it is 60 MB."""


def is_running(pid: int) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def answers(server: Any) -> bool:
    """Tell whether a server answers over HTTP."""
    return get(f"{server.url}api", timeout=10).status_code == 200


def test_a_server_is_a_child_of_the_supervisor_and_the_first_of_its_own_namespaces(forks: Any) -> None:
    """So a zygote can end without harm, and whoever ends this process ends all of the server."""
    server = forks.start("ann")

    assert server.is_ready, server.log.read_text()
    assert server.pid in children(forks.supervisor())
    here, there = Path("/proc/self/ns"), Path(f"/proc/{server.pid}/ns")
    apart = [
        name for name in ("user", "mnt", "pid", "ipc", "uts") if (here / name).readlink() != (there / name).readlink()
    ]
    assert apart == ["user", "mnt", "pid", "ipc", "uts"]
    status = Path(f"/proc/{server.pid}/status").read_text()
    assert re.search(rf"^NSpid:\s{server.pid}\s1$", status, re.MULTILINE)
    assert answers(server)


def test_servers_begin_with_as_many_open_files_as_the_hub_did(forks: Any) -> None:
    """The hub itself takes more for its connections."""
    server = forks.start("ann")

    limits = [Path(f"/proc/{pid}/limits").read_text() for pid in (forks.supervisor(), server.pid)]

    # Jupyter's own setting for it (`ServerApp.min_open_files_limit`) is 4,096.
    assert re.findall(r"Max open files +(\d+)", "".join(limits)) == [str(OPEN_FILES), "4096"]


@pytest.mark.parametrize(
    ("sig", "code"), [pytest.param(signal.SIGTERM, 0, id="asked"), pytest.param(signal.SIGKILL, 137, id="killed")]
)
def test_how_a_server_ended_is_known(forks: Any, sig: signal.Signals, code: int) -> None:
    """Also to somebody who asks later; and nothing is left of it."""
    server = forks.start("bob")
    (inner,) = children(server.pid)

    os.kill(inner, sig)

    assert forks.ended(server.pid) == code
    assert forks.ask(server.pid) == {"alive": False, "exit": code}
    assert not is_running(inner)


def test_whoever_ends_the_first_process_ends_all(forks: Any) -> None:
    """Also what has left its session and its parent."""
    server = forks.start("cleo")
    # Another one for each run of the tests.
    long = f"4711.{os.getpid()}"
    code = f"import subprocess; print(subprocess.Popen(['sleep', '{long}'], start_new_session=True).pid)"
    left = int(server.run(code))
    assert left > 1
    found = [pid for pid in children_of_all() if _command(pid) == f"sleep {long}"]
    assert len(found) == 1

    os.kill(server.pid, signal.SIGKILL)

    assert forks.ended(server.pid) == -signal.SIGKILL
    assert not is_running(found[0])


def children_of_all() -> list[int]:
    """Return all processes."""
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    except OSError:
        return ""


def test_what_the_zygote_compiles_can_be_read_in_a_sandbox(forks: Any) -> None:
    """Nobody there could keep it, so each kernel and each program would compile it again."""
    assert forks.start("pam").is_ready
    folders = list(forks.python.parents[1].glob("lib/python3*/site-packages/jupyterlab/__pycache__"))

    # Without root, this environment belongs to somebody else, and nothing is written there.
    assert folders or not forks.is_root
    assert all(folder.stat().st_mode & 0o005 == 0o005 for folder in folders)


def test_the_zygote_is_in_huge_pages_where_the_system_has_some(forks: Any) -> None:
    """A fork copies an entry for each page: 512 times fewer."""
    assert forks.start("hua").is_ready
    here = mmap.mmap(-1, 2 * SIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    here.write(bytes(2 * SIZE))
    has_some = huge_pages.use() > 0

    said = Path(f"/proc/{forks.zygote()}/smaps_rollup").read_text()

    (size,) = re.findall(r"^AnonHugePages: *(\d+) kB$", said, re.MULTILINE)
    assert (int(size) > 0) == has_some


def test_the_zygote_holds_hardly_a_page_of_the_libraries_that_it_imported(forks: Any) -> None:
    """Who needs one gets it from the system's cache of files."""
    assert forks.start("lou").is_ready

    said = Path(f"/proc/{forks.zygote()}/smaps").read_text()

    held = re.findall(r"^\S+ r-xp .* /\S.*\n(?:[A-Z].*\n)*?Rss: *(\d+) kB$", said, re.MULTILINE)
    assert len(held) > MANY
    assert sum(map(int, held)) < HELD_KB


def test_a_zygote_that_was_killed_harms_no_server_and_is_made_anew(forks: Any) -> None:
    """The next start waits for the new one."""
    before = forks.start("dan")
    zygote = forks.zygote()

    os.kill(zygote, signal.SIGKILL)
    after = forks.start("eve")

    assert after.is_ready
    assert answers(before)
    assert answers(after)
    assert forks.zygote() != zygote


def test_the_next_servers_first_process_is_there_before_it_is_asked_for(forks: Any) -> None:
    """It is the one that is taken, and another one follows."""
    assert forks.start("uma").is_ready
    soon(lambda: len(forks.spares()) == 1)
    (spare,) = forks.spares()

    server = forks.start("vic")

    assert server.is_ready
    assert server.pid == spare
    soon(lambda: len(forks.spares()) == 1)


def test_one_that_was_killed_is_not_given_to_anybody(forks: Any) -> None:
    """Whoever comes next does not notice."""
    assert forks.start("wim").is_ready
    soon(lambda: len(forks.spares()) == 1)
    (spare,) = forks.spares()
    os.kill(spare, signal.SIGKILL)

    server = forks.start("xia")

    assert server.is_ready
    assert server.pid != spare


@pytest.mark.parametrize("forks", ["root"], indirect=True)
def test_it_has_the_mounts_of_the_moment_when_it_is_asked_for(forks: Any) -> None:
    """A disk that was put up meanwhile would be missing, and one that was taken away held."""
    assert forks.start("zoe").is_ready
    soon(lambda: len(forks.spares()) == 1)
    home = forks.base / "homes" / "zoe"

    subprocess.run(["mount", "-t", "tmpfs", "sardonyx-test", str(home)], check=True)
    try:
        (home / "on-the-disk").write_text("seen")
        home.chmod(0o755)
        server = forks.start("zoe")
        assert server.run("print(open('on-the-disk').read())") == "seen"
        os.kill(server.pid, signal.SIGKILL)
        soon(lambda: not is_running(server.pid))
        soon(lambda: len(forks.spares()) == 1)
    finally:
        subprocess.run(["umount", "--lazy", str(home)], check=True)

    soon(lambda: "sardonyx-test" not in "".join(Path(f"/proc/{pid}/mountinfo").read_text() for pid in forks.spares()))


def test_it_ends_with_the_process_that_made_it(forks: Any) -> None:
    """It has that one's packages, which may have been changed; nobody would ever ask for it."""
    assert forks.start("yan").is_ready
    soon(lambda: len(forks.spares()) == 1)
    (spare,) = forks.spares()

    os.kill(forks.zygote(), signal.SIGKILL)

    soon(lambda: not is_running(spare))


def replace_supervisor(forks: Any) -> None:
    """Kill the supervisor; another one is started when the process from which it made servers has ended, too."""
    zygote = forks.zygote()
    os.kill(forks.supervisor(), signal.SIGKILL)
    soon(lambda: not is_running(zygote), 10)
    forks.launch()


def test_a_supervisor_that_was_killed_harms_no_server(forks: Any) -> None:
    """Nobody knows their exit codes any more, but they go on, and a new one makes others."""
    before = forks.start("fay")

    replace_supervisor(forks)

    assert answers(before)
    assert forks.start("gil").is_ready
    assert forks.ask(before.pid) == {"alive": False, "exit": None}


def test_a_zygote_that_cannot_be_made_harms_nobody_and_whoever_waits_reads_why(forks: Any) -> None:
    """The supervisor goes on, knows its servers' ends, and makes one for the next request that finds room."""
    before, supervisor = forks.start("joe"), forks.supervisor()
    os.kill(forks.zygote(), signal.SIGKILL)
    soon(lambda: all(pid in forks.made for pid in children(supervisor)))
    with room_for_files(supervisor, 1, ordinary=bool(forks.user)):
        at_once = forks.start("kay")
    files = open_files(supervisor)
    with ThreadPoolExecutor(1) as threads:
        # It has to get as far as a process, and to close what is that one's, before there is no room for another.
        waiting = threads.submit(forks.start, "kay")
        soon(lambda: any(pid not in forks.made for pid in children(supervisor)) and open_files(supervisor) == files + 2)
        with room_for_files(supervisor, 0, ordinary=bool(forks.user)):
            os.kill(forks.zygote(), signal.SIGKILL)
            later = waiting.result()
    os.kill(before.pid, signal.SIGKILL)

    refusal = {"error": "no process can be made: Too many open files", "errno": errno.EMFILE}
    assert at_once.said == [refusal]
    assert later.said == [{"warming": True}, refusal]
    assert forks.supervisor() == supervisor
    assert forks.ended(before.pid) == -signal.SIGKILL
    assert forks.start("kay").is_ready
    # This one would start servers slowly for half a minute, since what warms was ended.
    replace_supervisor(forks)


def test_an_environment_that_was_changed_gets_a_new_zygote(forks: Any) -> None:
    """The old one would import half of the old packages and half of the new; servers go on."""
    before, zygote = forks.start("hal"), forks.zygote()
    info = next(forks.python.parents[1].glob("lib/python3*/site-packages/jupyterlab-*.dist-info"))
    times = info.stat()
    try:
        os.utime(info)
        after = forks.start("ina")
    finally:
        os.utime(info, ns=(times.st_atime_ns, times.st_mtime_ns))

    assert after.is_ready
    assert {"warming": True} in after.said
    assert forks.zygote() != zygote
    assert answers(before)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"s", "cut short", id="nothing"),
        pytest.param(b's{"version": 4', "cut short", id="truncated"),
        pytest.param(b"s" + b"x" * (2 << 20), "longer than 1048576 bytes", id="huge"),
        pytest.param(b"s[]\n", "cannot be understood", id="list"),
        pytest.param(b"s{}\n", "cannot be understood", id="empty"),
        pytest.param(b's{"version": 99}\n', "speaks 4", id="newer"),
        pytest.param(b's\xff\xfe"\n', "cannot be understood", id="no-text"),
        pytest.param(
            b's{"version": 4, "variables": {"A": "secret"}, "arguments": [], "log": "/x", "socket": "/y",'
            b' "sandbox": {"no": 1}}\n',
            "cannot be understood",
            id="unknown-field",
        ),
    ],
)
def test_nonsense_is_answered_and_the_next_start_works(forks: Any, data: bytes, said: str) -> None:
    """Without repeating what it held: that may be a secret."""
    text = json.dumps(forks.say(data))

    # Whoever still sends when the connection is closed may not get to read why.
    assert said in text or (len(data) > 1 << 20 and text == "[]")
    assert "secret" not in text
    assert forks.start("jon").is_ready


@pytest.mark.parametrize("data", [b"", b"x", b"q", b"q{}\n", b"q\n", b'q{"pid": "x"}\n', b"q" + b"1" * 1000])
def test_nonsense_to_the_supervisor_closes_the_connection(forks: Any, data: bytes) -> None:
    """And nothing else."""
    before = forks.supervisor()
    assert forks.say(data) == []
    assert forks.supervisor() == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_another_user_is_not_served(forks: Any) -> None:
    """Also where the rights of the folder were opened by mistake."""
    code = (
        "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]);"
        "s.sendall(b'q{\"pid\": 1}\\n'); print(s.recv(100))"
    )
    command = [
        "setpriv",
        f"--reuid={FOREIGN_USER}",
        f"--regid={FOREIGN_USER}",
        "--clear-groups",
        "/usr/bin/python3",
        "-c",
    ]
    path = forks.folder / "socket"

    closed = subprocess.run([*command, code, str(path)], capture_output=True, text=True, check=False)
    for opened in (forks.base, forks.folder):
        opened.chmod(0o755)
    path.chmod(0o777)
    refused = subprocess.run([*command, code, str(path)], capture_output=True, text=True, check=False)
    for opened in (forks.base, forks.folder):
        opened.chmod(0o700)
    path.chmod(0o600)

    assert "PermissionError" in closed.stderr
    assert "PermissionError" not in refused.stderr
    assert refused.stdout in {"", "b''\n"}


def test_it_ends_when_nobody_needs_it(forks: Any) -> None:
    """And takes its socket away; a server keeps it there."""
    with running_forks(forks.python, ordinary=forks.user == ORDINARY, idle_s=2.0) as short:
        server = short.start("kim")
        supervisor = short.supervisor()
        time.sleep(4)
        assert is_running(supervisor)

        os.kill(server.pid, signal.SIGTERM)

        deadline = time.monotonic() + 20
        while is_running(supervisor):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert not (short.folder / "socket").exists()


def test_a_server_that_cannot_be_isolated_does_not_run(forks: Any) -> None:
    """A home that is a link, or is not there, is an error before any code of the person has run."""
    missing = forks.start("lea", home=str(forks.base / "nowhere"))
    (forks.base / "link").symlink_to(forks.base)
    link = forks.start("lea", home=str(forks.base / "link"))

    assert next(line for line in missing.said if "error" in line)["errno"] == 2
    assert "is a link" in link.said[-1]["error"]
    assert not missing.is_ready
    assert not link.is_ready


def test_no_secret_of_one_server_is_in_the_memory_of_another(forks: Any) -> None:
    """Neither in that of the processes from which servers are made."""
    secrets = {name: f"{name}-secret-{os.urandom(8).hex()}" for name in ("max", "nia", "ole")}
    servers = [forks.start(name, variables={"JUPYTERHUB_API_TOKEN": secret}) for name, secret in secrets.items()]
    soon(lambda: len(forks.spares()) == 1)
    inner = {server.name: [server.pid, *children(server.pid)] for server in servers}

    held = {
        name: {n for n, secret in secrets.items() if any(_holds(pid, secret) for pid in pids)}
        for name, pids in inner.items()
    }
    parents = [
        name
        for name, secret in secrets.items()
        for pid in (forks.supervisor(), forks.zygote(), *forks.spares())
        if _holds(pid, secret)
    ]

    assert held == {"max": {"max"}, "nia": {"nia"}, "ole": {"ole"}}
    assert parents == []


def _holds(pid: int, text: str) -> bool:
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            fields = line.split()
            if "r" not in fields[1] or fields[-1] in {"[vvar]", "[vsyscall]", "[vvar_vclock]"}:
                continue
            begin, end = (int(number, 16) for number in fields[0].split("-"))
            memory.seek(begin)
            try:
                if text.encode() in memory.read(end - begin):
                    return True
            except OSError:
                continue
    return False
