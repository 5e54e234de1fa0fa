"""A server on one machine, under a real JupyterHub: how it starts, what it has, how it ends."""

import json
import os
import re
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.addresses import get
from support.everybody import ORDINARY
from support.forks import processes_with
from support.hubs import TOKEN

from sardonyx_spawner.local.fork_launcher import WARMING
from sardonyx_spawner.local.owners import give


def progress(user: Any) -> list[dict[str, Any]]:
    """Return what the person was told while the server started."""
    return [json.loads(line) for line in (user.private / "progress.jsonl").read_text().splitlines()]


def test_a_server_runs_code_in_a_home_of_its_own_and_leaves_nothing(hub: Any) -> None:
    """The home is closed to others; nothing of the hub is in the server; a stop ends all that was started in it."""
    ann = hub.user("ann")

    ann.start(profile="python", size="large")

    home = hub.data / "homes" / ann.id
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    said = ann.run(
        "import os; print(os.getcwd(), os.environ['HOME'], os.environ['CPU_LIMIT'], os.environ['MEM_LIMIT'])"
    )
    assert said.split() == [str(home), str(home), "2.0", str(2 << 30)]
    assert "must-not-be-seen" not in ann.run("import os; print(dict(os.environ))")
    messages = [line["message"] for line in progress(ann)]
    assert [m for m in messages if m != WARMING] == [
        "Found room for your server", "Opened your files", "Opening JupyterLab",
    ]  # fmt: skip
    assert stat.S_IMODE((ann.private / "server.log").stat().st_mode) == 0o600
    ann.run("import subprocess; subprocess.Popen(['sleep', '4444'], start_new_session=True)")
    assert any(b"sleep" in command for command in ann.processes())

    ann.stop()

    assert ann.processes() == []
    assert home.exists()


def test_jupyterlab_does_not_ask_whether_it_has_to_be_built(hub: Any) -> None:
    """Nobody can build what all servers share, and each page that is opened would start Node for it."""
    ann = hub.user("ann")
    ann.start(profile="python")

    page = get(f"{ann.url}lab", headers={"Authorization": f"token {TOKEN}"}).text

    told = json.loads(
        re.findall(r'id="jupyter-config-data" type="application/json">(.*?)</script>', page, re.DOTALL)[0]
    )
    assert (told["buildAvailable"], told["buildCheck"]) == (False, False)
    ann.stop()


def test_a_hub_that_starts_again_finds_the_server(hub: Any) -> None:
    """It is the same one, with its kernels; a process that only has its number is not taken for it."""
    bob = hub.user("bob")
    bob.start(profile="python")
    pid = bob.pid
    bob.run("open('kept.txt', 'w').write('kept')")

    hub.end(signal.SIGKILL)
    hub.start()

    bob.wait(lambda server: bool(server.get("ready")))
    assert bob.pid == pid
    assert bob.run("print(open('kept.txt').read())").strip() == "kept"
    bob.stop()
    assert bob.processes() == []


def test_a_server_that_was_killed_takes_its_kernels_with_it(hub: Any) -> None:
    """The hub notices by itself, and the reason is kept."""
    cleo = hub.user("cleo")
    cleo.start(profile="python")
    cleo.run("import subprocess; subprocess.Popen(['sleep', '4445'], start_new_session=True)")

    os.kill(cleo.pid, signal.SIGKILL)

    cleo.wait(lambda server: not server)
    assert cleo.processes() == []
    assert "It was ended from outside" in (cleo.private / "ended").read_text()


def test_a_server_ends_when_its_time_is_over(hub: Any) -> None:
    """And the reason says so."""
    dan = hub.user("dan")
    dan.start(profile="short")

    dan.wait(lambda server: not server)

    assert json.loads((dan.private / "ended").read_text())["en"] == "It reached its end after 6 seconds."
    assert dan.processes() == []


