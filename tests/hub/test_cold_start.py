"""Where Python cannot be made ready for all servers, each starts slowly, and is a server all the same."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.addresses import get
from support.everybody import ORDINARY
from support.forks import Forks, descendants, running_forks
from support.hubs import running_hub
from support.listeners import listened_on
from support.live_kernel import TRANSPORT, live_kernel
from support.threaded import threaded_environment
from support.waiting import soon


@pytest.fixture(scope="module")
def cold(forks: Any) -> Iterator[Forks]:
    """A fork server of such an environment."""
    with (
        threaded_environment(forks.python) as python,
        running_forks(python, ordinary=forks.user == ORDINARY) as running,
    ):
        yield running


def test_an_environment_that_cannot_be_warmed_has_servers_all_the_same(forks: Any, cold: Forks) -> None:
    """In a sandbox, like all others; the hub is told why they are slow, each time."""
    readable = (str(forks.python.parents[1]),)

    first, second = cold.start("ann", readable=readable), cold.start("bob", readable=readable)

    assert first.is_ready, first.log.read_text()
    assert second.is_ready, second.log.read_text()
    assert {"warming": True} not in second.said
    for server in (first, second):
        (why,) = [line["slow"] for line in server.said if "slow" in line]
        assert why.startswith("RuntimeError: threads are left after warming: ")
        assert get(f"{server.url}api", timeout=10).status_code == 200
    homes = f"import os; print(os.listdir({str(second.home.parent)!r}))"
    assert second.run(homes) == "['bob']"


async def test_kernels_of_a_cold_server_have_no_port_either(forks: Any, cold: Forks) -> None:
    """They start as usual, and are reached as others are."""
    server = cold.start("kai", readable=(str(forks.python.parents[1]),))

    async with live_kernel(server.url, "kai-token") as kernel:
        assert (await kernel.run(TRANSPORT)).stdout == "ipc\n"
        assert listened_on(descendants(server.pid)) == set()


def test_a_zygote_that_is_ended_while_it_warms_is_replaced_by_a_cold_one(forks: Any) -> None:
    """Whoever waits for it gets a server."""
    with running_forks(forks.python, ordinary=forks.user == ORDINARY) as running:
        os.kill(running.zygote(), signal.SIGKILL)

        server = running.start("eve")

        assert server.is_ready, server.log.read_text()
        assert [line["slow"] for line in server.said if "slow" in line] == ["the process was ended from outside"]


def test_nothing_is_left_of_a_zygote_that_is_ended_while_it_warms(forks: Any) -> None:
    """The next one clears away what it has made in the folder for temporary files."""
    with running_forks(forks.python, ordinary=forks.user == ORDINARY) as running:
        link = running.folder / "warm"
        soon(lambda: any(link.iterdir()))
        left = Path(os.readlink(link))  # noqa: PTH115 - it is gone in a moment
        os.kill(running.zygote(), signal.SIGKILL)

        server = running.start("eve")

        assert server.is_ready, server.log.read_text()
        assert [path for path in (left, link) if os.path.lexists(path)] == []


def test_a_cold_zygote_that_is_ended_is_made_anew(forks: Any, cold: Forks) -> None:
    """As a warm one is, at the next start; cold as before, for the reason that the first one had."""
    readable = (str(forks.python.parents[1]),)
    assert cold.start("cid", readable=readable).is_ready
    ended = cold.zygote()
    os.kill(ended, signal.SIGKILL)
    soon(lambda: f"the zygote {ended} ended" in (cold.folder / "log").read_text())

    server = cold.start("dora", readable=readable)

    assert server.is_ready, server.said
    assert {"warming": True} in server.said
    (why,) = [line["slow"] for line in server.said if "slow" in line]
    assert why.startswith("RuntimeError: threads are left after warming: ")


def test_the_operator_is_warned_once(tmp_path: Path, prefix: Path) -> None:
    """With the environment and the reason."""
    with (
        threaded_environment(prefix / "bin" / "python") as python,
        running_hub(tmp_path, python.parents[1], "fork") as hub,
    ):
        for name in ("ann", "bob"):
            assert hub.user(name).start(profile="python").status_code in {201, 202}
            assert hub.user(name).server()["ready"]

        warned = [line for line in hub.log.read_text().splitlines() if "start slowly" in line]

        assert len(warned) == 1
        assert f"Servers of {python.parents[1]} start slowly and use more memory" in warned[0]
        assert "threads are left after warming" in warned[0]
