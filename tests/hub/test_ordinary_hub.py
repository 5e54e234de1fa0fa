"""A whole hub that an ordinary user runs: no root, no control groups, and servers are kept apart all the same."""

import json
import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support.addresses import get
from support.everybody import as_ordinary
from support.forks import children, is_first_of_namespace, processes_with
from support.hubs import TOKEN, Hub, User, ordinary_hub
from support.waiting import soon

from sardonyx_spawner.local.leftovers import FILE
from sardonyx_spawner.local.process import began


@pytest.fixture(scope="module")
def ordinary(prefix: Path) -> Iterator[Hub]:
    """The hub."""
    with ordinary_hub(prefix) as running:
        yield running


def test_a_server_of_an_ordinary_users_hub_is_in_a_sandbox_and_answers(ordinary: Hub) -> None:
    """Namespaces are all that it needs; its processes and files are the hub's user's, and it sees nobody else's."""
    ann = ordinary.user("ann")

    started = ann.start(profile="python")

    assert started.status_code in {201, 202}, started.text
    assert "SERVERS ARE NOT ISOLATED FROM EACH OTHER" not in ordinary.log.read_text()
    own, servers = (
        {kind: Path(f"/proc/{pid}/ns/{kind}").readlink() for kind in ("user", "mnt", "pid", "ipc", "uts")}
        for pid in ("self", ann.pid)
    )
    assert [kind for kind in own if own[kind] == servers[kind]] == []
    assert get(f"{ann.url}api/me", headers={"Authorization": f"token {TOKEN}"}, timeout=30).status_code == 200
    assert Path(f"/proc/{ann.pid}").stat().st_uid == ordinary.data.stat().st_uid
    code = "import os; print(os.getuid(), sorted(os.listdir(os.path.dirname(os.getcwd()))), os.getppid() < 10)"
    assert ann.run(code).strip() == f"{ordinary.data.stat().st_uid} ['{ann.id}'] True"


@pytest.fixture
def stranger() -> Iterator[int]:
    """The first process of somebody else's namespaces, with the hub's user: it looks like a server, and is none."""
    namespaces = ["unshare", "--user", "--pid", "--fork", "--kill-child"]
    with subprocess.Popen([*as_ordinary(), *namespaces, "sleep", "600"]) as made:
        soon(lambda: any(is_first_of_namespace(pid) for pid in children(made.pid)))
        yield children(made.pid)[0]
        made.kill()


def test_after_a_reboot_a_server_does_not_run_and_a_stranger_with_its_number_is_left_alone(
    ordinary: Hub, stranger: int
) -> None:
    """Numbers of processes and their times since the boot come again, and all is written down that was so before."""
    bea = ordinary.user("bea")
    bea.start(profile="python")
    ordinary.end(signal.SIGKILL)
    for pid in processes_with(f"{ordinary.data}/"):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    soon(lambda: not processes_with(f"{ordinary.data}/"))
    now = began(stranger) or 0
    number_of_the_last_boot = ((now >> 64) ^ 1) << 64
    write_down(bea, stranger, number_of_the_last_boot + (now & ((1 << 64) - 1)))

    ordinary.start()
    soon(lambda: not bea.server())

    assert json.loads((bea.private / "ended").read_text())["en"] == "It ended while nobody watched."
    assert bea.start(profile="python").status_code in {201, 202}
    assert bea.run("print('here')").strip() == "here"
    assert bea.pid != stranger
    bea.stop()
    assert began(stranger) == now


def write_down(user: User, pid: int, when: int) -> None:
    """Let the hub find what it would have written of a server with this process."""
    (user.private / FILE).write_text(f"{pid} {when}")
    with sqlite3.connect(user.hub.data / "hub.sqlite") as database:
        changed = database.execute(
            "update spawners set state = json_set(state, '$.pid', ?, '$.began', json(?))"
            " where user_id = (select id from users where name = ?)",
            (pid, str(when), user.name),
        )
        assert changed.rowcount == 1
    database.close()
