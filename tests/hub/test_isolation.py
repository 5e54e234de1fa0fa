"""What code in a server can reach, tried from a kernel in it, on each level: its own, and nothing of anybody else."""

import asyncio
import json
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import keyrings
from support.debugging import CELL, break_in, elsewhere, stopped, switch_off, switch_on
from support.everybody import as_ordinary
from support.forks import descendants
from support.lifting import LIFT_LIMITS
from support.listeners import listened_on, listening_in
from support.live_kernel import TRANSPORT, live_kernel
from support.machine import has_scopes
from support.open_files import family, in_common, opened
from support.waiting import soon

TMP_BYTES = 32 << 20
CALLS = """
import ctypes, errno, json, os
libc = ctypes.CDLL(None, use_errno=True)
def called(name, *arguments):
    found = getattr(libc, name)(*arguments)
    return "worked" if found >= 0 else errno.errorcode[ctypes.get_errno()]
def alone(name, *arguments):
    # In a process with one thread: others are refused for that alone.
    child = os.fork()
    if child == 0:
        os._exit(0 if getattr(libc, name)(*arguments) >= 0 else ctypes.get_errno())
    return errno.errorcode.get(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), "worked")
def opened(path, mode="r"):
    try:
        with open(path, mode) as file:
            if mode == "r": file.read(1)
        return "worked"
    except OSError as error:
        return errno.errorcode[error.errno]
"""


@pytest.fixture(scope="module")
def attacker(forks: Any) -> Iterator[Any]:
    """Somebody whose code does what it should not."""
    server = forks.start("mallory", tmp_bytes=TMP_BYTES, processes=200)
    assert server.is_ready, server.log.read_text()
    yield server
    os.kill(server.pid, 9)


@pytest.fixture(scope="module")
def victim(forks: Any) -> Any:
    """Somebody else, with a file."""
    server = forks.start("vera")
    assert server.is_ready, server.log.read_text()
    server.run("open('diary.txt', 'w').write('private')")
    return server


def tell(server: Any, code: str) -> Any:
    """Run code that prints JSON."""
    return json.loads(server.run(CALLS + code))


def test_nothing_of_another_person_or_of_the_hub_is_there(forks: Any, attacker: Any, victim: Any) -> None:
    """Not forbidden, but absent: also by way of the folders of processes."""
    outside = [
        victim.home, victim.home / "diary.txt", victim.log, victim.log.parent, victim.socket, attacker.socket,
        forks.folder, forks.folder / "socket",
        Path(f"/proc/{victim.pid}"), Path(f"/proc/{forks.supervisor()}"), Path("/var/lib"), Path(__file__),
    ]  # fmt: skip
    assert all(path.exists() for path in outside)
    ways = ["", "/proc/1/root", "/proc/self/root", "/proc/2/cwd/../../../.."]

    code = f"print(json.dumps([w + p for w in {ways} for p in {[str(p) for p in outside]} if os.path.lexists(w + p)]))"

    assert tell(attacker, code) == []
    homes = tell(attacker, f"print(json.dumps(os.listdir({str(victim.home.parent)!r})))")
    assert homes == ["mallory"]


def test_nobody_elses_process_is_there(forks: Any, attacker: Any, victim: Any) -> None:
    """Neither to see, nor to send a signal to, nor to trace."""
    numbers = [victim.pid, forks.supervisor(), forks.zygote(), os.getpid()]
    code = f"""
seen = sorted(int(n) for n in os.listdir("/proc") if n.isdigit())
commands = {{n: open(f"/proc/{{n}}/cmdline").read() for n in seen if n != os.getpid()}}
kills = [called("kill", n, 0) for n in {numbers} if n not in seen]
traces = [called("ptrace", 16, n, 0, 0) for n in {numbers} if n not in seen]
print(json.dumps([seen[:2], len(seen), kills, traces, open("/proc/1/status").read().split("NSpid:")[1].split()[0]]))
"""

    first, count, kills, traces, namespace = tell(attacker, code)

    assert first == [1, 2]
    assert count < 10
    assert set(kills) <= {"ESRCH"}
    assert len(kills) >= 3
    assert set(traces) <= {"ESRCH"}
    assert namespace == "1"