def test_a_repository_is_in_place_and_jupyterlab_opens_in_it(hub: Any, tmp_path: Path) -> None:
    """From a real git server on the web; a failure is told, and the server starts all the same."""
    fay = hub.user("fay")
    answer = fay.start(profile="python", repository="http://127.0.0.1:9/lessons")
    assert answer.status_code in {201, 202}
    assert [line["state"] for line in progress(fay)][-4:] == ["done", "now", "warn", "now"]
    assert "Its place on the web does not answer" in (hub.data / "homes" / fay.id / "CODE-IS-MISSING.md").read_text()
    assert "http://127.0.0.1:9/lessons" in (fay.private / "server.log").read_text()
    fay.stop()

    served = tmp_path / "lessons"
    served.mkdir()
    who = ["-c", "user.name=T", "-c", "user.email=t@example.org"]
    for command in (["init", "-q"], [*who, "commit", "-q", "--allow-empty", "-m", "one"]):
        subprocess.run(["git", *command], cwd=served, check=True)
    # Put there as a clone of an earlier start: what is reached over the web is tested with git itself.
    home = hub.data / "homes" / fay.id
    subprocess.run(["git", "clone", "-q", str(served), str(home / "lessons")], check=True)
    address = "http://127.0.0.1:9/lessons"
    subprocess.run(["git", "remote", "set-url", "origin", address], cwd=home / "lessons", check=True)
    (home / "lessons" / "mine.txt").write_text("mine")
    subprocess.run(["git", "add", "mine.txt"], cwd=home / "lessons", check=True)
    give(home / "lessons", home.stat().st_uid)

    fay.start(profile="python", repository=address)

    assert "Your code is as you left it: lessons" in [line["message"] for line in progress(fay)]
    assert not (home / "CODE-IS-MISSING.md").exists()
    assert fay.opens_at().rstrip("?") == "/user/fay/lab/tree/lessons"
    fay.stop()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(b"{", "JSON", id="no-json"),
        pytest.param(b"[1]", "JSON object", id="list"),
        pytest.param(b'"python"', "JSON object", id="text"),
        pytest.param(b"7", "JSON object", id="number"),
        pytest.param(b'{"user_options": [1]}', "must be an object", id="options-list"),
        pytest.param(b'{"profile": 7}', "has to be a text", id="profile-number"),
        pytest.param(b'{"profile": "nothing"}', "“nothing” is not available to you", id="unknown"),
        pytest.param(b'{"profile": "staff"}', "“staff” is not available to you", id="of-others"),
        pytest.param(b'{"profile": "python", "size": {"a": []}}', "size: This has to be a text", id="deep"),
        pytest.param(b'{"profile": "python", "size": "huge"}', "“huge” is not available to you", id="value"),
        pytest.param(b'{"profile": "python", "cpu": 64}', "does not ask for “cpu”", id="not-asked"),
        pytest.param(b'{"size": "small\\u0000"}', "cannot be seen", id="control"),
        pytest.param(b'{"repository": "' + b"x" * 1_000_000 + b'"}', "too long", id="long"),
        pytest.param(b'{"repository": "file:///etc"}', "is not a repository's web address", id="file"),
    ],
)
def test_a_rest_body_of_any_shape_is_answered_in_a_sentence(hub: Any, body: bytes, said: str) -> None:
    """400, in words, and nothing was started."""
    gil = hub.user("gil")

    answer = hub.call("POST", "/users/gil/server", content=body)

    assert answer.status_code == 400
    message = answer.json()["message"]
    assert said in message
    assert "Traceback" not in answer.text
    assert "Invalid user options" not in answer.text
    assert len(answer.text) < 1000
    assert gil.server() == {}


def test_what_was_refused_is_not_remembered(hub: Any) -> None:
    """A start without options after a refused one has the defaults."""
    hal = hub.user("hal")
    assert hal.start(profile="python", size="huge").status_code == 400

    assert hal.start().status_code in {201, 202}
    assert json.loads((hal.private / "plan.json").read_text())["cpu"] == 1
    hal.stop()


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        pytest.param("missing", "“Missing” is not ready on this machine", id="no-environment"),
        pytest.param("broken", "What this server is made of is not ready on this machine", id="no-package"),
    ],
)
def test_a_server_that_cannot_start_says_why(hub: Any, profile: str, said: str) -> None:
    """To the person in words; to the operator in the hub's log, with the place of the server's own log."""
    ina = hub.user("ina")

    answer = ina.start(profile=profile)

    assert answer.status_code == 500
    assert said in answer.json()["message"]
    assert str(hub.data) not in answer.text
    assert ina.server() == {}
    assert str(hub.data) in hub.log.read_text().rpartition("Not starting ina")[2]


