"""A whole hub that an ordinary user runs: no root, no control groups, and servers are kept apart all the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.addresses import get
from support.hubs import TOKEN, Hub, ordinary_hub


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