def test_nothing_of_a_server_listens_where_others_can_connect(victim: Any) -> None:
    """Neither on a port nor under a name in the network: only on files that others do not see."""
    inside = """
import glob
mine = {os.readlink(path) for path in glob.glob("/proc/[0-9]*/fd/*") if os.path.islink(path)}
ports = [line.split() for name in ("tcp", "tcp6", "udp", "udp6") for line in open(f"/proc/net/{name}").readlines()[1:]]
names = [line.split() for line in open("/proc/net/unix").readlines()[1:]]
print(json.dumps([
    [port[1] for port in ports if f"socket:[{port[9]}]" in mine and port[2].endswith(":0000")],
    [name[7] for name in names if len(name) > 7 and f"socket:[{name[6]}]" in mine and name[7].startswith("@")],
    any(name[7:] == ["/run/sardonyx/server.sock"] for name in names),
]))
"""

    assert tell(victim, inside) == [[], [], True]


def test_what_listens_outside_under_an_abstract_name_is_not_reached(attacker: Any, victim: Any) -> None:
    """Such as an X server, for which the hub's user is its own; within a server such names work as ever."""
    names = {kind: f"sardonyx-test-{os.getpid()}-{kind}" for kind in ("stream", "datagram", "victim", "own")}
    listening = """
import socket, time
def listens(name):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("\\0" + name)
    listener.listen()
    return listener
"""
    stays = f"""
listener = listens({names["victim"]!r})
if os.fork() == 0:
    os.setsid()
    time.sleep(600)
"""
    calls = f"""
own = listens({names["own"]!r})
def connect(name):
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect("\\0" + name)
def send(name):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as caller:
        caller.sendto(b"x", "\\0" + name)
found = {{}}
for kind, name in {names}.items():
    try:
        (send if kind == "datagram" else connect)(name)
        found[kind] = "worked"
    except OSError as error:
        found[kind] = errno.errorcode[error.errno]
print(json.dumps(found))
"""
    with socket.socket(socket.AF_UNIX) as stream, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagram:
        for listener, kind in ((stream, "stream"), (datagram, "datagram")):
            listener.bind(f"\0{names[kind]}")
        stream.listen()
        victim.run(CALLS + listening + stays)

        found = tell(attacker, listening + calls)

    assert f"@{names['victim']}\n" in Path("/proc/net/unix").read_text()
    refused = "EPERM" if has_scopes() else "worked"
    assert found == {"stream": refused, "datagram": refused, "victim": refused, "own": "worked"}


@pytest.fixture
def kept(forks: Any) -> Iterator[tuple[int, int]]:
    """A key of the hub's user, such as a ticket of Kerberos, and that user's keyring."""
    as_whom = as_ordinary() if forks.user else []
    made = 'print(json.dumps([add_key(b"ticket", USER), keyctl(RING, USER, ctypes.c_int(1))]))'
    key, ring = keyrings.run(made, as_whom)
    yield key, ring
    keyrings.run(f"print(json.dumps(tried(keyctl, INVALIDATE, ctypes.c_int({key}))))", as_whom)