def test_a_server_that_is_larger_than_the_machine_is_refused_and_the_next_one_starts(hub: Any) -> None:
    """It would take the memory of everybody else, and die at some moment later."""
    lou = hub.user("lou")

    answer = lou.start(profile="vast")

    assert answer.status_code == 409
    assert "This server would have 1048576 GB of memory, and the whole machine has" in answer.json()["message"]
    assert lou.server() == {}
    assert lou.start(profile="python").status_code in {201, 202}


def test_a_home_that_is_a_link_is_refused(hub: Any) -> None:
    """It could lead into another person's."""
    jon = hub.user("jon")
    (hub.data / "homes" / jon.id).symlink_to(hub.data)

    answer = jon.start(profile="python")

    assert answer.status_code == 500
    assert "Ask the people who run this place" in answer.json()["message"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
def test_a_home_of_somebody_else_is_refused_and_left_as_it_is(hub: Any) -> None:
    """Such as one that was brought back from a backup with other numbers; given back, it is their home again."""
    kay = hub.user("kay")
    home = hub.data / "homes" / kay.id
    home.mkdir(mode=0o750)
    (home / "diary.txt").write_text("private")
    for path in (home, home / "diary.txt"):
        os.chown(path, ORDINARY, ORDINARY)

    answer = kay.start(profile="python")

    assert answer.status_code == 500
    assert answer.json()["message"] == (
        "Your folder here is not as it should be. Ask the people who run this place to look at it."
    )
    assert (home.stat().st_uid, stat.S_IMODE(home.stat().st_mode)) == (ORDINARY, 0o750)
    subprocess.run(["chown", "-R", str(os.geteuid()), home], check=True)
    assert kay.start(profile="python").status_code in {201, 202}
    kay.wait(lambda server: bool(server.get("ready")))
    assert kay.run("print(open('diary.txt').read())").strip() == "private"
    kay.stop()


def test_servers_that_start_together_get_addresses_of_their_own(hub: Any) -> None:
    """And none waits for another."""
    users = [hub.user(f"kim{number}") for number in range(3)]
    for user in users:
        assert hub.call("POST", f"/users/{user.name}/server", {"profile": "python"}).status_code in {201, 202}
    for user in users:
        user.wait(lambda server: bool(server.get("ready")))

    assert len({user.url.partition("/user/")[0] for user in users}) == len(users)
    began = time.monotonic()
    for user in users:
        user.stop()
    assert time.monotonic() - began < 30


def test_a_class_starts_in_the_order_in_which_it_came_and_each_sees_their_place(hub: Any) -> None:
    """Who waits is told how many are before; everybody's server is there in the end."""
    at_once = (os.cpu_count() or 1) + 1
    users = [hub.user(f"pupil{number}") for number in range(2 * at_once + 2)]
    # Whose start begins the fork server, so that there is one to hold.
    users[0].start(profile="python")
    users[0].stop()

    with ThreadPoolExecutor(len(users) + 1) as threads:
        with held(hub):
            began = []
            for user in users:
                began.append(threads.submit(user.start, profile="python"))
                user.wait(lambda server: server.get("pending") == "spawn")
            told = threads.submit(users[-1].events)
            # A place is told a moment after it is asked for.
            time.sleep(1)
        assert {answer.result().status_code for answer in began} <= {201, 202}
        said = told.result()

    places = [event["message"] for event in said if event.get("state") == "wait"]
    numbers = [int(place.split()[0]) for place in places if place.endswith("before you")]
    assert numbers
    assert numbers == sorted(set(numbers), reverse=True)
    assert numbers[0] < len(users) - at_once
    assert said[-1].get("ready")
    when = [user.server()["state"]["began"] for user in users]
    # The last ones have their turn when others have had theirs.
    assert max(when[:at_once]) < min(when[2 * at_once :])
    for user in users:
        user.stop()


@contextmanager
def held(hub: Any) -> Iterator[None]:
    """Let no server start meanwhile where a start takes no time: nobody would have to wait."""
    fork_servers = processes_with(f"sardonyx_singleuser.forkserver\0{hub.data}/forks/")
    assert bool(fork_servers) == (hub.launcher == "fork")
    for pid in fork_servers:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in fork_servers:
            os.kill(pid, signal.SIGCONT)