def test_keys_of_the_hubs_user_are_not_reached(attacker: Any, kept: tuple[int, int]) -> None:
    """Keyrings know users and no namespaces: there are none in a server, also for programs of 32 bits."""
    key, ring = kept
    code = f"""
def of_32_bits():
    # push rbx; eax = 288 (keyctl), ebx = 0, ecx = -4, edx = 0; int 0x80; pop rbx; ret
    import mmap
    text = bytes.fromhex("53 b820010000 bb00000000 b9fcffffff 31d2 cd80 5b c3")
    memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(text)
    child = os.fork()
    if child == 0:
        start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        os._exit(ctypes.CFUNCTYPE(ctypes.c_int)(start)() != -errno.ENOSYS)
    # Where such programs cannot run, this ends by a signal.
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) in (0, -11)
print(json.dumps([
    tried(keyctl, LINK, ctypes.c_int({ring}), SESSION),
    tried(read, {key}),
    tried(add_key, b"x", SESSION),
    tried(request_key),
    os.uname().machine != "x86_64" or of_32_bits(),
    open("/proc/keys").read() + open("/proc/key-users").read(),
]))
"""

    assert tell(attacker, keyrings.CALLS + code) == ["ENOSYS"] * 4 + [True, ""]


DEBUGGERS = """
import json, socket
def framed(number, command, **arguments):
    told = json.dumps({"seq": number, "type": "request", "command": command, "arguments": arguments})
    return f"Content-Length: {len(told)}\\r\\n\\r\\n{told}".encode()
asked = [
    framed(1, "initialize", adapterID="x", clientID="x"), framed(2, "attach", connect={"host": "127.0.0.1", "port": 1}),
    framed(3, "configurationDone"), framed(4, "evaluate", expression="open('/tmp/stolen', 'w')", context="repl"),
]
answered = []
for line in open("/proc/net/tcp").readlines()[1:]:
    port = int(line.split()[1].rpartition(":")[2], 16)
    if line.split()[3] != "0A" or port in KNOWN:
        continue
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            for each in asked:
                connection.sendall(each)
                if b'"request_seq"' in connection.recv(65536):
                    answered.append(port)
    except OSError:
        pass
print(json.dumps(sorted(set(answered))))
"""


@pytest.mark.parametrize("path", ["", "own/x.ipynb"], ids=["forked", "as usual"])
async def test_nobody_else_debugs_a_kernel(forks: Any, attacker: Any, victim: Any, path: str) -> None:
    """Before, while and after its person does: nothing of it listens, and what listens elsewhere debugs nothing."""
    forks.put("vera", "own/numpy.py", "mine = 1")
    known = set(listening_in(os.getpid()))
    seen = {}
    async with live_kernel(victim.url, "vera-token", "python3", path) as running:

        async def look(when: str) -> None:
            seen[when] = [
                sorted(listened_on(descendants(victim.pid))),
                await asyncio.to_thread(tell, attacker, f"KNOWN = {known}\n{DEBUGGERS}"),
            ]

        await look("before")
        for _ in range(2):
            await switch_on(running)
            await look("on")
            await break_in(running)
            ran = asyncio.create_task(running.run(CELL))
            thread = await stopped(running)
            await look("stopped")
            await elsewhere(running, "continue", threadId=thread)
            assert (await ran).stdout == "2\n"
            await switch_off(running)
            await look("off")
        forked = await running.run("print('zygote' in open('/proc/self/cmdline').read())")
        stolen = await running.run("import os; print(os.path.exists('/tmp/stolen'))")

    assert forked.stdout == f"{not path}\n"
    assert seen == {when: [[], []] for when in ("before", "on", "stopped", "off")}
    assert stolen.stdout == "False\n"


@pytest.mark.parametrize("path", ["", "own/x.ipynb"], ids=["forked", "as usual"])
async def test_a_kernel_is_reached_through_sockets_in_its_servers_folder(forks: Any, victim: Any, path: str) -> None:
    """Also after a restart, and never by a port."""
    forks.put("vera", "own/numpy.py", "mine = 1")
    async with live_kernel(victim.url, "vera-token", "python3", path) as running:
        for _ in range(2):
            assert (await running.run(TRANSPORT)).stdout == "ipc\n"
            assert listened_on(descendants(victim.pid)) == set()
            await running.restart()


async def test_what_forks_of_a_kernel_print_comes_without_a_port(victim: Any) -> None:
    """Nor do they need the one that ipykernel has for it, into which others could send what they want."""
    code = "import os\nif (pid := os.fork()) == 0:\n    print('from a fork', flush=True)\n    os._exit(0)\nos.waitpid(pid, 0)"
    async with live_kernel(victim.url, "vera-token") as running:
        request = await running.send("execute_request", {"code": code, "silent": False, "store_history": False})
        async with asyncio.timeout(30):
            while (got := await running.next_of(request))["msg_type"] != "stream":
                pass
        ports = listened_on(descendants(victim.pid))

    assert got["content"]["text"].strip() == "from a fork"
    assert ports == set()


def test_a_servers_socket_is_for_the_hubs_user_only(forks: Any, victim: Any) -> None:
    """Not for the server's own, where that is another one: what it cannot replace cannot lead the proxy elsewhere."""
    status = victim.socket.lstat()

    assert stat.S_ISSOCK(status.st_mode)
    assert stat.S_IMODE(status.st_mode) == 0o600
    assert status.st_uid == (forks.user or os.geteuid())


def test_there_is_no_way_to_more_rights(attacker: Any) -> None:
    """No capability, none to win, no namespace, no mount, no device; in the kernel, the server and the first process."""
    code = """
fields = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs")
def status(n):
    lines = dict(line.split(":", 1) for line in open(f"/proc/{n}/status").read().splitlines())
    return [lines[name].strip() for name in fields]
print(json.dumps({
    "status": [status(n) for n in (1, 2, "self")],
    "user namespace": alone("unshare", 0x10000000),
    "mount namespace": alone("unshare", 0x20000),
    "network namespace": alone("unshare", 0x40000000),
    "mount": called("mount", b"none", b"/tmp", b"tmpfs", 0, None),
    "remount": called("mount", b"none", b"/usr", None, 0x20 | 0x1000, None),
    "unmount": called("umount2", b"/etc/passwd", 2),
    "chroot": called("chroot", b"/tmp"),
    "device": called("mknod", b"/tmp/disk", 0o60666, 0x800),
    "root": called("setuid", 0),
    "host name": called("sethostname", b"mine", 4),
    "limit": opened("/proc/sys/user/max_user_namespaces", "w"),
    "kernel": opened("/proc/sysrq-trigger", "w"),
    "memory": opened("/proc/kcore"),
    "shadow": opened("/etc/shadow"),
}))
"""

    found = tell(attacker, code)

    assert found.pop("status") == [["0" * 16] * 5 + ["1"]] * 3
    assert found.pop("user namespace") == "ENOSPC"
    assert set(found.values()) <= {"EPERM", "EACCES", "EROFS", "ENOENT", "EINVAL"}, found


def test_the_system_and_the_environment_cannot_be_changed(forks: Any, attacker: Any) -> None:
    """What everybody uses would be a way to everybody."""
    folders = [
        "/usr",
        "/etc",
        "/bin",
        "/opt",
        "/",
        "/dev",
        str(forks.python.parent),
        str(forks.python.parents[1] / "lib"),
    ]

    found = tell(attacker, f"print(json.dumps([opened(f + '/mine', 'w') for f in {folders} if os.path.isdir(f)]))")

    assert set(found) <= {"EROFS", "EACCES"}
    assert len(found) >= 6


def test_no_file_of_the_hub_is_left_open(forks: Any, attacker: Any) -> None:
    """None of the first process, of the server, of what its kernels are made from, and of a kernel; seen from outside.

    Supervisor, zygote, the process that waits for the next one, and whoever asks for servers have none in common with them.
    """
    soon(forks.spares)

    async def left() -> tuple[int, set[str], list[str]]:
        async with live_kernel(attacker.url, "mallory-token") as kernel:
            await kernel.run("pass")
            inside = family(attacker.pid)
            outside = [forks.supervisor(), forks.zygote(), *forks.spares(), os.getpid()]
            files = {name for pid in inside for name in opened(pid).values() if name.startswith("/")}
            return len(inside), in_common(inside, outside), sorted(files)

    count, shared, files = asyncio.run(left())

    # The first one, the server, the dormant one, the kernel.
    assert count == 4
    assert shared == {"/dev/null"}
    allowed = ("/dev/null", "/dev/urandom", "/proc/", str(attacker.home), "/run/sardonyx/", str(attacker.log))
    assert [name for name in files if not name.startswith(allowed)] == []


def test_no_open_file_of_the_first_process_is_to_be_had(attacker: Any) -> None:
    """It writes the log, which is outside."""
    code = """
try: print(json.dumps(os.listdir("/proc/1/fd")))
except OSError as error: print(json.dumps(errno.errorcode[error.errno]))
"""

    assert tell(attacker, code) == "EACCES"


def test_temporary_files_have_their_own_place_of_a_size(attacker: Any, victim: Any) -> None:
    """Filling it fills nobody else's, and not the machine's memory."""
    code = """
written = 0
try:
    with open("/tmp/fill", "wb") as file:
        while written < 1 << 30:
            written += file.write(bytes(1 << 20))
            file.flush()
except OSError as error:
    print(json.dumps([errno.errorcode[error.errno], written]))
finally:
    os.unlink("/tmp/fill")
"""

    problem, written = tell(attacker, code)

    assert problem == "ENOSPC"
    assert written <= TMP_BYTES
    assert victim.run("import os; print(os.listdir('/tmp'), os.statvfs('/tmp').f_bavail > 0)").endswith("True")


def test_a_fork_bomb_hits_its_own_limit(attacker: Any, victim: Any) -> None:
    """Others start processes meanwhile."""
    code = """
import subprocess
made, problem = [], ""
try:
    for _ in range(400):
        made.append(subprocess.Popen(["sleep", "30"]))
except OSError as error:
    problem = errno.errorcode[error.errno]
held = len(made)
for process in made: process.kill()
for process in made: process.wait()
print(json.dumps([problem, held]))
"""

    problem, held = tell(attacker, code)

    assert problem == "EAGAIN"
    assert held < 200
    assert victim.run("import subprocess; print(subprocess.check_output(['echo', 'fine']).decode())") == "fine"


def test_a_memory_bomb_hits_the_limit_of_its_process_where_no_group_limits_its_server(forks: Any, victim: Any) -> None:
    """The cell fails, and not the machine; what a notebook needs has room beside it."""
    limit = 2 << 30
    bomber = forks.start("bonnie", process_bytes=limit)
    code = """
import resource
try:
    held = []
    while len(held) < 256:
        held.append(bytes(1 << 24))
    problem = ""
except MemoryError:
    problem = "MemoryError"
count = len(held)
del held
import numpy, pandas, pyarrow
made = pandas.DataFrame({"a": pyarrow.array(range(1000)).to_numpy()}).a.sum()
squared = (numpy.ones((500, 500)) @ numpy.ones((500, 500))).sum()
shell = __import__("subprocess").run(["sh", "-c", "ulimit -d"], capture_output=True, text=True).stdout
print(json.dumps([problem, count << 24, int(made), float(squared), int(shell) << 10, list(resource.getrlimit(resource.RLIMIT_DATA))]))
"""

    problem, held, made, squared, shell, limits = tell(bomber, code)

    assert problem == "MemoryError"
    assert held < limit
    assert (made, squared) == (499500, 500.0**3)
    assert limits == [limit, limit]
    assert shell == limit
    assert victim.run("print('fine')") == "fine"
    os.kill(bomber.pid, 9)


def test_limits_are_not_lifted_by_whoever_owns_their_files(forks: Any) -> None:
    """As those are that systemd leaves to the user of an ordinary hub: a server with that user is shown them all the same."""
    group = forks.base / "group"
    group.mkdir()
    files = {"cgroup.procs": "", "memory.max": "1000", "pids.max": "20"}
    for name, text in files.items():
        (group / name).write_text(text)
    for path in (group, *group.iterdir()):
        os.chown(path, *[forks.user or forks.owner("lena") or os.getuid()] * 2)

    lena = forks.start("lena", cgroups=[str(group / "cgroup.procs")])
    assert lena.is_ready, lena.log.read_text()
    said = json.loads(lena.run(LIFT_LIMITS))

    assert said == {"problems": ["EROFS"], "names": sorted(files)}
    # That is what its first process has written, outside.
    assert {path.name: path.read_text() for path in group.iterdir()} == {**files, "cgroup.procs": "0"}
    os.kill(lena.pid, 9)


def test_what_watches_files_is_not_all_taken_by_one_server(forks: Any, attacker: Any, victim: Any) -> None:
    """An ordinary hub's servers have one user together, whom the system gives 128 of it: an editor needs one."""
    code = """
made = 0
while libc.inotify_init() >= 0:
    made += 1
print(json.dumps([errno.errorcode[ctypes.get_errno()], made]))
"""
    whole = {name: int(Path(f"/proc/sys/fs/inotify/max_user_{name}").read_text()) for name in ("instances", "watches")}
    limits = f"[int(open('/proc/sys/user/max_inotify_' + name).read()) for name in {[*whole]}]"

    problem, made = tell(attacker, code)

    assert problem == "EMFILE"
    assert tell(victim, 'print(json.dumps(called("inotify_init")))') == "worked"
    if not forks.is_root:
        most = [max(least, each // 4) for least, each in zip((32, 4096), whole.values(), strict=True)]
        assert tell(attacker, f"print(json.dumps({limits}))") == most
        assert made <= most[0]


def test_a_server_starts_while_another_holds_all_that_it_may_watch_with(forks: Any) -> None:
    """What is held goes with whoever holds it, so it has to be held meanwhile."""
    code = """
child = os.fork()
if child == 0:
    os.setsid()
    while libc.inotify_init() >= 0: pass
    open("full", "w").close()
    __import__("time").sleep(600)
"""
    olga = forks.start("olga")
    assert olga.is_ready, olga.log.read_text()
    olga.run(CALLS + code)
    soon((olga.home / "full").exists)
    assert tell(olga, 'print(json.dumps(called("inotify_init")))') == "EMFILE"

    otto = forks.start("otto")

    assert otto.is_ready, otto.log.read_text()
    assert tell(otto, 'print(json.dumps(called("inotify_init")))') == "worked"
    for server in (olga, otto):
        os.kill(server.pid, 9)


def test_what_a_notebook_needs_is_there(attacker: Any) -> None:
    """Name, home, terminal, processors, name service, shared memory, git, compiled libraries, and files that move."""
    code = """
import getpass, multiprocessing, pty, pwd, socket, subprocess, importlib.util
os.mkdir("from"); os.mkdir("to")
open("from/file", "w").close()
# Landlock can refuse both between two folders.
os.rename("from/file", "to/moved"); os.link("to/moved", "from/linked")
leader, follower = pty.openpty()
with multiprocessing.Pool(2) as pool:
    sums = pool.map(abs, [-1, -2])
print(json.dumps([
    pwd.getpwuid(os.getuid()).pw_name, os.path.expanduser("~"), os.ttyname(follower), os.cpu_count() > 0, sums,
    socket.gethostbyname("localhost"), subprocess.run(["git", "--version"], capture_output=True).returncode,
    os.access(importlib.util.find_spec("pandas.core.frame").cached, os.R_OK), os.listdir("from"),
]))
"""

    found = tell(attacker, code)

    assert found == ["mallory", str(attacker.home), found[2], True, [1, 2], "127.0.0.1", 0, True, ["linked"]]
    assert found[2].startswith("/dev/pts/")
